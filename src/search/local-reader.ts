import type Database from 'better-sqlite3'
import type { RoomJid } from '../model/address.ts'
import { toMicros } from '../model/archive-time.ts'
import { TALK_KINDS, eventId, streamOf } from '../model/event.ts'
import type { EventId } from '../model/event.ts'
import { foldNick } from './fold.ts'
import { createFacetCounter } from './local-facets.ts'
import type { FacetRow, Span } from './local-facets.ts'
import { createFormsLookup } from './local-lexicon.ts'
import { matchOf } from './local-match.ts'
import { firstPlace, lastPlace, microsOf, timeOf } from './local-place.ts'
import { kindAt } from './local-postings.ts'
import type { Facets, Position, SearchPage, SearchRequest } from './search-index.ts'
import type { Language } from './stem.ts'

/** The synchronous half of the local index that searches. */
export type IndexReader = (request: SearchRequest) => SearchPage

interface Row {
  readonly place: bigint
  readonly shift: bigint
  readonly kind: bigint
  readonly room: RoomJid
}

interface Hit {
  readonly micros: bigint
  readonly id: EventId
}

const CHEAP_TOTAL = 10_000
const NOTHING: SearchPage = { hits: [], total: 0, totalIsExact: true, complete: true }
const NO_FACETS: Facets = { rooms: [], years: [], people: [], kinds: [] }
const EVERYTHING: Span = { first: 0n, last: 2n ** 63n - 1n }

export function createReader (db: Database.Database, languages: readonly Language[]): IndexReader {
  const rooms = db.prepare<[], [RoomJid, number]>('SELECT jid, id FROM room').raw()
  const nicksLike = db.prepare<[string], number>('SELECT id FROM nick WHERE folded = ?').pluck()
  const nickId = db.prepare<[string], number>('SELECT id FROM nick WHERE nick = ?').pluck()
  const formsOf = createFormsLookup(db, languages)
  const countFacets = createFacetCounter(db)
  const some = prepare(db, 'fts', 'CROSS JOIN doc ON doc.place = fts.rowid', 'fts MATCH @expression AND fts.rowid')
  const all = prepare(db, 'doc', '', `doc.kind < ${TALK_KINDS.length} AND doc.place`)

  function search (request: SearchRequest): SearchPage {
    const match = matchOf(request, {
      rooms: new Map(rooms.all()),
      nicksLike: nick => nicksLike.all(foldNick(nick)),
      nickId: nick => nickId.get(nick),
      formsOf
    })
    if (match.kind === 'nothing') return { ...NOTHING, ...request.facets === true && { facets: NO_FACETS } }

    const statements = match.kind === 'all' ? all : some
    const parameters = match.kind === 'all' ? {} : { expression: match.expression }
    const span = spanOf(request)
    const { first, last } = pageSpanOf(request, span)
    const page = takePage(statements[request.order === 'oldest' ? 'oldest' : 'newest'].iterate({ ...parameters, first, last }), request)
    const count = (span: Span, most: number) => statements.count.get({ ...parameters, ...span, most }) ?? 0
    const total = totalOf(request, page, most => count(span, most))
    if (request.facets !== true) return { ...page, ...total }
    const rows = (span: Span) => statements.facets.iterate({ ...parameters, ...span })
    return { ...page, ...total, facets: countFacets({ rows, count }, span, total.totalIsExact && total.total <= CHEAP_TOTAL) }
  }

  return db.transaction(search)
}

function totalOf (
  request: SearchRequest, { hits, complete }: Pick<SearchPage, 'hits' | 'complete'>, count: (most: number) => number
): Pick<SearchPage, 'total' | 'totalIsExact'> {
  if (complete && request.after === undefined && request.before === undefined) return { total: hits.length, totalIsExact: true }
  const most = request.exactTotal === true ? Number.MAX_SAFE_INTEGER : CHEAP_TOTAL + 1
  const counted = count(most)
  return counted < most ? { total: counted, totalIsExact: true } : { total: CHEAP_TOTAL, totalIsExact: false }
}

// CROSS JOIN keeps the order of the loops: the postings lead, already in the order of time.
function prepare (db: Database.Database, postings: string, docs: string, condition: string) {
  const rows = (order: 'ASC' | 'DESC') => db.prepare<[object], Row>(`
    SELECT place, shift, kind, jid AS room FROM ${postings} ${docs} CROSS JOIN room ON room.id = doc.room
    WHERE ${condition} BETWEEN @first AND @last ORDER BY ${postings}.rowid ${order}`).safeIntegers()
  const count = db.prepare<[object], number>(`
    SELECT count(*) FROM (SELECT 1 FROM ${postings} WHERE ${condition} BETWEEN @first AND @last LIMIT @most)`).pluck()
  const facets = db.prepare<[object], FacetRow>(`
    SELECT doc.room AS room, kind, doc.nick AS nick FROM ${postings} ${docs} WHERE ${condition} BETWEEN @first AND @last ORDER BY ${postings}.rowid DESC`).safeIntegers()
  return { newest: rows('DESC'), oldest: rows('ASC'), count, facets }
}

function spanOf ({ query, start, end }: SearchRequest): Span {
  const firsts = [query.start, start].flatMap(time => time === undefined ? [] : [firstPlace(time)])
  const lasts = [query.end, end].flatMap(time => time === undefined ? [] : [lastPlace(time)])
  return narrow(EVERYTHING, firsts, lasts)
}

// The microseconds of the positions are included: which of their events lie beyond is told by id.
function pageSpanOf ({ after, before }: SearchRequest, span: Span): Span {
  return narrow(span, after === undefined ? [] : [firstPlace(after.time)], before === undefined ? [] : [lastPlace(before.time)])
}

function narrow (span: Span, firsts: readonly bigint[], lasts: readonly bigint[]): Span {
  return {
    first: [span.first, ...firsts].reduce((a, b) => a > b ? a : b),
    last: [span.last, ...lasts].reduce((a, b) => a < b ? a : b)
  }
}

function takePage (rows: Iterable<Row>, request: SearchRequest): Pick<SearchPage, 'hits' | 'complete'> {
  const hits: EventId[] = []
  for (const moment of moments(rows)) {
    moment.sort((a, b) => a.id < b.id ? -1 : 1)
    if (request.order !== 'oldest') moment.reverse()
    hits.push(...moment.filter(hit => isBetween(hit, request)).map(hit => hit.id))
    if (hits.length > request.limit) break
  }
  return { hits: hits.slice(0, request.limit), complete: hits.length <= request.limit }
}

// Events of one microsecond stand in the index as they came; their order is that of their ids.
function * moments (rows: Iterable<Row>): Generator<Hit[]> {
  let moment: Hit[] = []
  for (const { place, shift, kind, room } of rows) {
    const micros = microsOf(place, shift)
    if (moment[0] !== undefined && moment[0].micros !== micros) {
      yield moment
      moment = []
    }
    moment.push({ micros, id: eventId(room, streamOf(kindAt(kind)), timeOf(micros)) })
  }
  if (moment.length > 0) yield moment
}

function isBetween (hit: Hit, { after, before }: SearchRequest): boolean {
  return (after === undefined || compare(hit, after) > 0) && (before === undefined || compare(hit, before) < 0)
}

function compare (hit: Hit, position: Position): number {
  const micros = BigInt(toMicros(position.time))
  if (hit.micros !== micros) return hit.micros < micros ? -1 : 1
  return hit.id === position.id ? 0 : hit.id < position.id ? -1 : 1
}
