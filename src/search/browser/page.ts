import type { RoomJid } from '../../model/address.ts'
import type { Month } from '../../model/day.ts'
import { excerpt } from '../excerpt.ts'
import type { Segment as Piece } from '../highlight.ts'
import { parseQuery, resolveRooms } from '../query.ts'
import type { Language } from '../stem.ts'
import { openSegment } from './find-in-segment.ts'
import type { FindInSegment } from './find-in-segment.ts'
import { searchMonths } from './search-months.ts'
import type { Segment, SegmentEntry } from './segment.ts'

/** A room as its catalogue, a file of the export, tells of it. */
export interface RoomCatalogue {
  readonly room: RoomJid
  readonly slug: string
  readonly aliases: readonly string[]
  readonly title: string
  readonly languages: readonly Language[]
  readonly segments: readonly SegmentEntry[]
}

/** A hit as a page shows it. */
export interface ShownHit {
  readonly slug: string
  readonly title: string
  readonly day: string
  /** HH:MM:SS, UTC. */
  readonly clock: string
  readonly time: string
  readonly anchor: string
  /** Empty where the room itself speaks, and of what is no talk, whose line names whom it concerns. */
  readonly nick: string
  readonly isSubject: boolean
  readonly isSpoiler: boolean
  readonly pieces: readonly Piece[]
}

export interface ShownMonth {
  readonly month: Month
  readonly hits: readonly ShownHit[]
}

const EXCERPT = 300
/** About 14 MB each. */
const MOST_OPEN = 8

/**
 * The search of an exported site, as its page uses it. Everything is loaded as it is needed, and kept for the next search as far as
 * memory goes. Throws ERR_QUERY for a text that cannot be understood.
 * @param load gives a segment by the name in its entry
 */
export function createPageSearch (
  rooms: readonly RoomCatalogue[], load: (name: string) => Promise<Segment>
): (text: string) => AsyncGenerator<ShownMonth> {
  const byJid = new Map(rooms.map(room => [room.room, room]))
  const bySlug = new Map(rooms.flatMap(({ room, slug, aliases }) => [...aliases, slug].map(name => [name, room] as const)))
  const opened = new Map<string, Promise<FindInSegment>>()

  function open (entry: SegmentEntry): Promise<FindInSegment> {
    const { name, room } = entry
    const known = opened.get(name) ?? load(name).then(segment => openSegment(segment, entry, byJid.get(room)?.languages ?? []))
    opened.delete(name)
    opened.set(name, known)
    known.catch(() => { opened.delete(name) })
    for (const oldest of [...opened.keys()].slice(0, -MOST_OPEN)) opened.delete(oldest)
    return known
  }

  return async function * (text) {
    const query = resolveRooms(parseQuery(text), name => bySlug.get(name))
    const request = { query, rooms: [...byJid.keys()], streams: ['talk', 'presence'] as const }
    for await (const { month, hits } of searchMonths(rooms.flatMap(({ segments }) => segments), open, request)) {
      yield {
        month,
        hits: hits.map(({ room, stream, document: { t, a, n, b, k, l, s } }) => {
          const { slug = '', title = '', languages = [] } = byJid.get(room) ?? {}
          return {
            slug,
            title,
            day: t.slice(0, 10),
            clock: t.slice(11, 19),
            time: t,
            anchor: a,
            nick: stream === 'talk' ? n : '',
            isSubject: k === 'subject',
            isSpoiler: s === true,
            pieces: excerpt(l ?? b, query, EXCERPT, languages)
          }
        })
      }
    }
  }
}

// What the script of the page finds, which is no module: modules are not loaded from files.
Object.assign(globalThis, { hansardSearch: createPageSearch })
