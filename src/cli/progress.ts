import type { Streams } from './command.ts'

/** A progress bar on standard error, on a terminal only. */
export interface Progress {
  /**
   * @param part how much of the whole is done, 0 to 1, where the whole is known
   * @param note what it is at
   */
  update (done: number, part?: number, note?: string): void
  end (): void
}

const WIDTH = 24
const EVERY_MS = 100

export function createProgress (label: string, { stderr }: Pick<Streams, 'stderr'>): Progress {
  if (stderr.isTTY !== true) return { update () {}, end () {} }
  const startedAt = Date.now()
  let shownAt = 0
  return {
    update (done, part, note = '') {
      const now = Date.now()
      if (now - shownAt < EVERY_MS) return
      shownAt = now
      const rate = Math.round(done / Math.max(0.001, (now - startedAt) / 1000))
      const bar = part === undefined ? '' : ` [${'#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '·')}] ${Math.floor(part * 100)} %`
      stderr.write(`\r\u001b[K${label}${bar} ${done.toLocaleString('en')} (${rate.toLocaleString('en')}/s) ${note}`)
    },
    end () { stderr.write('\r\u001b[K') }
  }
}
