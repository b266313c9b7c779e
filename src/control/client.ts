import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { HansardError, messageOf } from '../model/errors.ts'
import { MAX_ANSWER_BYTES } from './answer.ts'
import type { ControlAnswer, ControlFailure, ControlRequest } from './answer.ts'
import { readLines } from './lines.ts'
import { checkSocketFolder } from './socket-path.ts'

export type ControlNews = Exclude<ControlAnswer, { readonly error: ControlFailure }>

/**
 * Asks the program that serves; undefined when none listens there. The answers end with the result; an error is thrown, and so is
 * ERR_RUNNING when the program is there but does not let us ask, or goes away before its result.
 * @param path of the socket; see socketPath
 * @param signal ends the waiting with its reason
 */
export async function askServe (
  path: string,
  request: ControlRequest,
  signal?: AbortSignal
): Promise<AsyncIterable<ControlNews> | undefined> {
  checkSocketFolder(path)
  const socket = await connectTo(path).catch((cause: unknown) => {
    throw new HansardError('ERR_RUNNING', `Cannot ask the running serve at ${path}: ${messageOf(cause)}, expected to run as the same user`, { cause })
  })
  return socket === undefined ? undefined : converse(socket, request, signal)
}

async function * converse (socket: Socket, request: ControlRequest, signal?: AbortSignal): AsyncGenerator<ControlNews> {
  const stopWaiting = (): void => { socket.destroy() }
  signal?.addEventListener('abort', stopWaiting, { once: true })
  try {
    signal?.throwIfAborted()
    socket.write(`${JSON.stringify(request)}\n`)
    for await (const line of readLines(socket, MAX_ANSWER_BYTES)) {
      const answer = parseAnswer(line)
      if ('error' in answer) throw new HansardError(answer.error.code ?? 'ERR_RUNNING', answer.error.message)
      yield answer
      if ('result' in answer) return
    }
    throw new HansardError('ERR_RUNNING', 'Cannot get an answer: serve ended before it was ready')
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    throw error instanceof HansardError ? error : new HansardError('ERR_RUNNING', `Cannot get an answer from the running serve: ${messageOf(error)}`, { cause: error })
  } finally {
    signal?.removeEventListener('abort', stopWaiting)
    socket.destroy()
  }
}

function parseAnswer (line: string): ControlAnswer {
  try {
    const answer: unknown = JSON.parse(line)
    if (typeof answer === 'object' && answer !== null && ('progress' in answer || 'result' in answer || 'error' in answer)) return answer as ControlAnswer
  } catch {}
  throw new HansardError('ERR_RUNNING', 'Cannot read the answer of the running serve: it is another version, restart it')
}

/** Undefined when nobody listens: there is no socket, or the one whose it was has died. */
export async function connectTo (path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      // A later one ends the reading.
      socket.on('error', () => {})
      resolve(socket)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ENOTSOCK'].includes(error.code ?? '')) resolve(undefined)
      else reject(error)
    })
  })
}
