import type { Socket } from 'node:net'
import { HansardError } from '../model/errors.ts'
import { MAX_REQUEST_BYTES } from './answer.ts'
import type { ControlRequest } from './answer.ts'
import { readLines } from './lines.ts'
import { unlessAborted } from './unless-aborted.ts'

/** The one line of a connection. Rejects with ERR_USAGE when it is none, too long or too late. */
export async function readRequest (socket: Socket, withinMs: number, signal: AbortSignal): Promise<ControlRequest> {
  const lines = readLines(socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>, MAX_REQUEST_BYTES)
  const deadline = AbortSignal.timeout(withinMs)
  const first = await unlessAborted(lines.next(), AbortSignal.any([signal, deadline])).catch((error: unknown) => {
    throw deadline.aborted ? new HansardError('ERR_USAGE', `Cannot read the request: none within ${withinMs} ms, expected one line of JSON`) : error
  })
  if (first.done === true) throw new HansardError('ERR_USAGE', 'Cannot read the request: the connection ended within it, expected one line of JSON')
  await lines.return(undefined)
  return parseRequest(first.value)
}

function parseRequest (line: string): ControlRequest {
  const request = parseJson(line)
  if (typeof request === 'object' && request !== null && 'command' in request && typeof request.command === 'string') return request as ControlRequest
  throw new HansardError('ERR_USAGE', 'Cannot read the request: expected one line of JSON such as {"command":"status"}')
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
