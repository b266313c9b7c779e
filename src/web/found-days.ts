import type { PublishedRoom } from '../access/can-read.ts'
import type { Found } from '../archive/find.ts'
import { dayOf } from '../model/day.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { passagesAround } from './passages.ts'
import type { Site } from './site.ts'
import type { FoundOnDay } from './view/hits.ts'
import { isShownHit } from './view/shown-hit.ts'

/** The hits of a page by day and room, with what was said around them, in the order in which they were found. */
export async function foundDays ({ store }: Pick<Site, 'store'>, hits: Found<PublishedRoom>['hits']): Promise<FoundOnDay[]> {
  const groups: Array<{ readonly room: PublishedRoom, readonly events: ArchivedEvent[] }> = []
  for (const { event, room } of hits) {
    if (!isShownHit(event)) continue
    const group = groups.at(-1)
    if (group?.room.slug === room.slug && dayOf(group.events[0]?.time ?? event.time) === dayOf(event.time)) group.events.push(event)
    else groups.push({ room, events: [event] })
  }
  return Promise.all(groups.map(async ({ room, events }) => {
    const passages = await passagesAround(store, [...events].sort((a, b) => a.time < b.time ? -1 : 1))
    const rank = ({ hits }: { readonly hits: ReadonlySet<ArchivedEvent> }): number => events.findIndex(event => hits.has(event))
    return { room, passages: passages.sort((a, b) => rank(a) - rank(b)) }
  }))
}
