import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { messageOf } from '../model/errors.ts'
import type { Gap, GapProblem } from '../model/gap.ts'
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
  let isStopped = false

  async function fill (problems: readonly GapProblem[]): Promise<number> {
    let recovered = 0
    let failure: { error: unknown } | undefined
    for (const hole of await ledger.holes(room)) {
      if (hole.problem === undefined || !problems.includes(hole.problem)) continue
      try {
        recovered += await fillOne(hole)
      } catch (error) {
        // One that the archive has no answer for must not keep the others open.
        failure = { error }
      }
    }
    if (failure !== undefined) throw failure.error
    return recovered
  }

  async function fillOne (hole: Gap): Promise<number> {
    const { from, to, after, cause } = hole
    if (to === undefined) return 0
    const isPast = cause === 'unheard'
    let end = toMicros(to)
    const stretch = { from: toMicros(from), to: end, isContinued: !isPast, isExact: isPast, ...defined({ after }) }
    const found = await fetch(stretch, completeFrom => { end = Math.min(end, completeFrom ?? end) })
    ledger.put(found.isComplete ? { ...hole, filled: formatTime(now()) } : { ...hole, to: formatTime(end), problem: 'expired' })
    return found.recovered
  }

  function fillLater (millis = RETRY_MS): void {
    clearTimeout(timer)
    isStopped = false
    timer = setTimeout(() => {
      fill(['unanswered']).catch((error: unknown) => {
        log.debug({ problem: messageOf(error) }, 'old gaps cannot be filled yet')
        if (!isStopped) fillLater()
      })
    }, millis).unref()
  }

  return {
    fill,
    fillLater,
    stop () {
      isStopped = true
      clearTimeout(timer)
    }
  }
}
