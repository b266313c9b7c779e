import type { ArchiveTime } from '../model/archive-time.ts'
import type { ArchivedEvent, EventKind } from '../model/event.ts'
import type { Session } from '../model/authorship.ts'
import type { ArchiveStore } from './store.ts'

const ENDS = new Set<EventKind>(['join', 'leave', 'nick', 'kick', 'ban', 'destroy'])
const PAGE = 100

/**
 * What tells who the author of a message is later on, where the room gives no occupant-ids: until when the stay under that nick
 * lasted, as far as the record knows. A time in which nobody listened ends it too, since comings and goings of it are unknown;
 * and where the record of them begins only later, as it is kept for a shorter time or was never taken in, nothing is known at all.
 */
export async function sessionOf (
  store: Pick<ArchiveStore, 'page' | 'gaps' | 'named'>, message: ArchivedEvent, until: ArchiveTime, presenceKeptSince?: ArchiveTime
): Promise<Session> {
  const { room, time } = message
  const [namesakes, isKnown, left, leftTogether, [gap]] = await Promise.all([
    message.message === undefined ? [] : store.named(room, [message.message]),
    message.occupant !== undefined || knowsPresence(store, message, presenceKeptSince),
    message.occupant === undefined ? firstEnd(store, message, message.nick, until) : undefined,
    message.occupant === undefined ? firstEnd(store, message, '', until) : undefined,
    message.occupant === undefined ? store.gaps(room, { start: time, end: until }) : []
  ])
  const [endedAt] = [isKnown ? undefined : time, left, leftTogether, gap?.from].filter(end => end !== undefined).sort()
  return { ...(endedAt === undefined ? {} : { endedAt }), namesakes }
}

/** Whoever heard a message live heard who left after it. */
async function knowsPresence (
  store: Pick<ArchiveStore, 'page'>, { room, time, via }: ArchivedEvent, keptSince: ArchiveTime | undefined
): Promise<boolean> {
  if (keptSince !== undefined && time < keptSince) return false
  if (via === 'live') return true
  const { events: [first] } = await store.page(room, { stream: 'presence', limit: 1 })
  return first !== undefined && first.time <= time
}

/** The first event after the message that ends a stay under its nick; crowds and the end of the room have no nick. */
async function firstEnd (
  store: Pick<ArchiveStore, 'page'>, message: ArchivedEvent, nick: string, until: ArchiveTime
): Promise<ArchiveTime | undefined> {
  let after: string | undefined
  for (;;) {
    const page = await store.page(message.room, {
      stream: 'presence', nick, start: message.time, end: until, limit: PAGE, ...(after === undefined ? {} : { after })
    })
    const end = page.events.find(event => ENDS.has(event.kind) &&
      (event.crowd === undefined ? nick !== '' || event.kind === 'destroy' : event.crowd.some(member => member.nick === message.nick)))
    if (end !== undefined) return end.time
    after = page.events.at(-1)?.uid
    if (page.complete || after === undefined) return undefined
  }
}
