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
import type { Match } from './local-match.ts'
import { firstPlace, lastPlace, microsOf, timeOf } from './local-place.ts'
import { kindAt } from './local-postings.ts'
import { MOST_RANKED, MOST_WEIGHED_CHARS, weigh } from './local-ranking.ts'
import type { Weighable } from './local-ranking.ts'
import { createSpelling } from './local-spelling.ts'
import { createSuggest } from './local-suggest.ts'
import type { SuggestRequest } from './local-suggest.ts'
import type { Facets, Position, SearchPage, SearchRequest } from './search-index.ts'
import type { Language } from './stem.ts'

/** The synchronous half of the local index that searches. */
export interface IndexReader {
  search (request: SearchRequest): SearchPage
  suggest (request: SuggestRequest): string | undefined
}

interface Row {
  readonly place: bigint
  readonly shift: bigint
  readonly kind: bigint
  readonly room: RoomJid
}

interface Place {
  readonly micros: bigint
  readonly id: EventId
}

interface Hit<R> extends Place {
  readonly row: R
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

  function understand (request: SearchRequest): Exclude<Match, { kind: 'nothing' }> | undefined {
    const match = matchOf(request, {
      rooms: new Map(rooms.all()),
      nicksLike: nick => nicksLike.all(foldNick(nick)),
      nickId: nick => nickId.get(nick),
      formsOf
    })
    return match.kind === 'nothing' ? undefined : match
  }

  function search (request: SearchRequest): SearchPage {
    const match = understand(request)
    if (match === undefined) return { ...NOTHING, ...request.facets === true && { facets: NO_FACETS } }

    const statements = match.kind === 'all' ? all : some
    const parameters = match.kind === 'all' ? {} : { expression: match.expression }
    const span = spanOf(request)
    const within = { ...parameters, ...pageSpanOf(request, span) }
    const { count: counted, ...page } = request.order === 'relevance'
      ? rankPage(statements.weighed.iterate({ ...within, most: MOST_WEIGHED_CHARS }), request, formsOf)
      : takePage(statements[request.order].iterate(within), request)
    const count = (span: Span, most: number) => statements.count.get({ ...parameters, ...span, most }) ?? 0
    const total = totalOf(request, counted, most => count(span, most))
    if (request.facets !== true) return { ...page, ...total }
    const rows = (span: Span) => statements.facets.iterate({ ...parameters, ...span })
    return { ...page, ...total, facets: countFacets({ rows, count }, span, total.totalIsExact && total.total <= CHEAP_TOTAL) }
  }

  const suggest = createSuggest({
    spelling: createSpelling(db),
    count (query, rooms, most) {
      const request: SearchRequest = { query, rooms, limit: 0, order: 'newest', streams: ['talk', 'presence'] }
      const match = understand(request)
      if (match === undefined) return 0
      const parameters = match.kind === 'all' ? {} : { expression: match.expression }
      return (match.kind === 'all' ? all : some).count.get({ ...parameters, ...spanOf(request), most }) ?? 0
    }
  })

  return { search: db.transaction(search), suggest: db.transaction(suggest) }
}

interface Page extends Pick<SearchPage, 'hits' | 'complete' | 'ranked'> {
  /** How many there are between the positions, where that came out. */
  readonly count: number | undefined
}

function totalOf (request: SearchRequest, inPage: Page['count'], count: (most: number) => number): Pick<SearchPage, 'total' | 'totalIsExact'> {
  if (inPage !== undefined && request.after === undefined && request.before === undefined) return { total: inPage, totalIsExact: true }
  const most = request.exactTotal === true ? Number.MAX_SAFE_INTEGER : CHEAP_TOTAL + 1
  const counted = count(most)
  return counted < most ? { total: counted, totalIsExact: true } : { total: CHEAP_TOTAL, totalIsExact: false }
}

// CROSS JOIN keeps the order of the loops: the postings lead, already in the order of time.
function prepare (db: Database.Database, postings: string, docs: string, condition: string) {
  const select = (columns: string, order: 'ASC' | 'DESC') => `
    SELECT ${columns} FROM ${postings} ${docs} CROSS JOIN room ON room.id = doc.room
    WHERE ${condition} BETWEEN @first AND @last ORDER BY ${postings}.rowid ${order}`
  const columns = 'place, shift, kind, jid AS room'
  const rows = (order: 'ASC' | 'DESC') => db.prepare<[object], Row>(select(columns, order)).safeIntegers()
  const weighed = db.prepare<[object], Row & Weighable>(
    select(`${columns}, substr(doc.word, 1, @most) AS word, substr(doc.code, 1, @most) AS code`, 'DESC')).safeIntegers()
  const count = db.prepare<[object], number>(`
    SELECT count(*) FROM (SELECT 1 FROM ${postings} WHERE ${condition} BETWEEN @first AND @last LIMIT @most)`).pluck()
  const facets = db.prepare<[object], FacetRow>(`
    SELECT doc.room AS room, kind, doc.nick AS nick FROM ${postings} ${docs} WHERE ${condition} BETWEEN @first AND @last ORDER BY ${postings}.rowid DESC`).safeIntegers()
  return { newest: rows('DESC'), oldest: rows('ASC'), weighed, count, facets }
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

function takePage (rows: Iterable<Row>, request: SearchRequest): Page {
  const hits: EventId[] = []
  for (const hit of hitsOf(rows, request)) {
    hits.push(hit.id)
    if (hits.length > request.limit) break
  }
  const complete = hits.length <= request.limit
  return { hits: hits.slice(0, request.limit), complete, count: complete ? hits.length : undefined }
}

function rankPage (
  rows: Iterable<Row & Weighable>, request: SearchRequest, formsOf: (word: string) => readonly string[]
): Page {
  const candidates: Array<Hit<Row & Weighable>> = []
  let isAll = true
  for (const hit of hitsOf(rows, request)) {
    isAll = candidates.length < MOST_RANKED
    if (!isAll) break
    candidates.push(hit)
  }
  const [newest] = candidates
  if (newest === undefined) return { hits: [], complete: true, count: 0 }
  const scores = weigh(candidates.map(({ row }) => row), request.query, formsOf)
  // Sorting is stable: of equals the newer stands first.
  const order = [...candidates.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  const { skip = 0, limit } = request
  return {
    hits: order.slice(skip, skip + limit).flatMap(at => candidates[at]?.id ?? []),
    complete: skip + limit >= candidates.length,
    count: isAll ? candidates.length : undefined,
    ranked: { hits: candidates.length, before: request.before ?? { time: timeOf(newest.micros + 1n), id: '' as EventId } }
  }
}

function * hitsOf<R extends Row> (rows: Iterable<R>, request: SearchRequest): Generator<Hit<R>> {
  for (const moment of moments(rows)) {
    moment.sort((a, b) => a.id < b.id ? -1 : 1)
    if (request.order !== 'oldest') moment.reverse()
    for (const hit of moment) {
      if (isBetween(hit, request)) yield hit
    }
  }
}

// Events of one microsecond stand in the index as they came; their order is that of their ids.
function * moments<R extends Row> (rows: Iterable<R>): Generator<Array<Hit<R>>> {
  let moment: Array<Hit<R>> = []
  for (const row of rows) {
    const micros = microsOf(row.place, row.shift)
    if (moment[0] !== undefined && moment[0].micros !== micros) {
      yield moment
      moment = []
    }
    moment.push({ micros, id: eventId(row.room, streamOf(kindAt(row.kind)), timeOf(micros)), row })
  }
  if (moment.length > 0) yield moment
}

function isBetween (hit: Place, { after, before }: SearchRequest): boolean {
  return (after === undefined || compare(hit, after) > 0) && (before === undefined || compare(hit, before) < 0)
}

function compare (hit: Place, position: Position): number {
  const micros = BigInt(toMicros(position.time))
  if (hit.micros !== micros) return hit.micros < micros ? -1 : 1
  return hit.id === position.id ? 0 : hit.id < position.id ? -1 : 1
}
