import { bareOf, tryParseJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import type { ArchivedEvent, RoomEvent, Uid } from '../model/event.ts'
import { catchUp } from './catch-up.ts'
import type { Recovery } from './catch-up.ts'
import { createHistory, TOLERANCE } from './history.ts'
import { hearMessage } from './message.ts'
import type { HeardMessage } from './message.ts'
import type { RoomRecord } from './record.ts'
import type { ArchiveItem, RoomArchive } from './room-archive.ts'
import type { RoomInfo } from './room-info.ts'
import type { Stretch } from './stretch.ts'
import { talkOf, uidOf } from './talk.ts'

export interface RecoverOptions extends Pick<RoomRecord, 'append' | 'recall' | 'get' | 'quarantine'> {
  readonly room: RoomJid
  readonly info: RoomInfo
  readonly ownDomain: string | undefined
  readonly archive: RoomArchive
  readonly stretch: Stretch
  readonly wasHeard: (id: Uid) => boolean
  /** What was heard live without an id to know it by; it may not be in the record yet. */
  readonly unidentified: () => readonly RoomEvent[]
  /** Throws when the work has become void. */
  readonly check: () => void
  readonly onExpired: (completeFrom: Micros | undefined) => void
  /** After each page: the new events, and how far the archive was walked. */
  readonly onPage: (added: readonly ArchivedEvent[], reached: { readonly from: ArchiveTime, readonly after: Uid }) => void
}

const MAX_RECALLED = 1_000

/** Fetches a stretch of the room's archive into the record: what is recorded already is left alone. */
export async function recover (options: RecoverOptions): Promise<Recovery> {
  const { room, info, archive, stretch, wasHeard, check, onPage } = options
  // What follows a message is recorded after it, though the archive's stamps may have whole seconds only.
  let latest = stretch.after === undefined ? undefined : await options.get(room, stretch.after)

  async function take (items: readonly ArchiveItem[]): Promise<number> {
    check()
    const last = items.at(-1)
    if (last === undefined) return 0
    const heard = items.flatMap(item => understand(item))
    const history = createHistory()
    history.add(await around(items))
    history.add(options.unidentified(), () => false)
    if (latest !== undefined) history.passed(latest)
    const events: RoomEvent[] = []
    const known = heard.map(({ message }) => history.find(message))
    for (const [n, { message, stamp }] of heard.entries()) {
      const event = known[n] ?? eventOf(message, stamp, within(history.timeOf(stamp), history.timeOf(0), known.slice(n).find(Boolean)))
      history.passed(event)
      if (known[n] === undefined) events.push(event)
    }
    check()
    const results = await options.append(events)
    for (const { event } of results) if (latest === undefined || event.time > latest.time) latest = event
    const added = results.filter(({ isNew }) => isNew).map(({ event }) => event)
    onPage(added, { from: formatTime(last.stamp), after: last.id })
    return added.length
  }

  /** What precedes something recorded stays before it, even where the clock of the room is ahead of ours. */
  function within (time: Micros, earliest: Micros, next: RoomEvent | undefined): Micros {
    const latestTime = next === undefined ? Infinity : toMicros(next.time) - 1
    return time <= latestTime || earliest > latestTime ? time : earliest
  }

  function understand ({ id, stamp, message }: ArchiveItem): Array<{ message: HeardMessage, stamp: Micros }> {
    try {
      const from = tryParseJid(message.attrs['from'])
      if (from === undefined || bareOf(from) !== room) return []
      const heard = hearMessage(message, room, from.resource, info, { archiveId: id, stamp, ownDomain: options.ownDomain })
      return heard === undefined ? [] : [{ message: heard, stamp }]
    } catch (error) {
      options.quarantine(room, message.toString(), error)
      return []
    }
  }

  function eventOf (message: HeardMessage, saidAt: Micros, time: Micros): RoomEvent {
    return { ...talkOf(message), room, uid: uidOf(room, message, saidAt), time: formatTime(time), via: 'catch-up' }
  }

  async function around (items: readonly ArchiveItem[]): Promise<readonly RoomEvent[]> {
    const stamps = items.map(({ stamp }) => stamp)
    const range = { start: formatTime(Math.min(...stamps) - TOLERANCE), end: formatTime(Math.max(...stamps) + TOLERANCE) }
    return options.recall(room, range, MAX_RECALLED)
  }

  return catchUp({
    archive,
    stretch,
    take,
    wasHeard,
    onExpired: options.onExpired,
    isRecorded: async id => await options.get(room, id) !== undefined
  })
}
