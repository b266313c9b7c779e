import type { ArchiveStore } from '../../archive/store.ts'
import type { RoomJid } from '../../model/address.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { contentOf } from '../../model/content.ts'
import { shift } from '../../model/day.ts'
import type { ArchivedEvent, Uid } from '../../model/event.ts'

/** What somebody missed who knew the room's talk up to a time. */
export interface Replay {
  /** By time; those up to the time stand otherwise now. Undefined where it is too much to be told: whoever missed it begins anew. */
  readonly events: readonly ArchivedEvent[] | undefined
  /** The time of the newest talk; before all times in a room where nobody spoke. */
  readonly newest: ArchiveTime
}

const BEFORE_ALL = '1970-01-01T00:00:00.000000Z' as ArchiveTime
/** Events that were missed, at most. */
const MOST = 500
/** Corrections name what they change; removals by administrators are looked for among so many messages before. */
const LOOK_BACK = 500

/** Reads the store and nothing else: what was removed meanwhile is nowhere else to be found. */
export async function replayOf (store: Pick<ArchiveStore, 'page' | 'getMany'>, room: RoomJid, since: ArchiveTime | undefined): Promise<Replay> {
  const [last] = (await store.page(room, { stream: 'talk', limit: 1, reverse: true })).events
  const newest = last?.time ?? BEFORE_ALL
  if (since === undefined) return { events: [], newest }
  const missed = (await store.page(room, { stream: 'talk', start: shift(since, 1), limit: MOST + 1 })).events
  if (missed.length > MOST) return { events: undefined, newest }
  const [named, before] = await Promise.all([
    store.getMany(room, [...new Set(missed.flatMap(({ appliesTo }) => appliesTo ?? []))]),
    store.page(room, { stream: 'talk', end: since, limit: LOOK_BACK, reverse: true })
  ])
  const changed = new Map<Uid, ArchivedEvent>()
  for (const event of [...named.filter(({ time }) => time <= since), ...before.events.filter(event => changedSince(event, since))]) {
    changed.set(event.uid, event)
  }
  // What answers them repeats some of it.
  const answers = before.events.filter(event => changed.has(contentOf(event).repliesTo ?? ''))
  for (const event of answers) changed.set(event.uid, event)
  const events = [...changed.values(), ...missed].sort((one, other) => one.time < other.time ? -1 : 1)
  const lastMissed = missed.at(-1)?.time ?? newest
  return { events, newest: lastMissed > newest ? lastMissed : newest }
}

function changedSince ({ removed, standing }: ArchivedEvent, since: ArchiveTime): boolean {
  return (removed?.time ?? standing?.latest?.time ?? BEFORE_ALL) > since
}
