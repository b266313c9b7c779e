import { publicEvent } from './public-event.ts'
import { publicGap } from './public-gap.ts'
import { isGap } from './timeline.ts'
import type { Happening } from './timeline.ts'

/** JSON Lines: an event or a gap to a line, in the order of time. */
export function jsonLines (timeline: readonly Happening[]): string {
  return timeline.map(happening =>
    `${JSON.stringify(isGap(happening) ? { kind: 'gap', ...publicGap(happening) } : publicEvent(happening))}\n`).join('')
}
