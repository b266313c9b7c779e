import type { ArchivedEvent } from '../../model/event.ts'
import type { Gap } from '../../model/gap.ts'

export type Happening = ArchivedEvent | Gap

/** Gaps in their places between the events: after all that happened up to their beginning. Both are given by time. */
export function timelineOf (events: readonly ArchivedEvent[], gaps: readonly Gap[]): readonly Happening[] {
  if (gaps.length === 0) return events
  const timeline: Happening[] = []
  let next = 0
  for (const event of events) {
    for (let gap = gaps[next]; gap !== undefined && gap.from < event.time; gap = gaps[++next]) timeline.push(gap)
    timeline.push(event)
  }
  return [...timeline, ...gaps.slice(next)]
}

export function isGap (happening: Happening): happening is Gap {
  return 'cause' in happening
}
