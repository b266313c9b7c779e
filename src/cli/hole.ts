import type { GapCause, GapProblem } from '../model/gap.ts'

/** A gap that is not filled, as it is printed. */
export interface GapRow {
  readonly from: string
  readonly to: string | null
  readonly cause: GapCause
  readonly problem: GapProblem | null
}

const CAUSES: Record<GapCause, string> = {
  unheard: 'from before the first join, and not fetched yet',
  stopped: 'the program was stopped',
  killed: 'the program ended without warning',
  disconnected: 'no connection to the server',
  removed: 'not in the room',
  overflow: 'store and spool took no more'
}

const PROBLEMS: Record<GapProblem, string> = {
  'no-archive': 'the room keeps no archive',
  expired: 'the room\'s archive does not reach back',
  refused: 'the room\'s archive refuses us',
  unanswered: 'the room\'s archive does not answer and is asked again'
}

/** `2026-11-21 07:14:09 … 07:20:31 (no connection to the server; the room keeps no archive)`; `since …` while nobody listens. */
export function describeHole ({ from, to, cause, problem }: GapRow): string {
  const why = problem === null ? CAUSES[cause] : `${CAUSES[cause]}; ${PROBLEMS[problem]}`
  if (to === null) return `since ${clock(from)} (${why})`
  return `${clock(from)} … ${to.slice(0, 10) === from.slice(0, 10) ? to.slice(11, 19) : clock(to)} (${why})`
}

function clock (time: string): string {
  return time.slice(0, 19).replace('T', ' ')
}
