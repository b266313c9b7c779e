import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { ended } from './ended.ts'
import { endsWithUs } from './xmpp-server.ts'

/** `hansard serve` under a supervisor that starts it again whenever it ends unasked, as systemd does. */
export interface Supervised {
  /** Of the process that runs now; undefined between two. */
  readonly pid: number | undefined
  /** All that it said, of every run. */
  readonly log: string
  readonly starts: number
  /** The address of the site, as soon as it serves. */
  url (timeoutMs?: number): Promise<string>
  /** SIGKILL; the supervisor starts it again. */
  kill (): Promise<void>
  /** SIGTERM; resolves to the exit code, or the signal that ended it. */
  stop (): Promise<number | string | null>
}

export interface SupervisedOptions {
  readonly config: string
  /** Where its output goes. */
  readonly log: string
  /** The program that was built, instead of the sources. */
  readonly main?: string
  readonly env?: Readonly<Record<string, string>>
}

const SOURCE = join(import.meta.dirname, '../../src/main.ts')
const PAUSE_MS = 1_000

export function supervise ({ config, log, main, env = {} }: SupervisedOptions): Supervised {
  const out = createWriteStream(log, { flags: 'a' })
  const serving = new EventEmitter()
  const stop = new AbortController()
  let child: ChildProcess | undefined
  let url: string | undefined
  let starts = 0
  const forget = endsWithUs(() => { child?.kill('SIGKILL') })
  const running = watch()

  async function watch (): Promise<number | string | null> {
    for (;;) {
      const end = await run()
      if (stop.signal.aborted) return end
      out.write(`${JSON.stringify({ msg: 'supervisor: it ended, and is started again', end })}\n`)
      await delay(PAUSE_MS, undefined, { signal: stop.signal }).catch(() => {})
      if (stop.signal.aborted) return end
    }
  }

  async function run (): Promise<number | string | null> {
    starts += 1
    const started = spawn(process.execPath, [...(main === undefined ? ['--import', 'tsx', SOURCE] : [main]), 'serve', '--config', config], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    child = started
    started.stderr.pipe(out, { end: false })
    createInterface({ input: started.stdout }).on('line', line => {
      out.write(`${line}\n`)
      if (!line.includes('"msg":"serving"')) return
      url = (JSON.parse(line) as { url: string }).url
      serving.emit('url')
    })
    const [code, signal] = await once(started, 'exit') as [number | null, string | null]
    child = url = undefined
    return code ?? signal
  }

  return {
    log,
    get pid () { return child?.pid },
    get starts () { return starts },
    async url (timeoutMs = 60_000) {
      while (url === undefined) {
        await once(serving, 'url', { signal: AbortSignal.timeout(timeoutMs) }).catch(cause => {
          throw new Error(`The program does not serve within ${timeoutMs} ms; its log ends with\n${readFileSync(log, 'utf8').slice(-3000)}`, { cause })
        })
      }
      return url
    },
    async kill () {
      const dying = child
      if (dying === undefined) return
      dying.kill('SIGKILL')
      await ended(dying)
    },
    async stop () {
      stop.abort()
      child?.kill('SIGTERM')
      const late = setTimeout(() => { child?.kill('SIGKILL') }, 60_000)
      const end = await running
      clearTimeout(late)
      forget()
      out.end()
      return end
    }
  }
}
