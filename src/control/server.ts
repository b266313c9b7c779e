import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { HansardError } from '../model/errors.ts'
import type { Logger } from '../log.ts'
import type { ControlAnswer, ControlFailure, ControlRequest } from './answer.ts'
import { listenAt } from './listen.ts'
import { readRequest } from './request.ts'
import { unlessAborted } from './unless-aborted.ts'

/**
 * Answers one request: progress as often as it likes, one result at the end; what it throws becomes the error.
 * @param signal aborted when nobody waits for the answer any more, or the program stops
 */
export type ControlCommand = (request: ControlRequest, send: (answer: ControlAnswer) => void, signal: AbortSignal) => Promise<void>

export interface ControlOptions {
  /** Of the socket; see socketPath. */
  readonly path: string
  readonly commands: Readonly<Record<string, ControlCommand>>
  readonly log: Logger
  /** How long to wait for a request on a connection. */
  readonly requestMs?: number
}

/** Where commands speak to the program that serves: a socket that this user alone may open, one request a connection. */
export interface Control {
  /** Rejects with ERR_RUNNING when another program answers there; the socket of one that died is replaced. */
  start (): Promise<void>
  /** Ends what is under way with an error. */
  stop (): Promise<void>
}

const REQUEST_MS = 10_000
const MAX_CONNECTIONS = 64

export function createControl ({ path, commands, log, requestMs = REQUEST_MS }: ControlOptions): Control {
  const stopping = new AbortController()
  const open = new Map<Socket, Promise<void>>()
  const server = createServer(socket => {
    // Whoever breaks the connection does not wait for an answer; 'close' follows.
    socket.on('error', () => {})
    open.set(socket, answer(socket))
    socket.once('close', () => { open.delete(socket) })
  })
  server.maxConnections = MAX_CONNECTIONS

  async function answer (socket: Socket): Promise<void> {
    const gone = new AbortController()
    socket.once('close', () => { gone.abort() })
    const signal = AbortSignal.any([gone.signal, stopping.signal])
    const send = (answer: ControlAnswer): void => {
      // Who reads slowly misses progress, and nothing else.
      if (!socket.writable || ('progress' in answer && socket.writableNeedDrain)) return
      socket.write(`${JSON.stringify(answer)}\n`)
    }
    try {
      const request = await readRequest(socket, requestMs, signal)
      const command = Object.hasOwn(commands, request.command) ? commands[request.command] : undefined
      if (command === undefined) {
        throw new HansardError('ERR_USAGE', `Cannot do ${JSON.stringify(request.command.slice(0, 40))}: expected one of ${Object.keys(commands).join(', ')}`)
      }
      log.debug({ command: request.command }, 'asked')
      // Only to notice when nobody waits any more.
      socket.resume()
      await unlessAborted(command(request, send, signal), signal)
    } catch (error) {
      if (!gone.signal.aborted) send({ error: failureOf(error) })
    }
    hangUp(socket)
  }

  // Whoever is still writing would otherwise lose our answer over its own error.
  function hangUp (socket: Socket): void {
    socket.end()
    socket.resume()
    const timer = setTimeout(() => { socket.destroy() }, requestMs)
    socket.once('close', () => { clearTimeout(timer) })
  }

  function failureOf (error: unknown): ControlFailure {
    if (stopping.signal.aborted) return { code: 'ERR_RUNNING', message: 'Cannot go on: serve is stopping' }
    if (error instanceof HansardError) return { code: error.code, message: error.message }
    log.error({ err: error }, 'command failed')
    return { message: 'Cannot do it: an unexpected error, its text is in the log of serve' }
  }

  return {
    async start () {
      await listenAt(server, path)
      server.on('error', error => { log.warn({ err: error }, 'commands cannot be heard') })
    },
    async stop () {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      stopping.abort()
      await Promise.all(open.values())
      // What the system has taken goes out; who does not read is not waited for.
      for (const socket of open.keys()) socket.destroy()
      await closed
    }
  }
}
