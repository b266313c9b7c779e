import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { endsWithUs } from '../../test/servers/xmpp-server.ts'

/** A terminal program in a tmux of its own, with somebody who types and reads. */
export interface Pane {
  /** What stands on the screen now. */
  text (): string
  /** A line, and Enter. */
  type (line: string): void
  /** Keys by the names that tmux has for them, such as PPage. */
  press (...keys: readonly string[]): void
  /** Resolves to the screen that shows it; rejects with the last one when it never does. */
  waitFor (what: string | RegExp | ((screen: string) => boolean), timeoutMs?: number): Promise<string>
  close (): void
}

export const [WIDTH, HEIGHT] = [150, 45]
const LOOK_MS = 100

/** The program has the folder for its home, whatever the user has configured. */
export function openPane (program: string, home: string): Pane {
  const socket = join(home, 'tmux')
  const tmux = (...argv: readonly string[]): string => execFileSync('tmux', ['-f', '/dev/null', '-S', socket, ...argv], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', TZ: 'UTC' }
  })
  const command = process.getuid?.() === 0 ? asNobody(program, home) : program
  const kill = (): void => { spawnSync('tmux', ['-S', socket, 'kill-server']) }
  // What the program says last is still read when it has ended.
  tmux('new-session', '-d', '-x', String(WIDTH), '-y', String(HEIGHT), command, ';', 'set-option', 'remain-on-exit', 'on')
  const forget = endsWithUs(kill)

  const text = (): string => tmux('capture-pane', '-p', '-t', ':0')
  return {
    text,
    type (line) {
      tmux('send-keys', '-t', ':0', '-l', line)
      tmux('send-keys', '-t', ':0', 'Enter')
    },
    press (...keys) { tmux('send-keys', '-t', ':0', ...keys) },
    async waitFor (what, timeoutMs = 30_000) {
      for (const deadline = Date.now() + timeoutMs; ; await delay(LOOK_MS)) {
        const seen = text()
        if (typeof what === 'string' ? seen.includes(what) : what instanceof RegExp ? what.test(seen) : what(seen)) return seen
        if (Date.now() > deadline) throw new Error(`The terminal does not show ${String(what)} within ${timeoutMs} ms, but\n${seen}`)
      }
    },
    close () {
      forget()
      kill()
    }
  }
}

/** poezio does not run as root. */
function asNobody (program: string, home: string): string {
  chmodSync(dirname(home), 0o711)
  execFileSync('chown', ['-R', 'nobody:nogroup', home])
  return `setpriv --reuid=nobody --regid=nogroup --clear-groups ${program}`
}
