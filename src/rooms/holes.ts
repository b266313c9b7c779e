import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { messageOf } from '../model/errors.ts'
import type { GapProblem } from '../model/gap.ts'
import type { Logger } from '../log.ts'
import type { Recovery } from './catch-up.ts'
import type { Ledger } from './ledger.ts'
import type { Stretch } from './stretch.ts'

/** Gaps of the past, which the room's archive may fill after all. */
export interface Holes {
  /** Tries those with one of these problems; resolves to how many messages were brought back. */
  fill (problems: readonly GapProblem[]): Promise<number>
  /** Tries those that only an answer was missing for, again and again until they are dealt with. */
  fillLater (millis?: number): void
  stop (): void
}

export interface HolesOptions {
  readonly room: RoomJid
  readonly ledger: Pick<Ledger, 'holes' | 'put'>
  /** Rejects when we are not, or no longer, in the room. */
  readonly fetch: (stretch: Stretch, onExpired: (completeFrom: Micros | undefined) => void) => Promise<Recovery>
  readonly now: () => Micros
  readonly log: Logger
}

const RETRY_MS = 300_000

export function createHoles ({ room, ledger, fetch, now, log }: HolesOptions): Holes {
  let timer: NodeJS.Timeout | undefined

  async function fill (problems: readonly GapProblem[]): Promise<number> {
    let recovered = 0
    for (const hole of await ledger.holes(room)) {
      const { from, to, after, problem } = hole
      if (to === undefined || problem === undefined || !problems.includes(problem)) continue
      let end = toMicros(to)
      const found = await fetch({ from: toMicros(from), to: end, isContinued: true, ...defined({ after }) }, completeFrom => {
        end = Math.min(end, completeFrom ?? end)
      })
      recovered += found.recovered
      ledger.put(found.isComplete ? { ...hole, filled: formatTime(now()) } : { ...hole, to: formatTime(end), problem: 'expired' })
    }
    return recovered
  }

  function fillLater (millis = RETRY_MS): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      fill(['unanswered']).catch((error: unknown) => {
        log.debug({ problem: messageOf(error) }, 'old gaps cannot be filled yet')
        fillLater()
      })
    }, millis).unref()
  }

  return { fill, fillLater, stop () { clearTimeout(timer) } }
}
