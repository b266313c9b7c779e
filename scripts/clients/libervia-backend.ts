import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { endsWithUs } from '../../test/servers/xmpp-server.ts'
import type { XmppServer } from '../../test/servers/xmpp-server.ts'

/** Libervia's daemon, on a D-Bus of its own. */
export interface Backend {
  /** What its command line needs to find it. */
  readonly env: Readonly<Record<string, string>>
  log (): string
  stop (): Promise<void>
}

const START_MS = 60_000

export async function startBackend (home: string, { host, c2sPort }: Pick<XmppServer, 'host' | 'c2sPort'>): Promise<Backend> {
  mkdirSync(join(home, '.config/libervia'), { recursive: true })
  writeFileSync(join(home, '.config/libervia/libervia.conf'), `[DEFAULT]
hosts_dict = {"localhost": {"host": "${host}", "port": ${c2sPort}}}
`)
  const bus = `unix:path=${join(home, 'bus')}`
  // Its programs begin with `env python3`, and want the one that Debian's modules are for.
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: home, LC_ALL: 'C.UTF-8', TZ: 'UTC', DBUS_SESSION_BUS_ADDRESS: bus }
  let log = ''
  const children: ChildProcess[] = []
  const kill = (): void => { for (const child of children) child.kill('SIGKILL') }
  const forget = endsWithUs(kill)

  async function start (program: string, argv: readonly string[], sign: string): Promise<void> {
    const child = spawn(program, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => { log += String(chunk) })
    for (const deadline = Date.now() + START_MS; !log.includes(sign); await delay(100)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${program} does not start:\n${log.slice(-2_000)}`)
    }
  }

  async function stop (): Promise<void> {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const late = setTimeout(() => { child.kill('SIGKILL') }, 10_000)
      child.kill('SIGTERM')
      await once(child, 'exit')
      clearTimeout(late)
    }
    forget()
  }

  try {
    await start('/usr/bin/dbus-daemon', ['--session', '--nofork', '--print-address=1', `--address=${bus}`], bus)
    await start('/usr/bin/libervia-backend', ['fg'], 'Backend is ready')
  } catch (error) {
    await stop()
    throw error
  }
  return { env, log: () => log, stop }
}
