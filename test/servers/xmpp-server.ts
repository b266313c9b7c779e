import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'

/**
 * A real XMPP server on loopback, with the users alice, bob and carol (password = name), a room service, our component and
 * another, whose addresses fill rooms.
 */
export interface XmppServer {
  readonly name: ServerName
  readonly host: string
  readonly componentPort: number
  readonly c2sPort: number
  /** localhost, unless the test said otherwise. */
  readonly domain: string
  /** The room service; anyone may create rooms, which archive what is said. */
  readonly conference: string
  readonly componentDomain: string
  readonly crowdDomain: string
  readonly secret: string
  /** The server's own log file. */
  readonly log: string
  register (user: string, password: string): Promise<void>
  /** As the operator does it. */
  restart (): Promise<void>
  /** As the operator does it, and removes everything. */
  stop (): Promise<void>
  /** As a crash does it; `restart` brings it back with what it had written. */
  kill (): Promise<void>
}

export type ServerName = 'prosody' | 'ejabberd'

export const USERS = ['alice', 'bob', 'carol'] as const
export const SECRET = 'component secret'

const PROGRAMS: Record<ServerName, string> = { prosody: 'prosody', ejabberd: 'ejabberdctl' }

/** How a server for tests may differ from the usual one. */
export interface ServerOptions {
  /** A room service without an archive. */
  readonly noMam?: boolean
}

/** For the `skip` option of a test: false when the server is installed. In CI a missing server is an error. */
export function requireServer (name: ServerName): false | string {
  if (findProgram(PROGRAMS[name]) !== undefined) return false
  const reason = `${name} is not installed: apt-get install ${name}`
  if (process.env['CI'] === 'true') throw new Error(reason)
  return reason
}

export function programOf (name: ServerName): string {
  const path = findProgram(PROGRAMS[name])
  if (path === undefined) throw new Error(`Cannot start ${name}: it is not installed, run apt-get install ${name}`)
  return path
}

function findProgram (program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
  return folders.map(folder => join(folder, program)).find(path => existsSync(path))
}

export interface ServerProcess {
  start (): Promise<void>
  stop (signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface ServerProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
  readonly ports: readonly number[]
  readonly log: string
}

export class PortTakenError extends Error {}

const START_MS = 180_000
const STOP_MS = 60_000

/** Runs a server in the foreground and watches over it; when this program ends, so does the server. */
export function createServerProcess (options: ServerProcessOptions): ServerProcess {
  let child: ChildProcess | undefined
  let output = ''
  const killWithUs = (): void => {
    child?.kill('SIGKILL')
    rmSync(options.folder, { recursive: true, force: true })
  }

  async function start (): Promise<void> {
    output = ''
    const started = spawn(options.command, options.args, {
      cwd: options.folder,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    child = started
    endsWithUs(killWithUs)
    for (const stream of [started.stdout, started.stderr]) stream.on('data', chunk => { output = `${output}${String(chunk)}`.slice(-4000) })
    const deadline = Date.now() + START_MS
    for (const port of options.ports) {
      while (!(await accepts(port))) {
        if (started.exitCode !== null || started.signalCode !== null) throw failure('it ended while starting')
        if (Date.now() > deadline) throw failure(`port ${port} did not open`)
        await after(25)
      }
    }
    if (/address (?:already )?in use|eaddrinuse/i.test(readLog())) throw new PortTakenError(`${options.command}: a port was taken`)
  }

  function failure (what: string): Error {
    return /address (?:already )?in use|eaddrinuse/i.test(readLog() + output)
      ? new PortTakenError(what)
      : new Error(`Cannot start ${options.command}: ${what}\n${output}\n${readLog().slice(-3000)}`)
  }

  function readLog (): string {
    return existsSync(options.log) ? readFileSync(options.log, 'utf8') : ''
  }

  async function stop (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = child
    child = undefined
    enders.delete(killWithUs)
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const exited = once(running, 'exit')
    running.kill(signal)
    const timer = setTimeout(() => { running.kill('SIGKILL') }, STOP_MS)
    await exited
    clearTimeout(timer)
  }

  return { start, stop }
}

const enders = new Set<() => void>()

/** Calls it when this program ends, also by Ctrl-C, unless the program itself deals with that. Undone by what it returns. */
export function endsWithUs (end: () => void): () => void {
  if (enders.size === 0 && process.listenerCount('exit', endAll) === 0) {
    process.on('exit', endAll)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const onSignal = (): void => {
        if (process.listenerCount(signal) > 1) return
        endAll()
        process.removeListener(signal, onSignal)
        process.kill(process.pid, signal)
      }
      process.on(signal, onSignal)
    }
  }
  enders.add(end)
  return () => { enders.delete(end) }
}

function endAll (): void {
  for (const end of enders) end()
  enders.clear()
}

async function accepts (port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => { resolve(false) })
  })
}

/** Tries again where another program took a port between our looking and the server's binding. */
export async function withFreshPorts<T> (attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof PortTakenError) || tries === 4) throw error
    }
  }
}
