import { toMicros } from '../../model/archive-time.ts'
import { dayOf } from '../../model/day.ts'
import type { ArchivedEvent } from '../../model/event.ts'

/** What one person said without a pause; removed messages keep their places in it. Never empty. */
export type Run = readonly [ArchivedEvent, ...ArchivedEvent[]]

const PAUSE_MICROS = 300_000_000

/** @param events talk by time */
export function runsOf (events: readonly ArchivedEvent[]): Run[] {
  const runs: Array<[ArchivedEvent, ...ArchivedEvent[]]> = []
  for (const event of events) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run !== undefined && last !== undefined && goesOn(last, event)) run.push(event)
    else runs.push([event])
  }
  return runs
}

function goesOn (last: ArchivedEvent, event: ArchivedEvent): boolean {
  return last.kind === 'message' && event.kind === 'message' && last.nick === event.nick && last.occupant === event.occupant &&
    dayOf(last.time) === dayOf(event.time) && toMicros(event.time) - toMicros(last.time) < PAUSE_MICROS
}
