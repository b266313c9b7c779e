import type { RoomJid } from '../../src/model/address.ts'
import { formatTime, secondOf, toMicros } from '../../src/model/archive-time.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { anchorOf } from '../../src/model/anchor.ts'
import { dayOf } from '../../src/model/day.ts'
import type { Day } from '../../src/model/day.ts'
import { eventId, streamOf } from '../../src/model/event.ts'
import type { ArchivedEvent, RoomEvent, Stream, Uid } from '../../src/model/event.ts'
import { ordinalOf } from '../../src/archive/placement.ts'
import { isHole } from '../../src/model/gap.ts'
import type { Gap } from '../../src/model/gap.ts'
import type { AppendResult, CountQuery, GapsQuery, Page, PageQuery } from '../../src/archive/store.ts'

/** What a store should answer, by the plainest means: a list, looked through from end to end. */
export function createModel () {
  let events: ArchivedEvent[] = []
  let gaps: Gap[] = []

  function inOrder (room: RoomJid, stream: Stream): ArchivedEvent[] {
    return events
      .filter(event => event.room === room && streamOf(event.kind) === stream)
      .sort((a, b) => a.time < b.time ? -1 : 1)
  }

  function matching (room: RoomJid, { stream, start, end, nick }: CountQuery): ArchivedEvent[] {
    return inOrder(room, stream).filter(({ time, nick: name }) =>
      (start === undefined || time >= start) && (end === undefined || time <= end) && (nick === undefined || name === nick))
  }

  function get (room: RoomJid, uid: Uid): ArchivedEvent | undefined {
    return events.find(event => event.room === room && event.uid === uid)
  }

  return {
    append (event: RoomEvent): AppendResult {
      const known = get(event.room, event.uid)
      if (known !== undefined) return { event: known, isNew: false }
      const stream = streamOf(event.kind)
      const neighbours = inOrder(event.room, stream)
      let time = event.time
      while (neighbours.some(other => other.time === time)) time = formatTime(toMicros(time) + 1)
      const inSecond = events.filter(other => other.room === event.room && secondOf(other.time) === secondOf(time))
      const ordinal = Math.max(-1, ...inSecond.map(({ anchor }) => ordinalOf(anchor))) + 1
      const placed = { _id: eventId(event.room, stream, time), ...event, time, anchor: anchorOf(time, ordinal) }
      events.push(placed)
      return { event: placed, isNew: true }
    },

    page (room: RoomJid, query: PageQuery): Page | undefined {
      const after = query.after === undefined ? undefined : get(room, query.after)
      const before = query.before === undefined ? undefined : get(room, query.before)
      if ((query.after !== undefined && after === undefined) || (query.before !== undefined && before === undefined)) return undefined
      const found = matching(room, query)
        .filter(({ time }) => (after === undefined || time > after.time) && (before === undefined || time < before.time))
      const page = query.reverse === true ? found.slice(Math.max(0, found.length - query.limit)) : found.slice(0, query.limit)
      return { events: page, complete: found.length <= query.limit }
    },

    count: (room: RoomJid, query: CountQuery) => matching(room, query).length,

    rank: (room: RoomJid, stream: Stream, time: ArchiveTime) => inOrder(room, stream).filter(event => event.time < time).length,

    get,

    lastTime: (room: RoomJid) => events.filter(event => event.room === room).map(({ time }) => time).sort().at(-1),

    days: (room: RoomJid) => [...new Set(inOrder(room, 'talk').map(({ time }) => dayOf(time)))],

    day (room: RoomJid, day: Day) {
      const talk = inOrder(room, 'talk').filter(({ time }) => dayOf(time) === day)
      const presence = inOrder(room, 'presence').filter(({ time }) => dayOf(time) === day)
      if (talk.length + presence.length === 0) return undefined
      return {
        day,
        talk: talk.length,
        presence: presence.length,
        lines: talk.filter(({ appliesTo }) => appliesTo === undefined).length,
        people: new Set(talk.map(({ nick }) => nick).filter(nick => nick !== '')).size,
        ...(talk.length === 0 ? {} : { first: talk[0]?.time, last: talk.at(-1)?.time })
      }
    },

    rooms () {
      return [...new Set(events.map(({ room }) => room))].sort().map(room => {
        const talk = inOrder(room, 'talk')
        return {
          room,
          talk: talk.length,
          presence: inOrder(room, 'presence').length,
          lines: talk.filter(({ appliesTo }) => appliesTo === undefined).length,
          ...(talk.length === 0 ? {} : { first: talk[0]?.time, last: talk.at(-1)?.time })
        }
      })
    },

    replace (event: ArchivedEvent): void {
      events = events.map(other => other._id === event._id ? event : other)
    },

    named: (room: RoomJid, ids: readonly string[]) => inOrder(room, 'talk').filter(({ message }) => message !== undefined && ids.includes(message)),

    referring: (room: RoomJid, ids: readonly string[]) => inOrder(room, 'talk')
      .filter(({ replaces, retracts, reactsTo, repliesTo }) =>
        [replaces, retracts, reactsTo, repliesTo].some(id => id !== undefined && ids.includes(id))),

    purge (room: RoomJid, upTo: ArchiveTime, stream?: Stream): number {
      const before = events.length
      events = events.filter(event => event.room !== room || event.time > upTo || (stream !== undefined && streamOf(event.kind) !== stream))
      return before - events.length
    },

    putGaps (put: readonly Gap[]): void {
      for (const gap of put) gaps = [...gaps.filter(({ room, from }) => room !== gap.room || from !== gap.from), gap]
    },

    gaps (room: RoomJid, { start, end, holesOnly }: GapsQuery): Gap[] {
      if (start !== undefined && end !== undefined && start > end) return []
      return gaps
        .filter(gap => gap.room === room && (holesOnly !== true || isHole(gap)))
        .filter(({ from, to }) => (end === undefined || from <= end) && (start === undefined || to === undefined || to >= start))
        .sort((a, b) => a.from < b.from ? -1 : 1)
    },

    all: (): readonly ArchivedEvent[] => events
  }
}
