import type { RoomJid } from '../../model/address.ts'
import { streamOf } from '../../model/event.ts'
import type { Stream } from '../../model/event.ts'
import { analyse, isWord } from '../analyse.ts'
import { patternOf } from '../pattern.ts'
import type { Pattern } from '../pattern.ts'
import type { Test } from '../query.ts'
import type { SearchRequest } from '../search-index.ts'
import type { Language } from '../stem.ts'
import { lunr } from './lunr-cure.ts'
import { buildQuery, kindMatches, matchOf } from './match.ts'
import type { Match } from './match.ts'
import type { Segment, SegmentDocument } from './segment.ts'

/** What is asked of one segment: as SearchRequest has it, without what pages are made of. */
export type SegmentRequest = Pick<SearchRequest, 'query' | 'start' | 'end' | 'nick'>

/** The documents found, newest first. */
export type FindInSegment = (request: SegmentRequest) => SegmentDocument[]

/**
 * Opens a segment. Sets of candidates come from lunr, one query for each test; AND, OR and NOT are done with the sets, as lunr's
 * own OR cannot stand inside an AND. Words that must follow each other are looked for in the documents that are left.
 */
export function openSegment (
  { index: serialized, documents }: Segment, of: { readonly room: RoomJid, readonly stream: Stream }, languages: readonly Language[]
): FindInSegment {
  const index = lunr.Index.load(serialized)
  const tokens = new Map<number, { readonly words: readonly string[], readonly code: readonly string[] }>()

  function tokensOf (ref: number): { readonly words: readonly string[], readonly code: readonly string[] } {
    let found = tokens.get(ref)
    if (found === undefined) {
      const all = analyse(documents[ref]?.b ?? '')
      found = { words: all.filter(isWord).map(String), code: all.filter(token => !isWord(token)).map(String) }
      tokens.set(ref, found)
    }
    return found
  }

  function refsOf (match: Match, among: ReadonlySet<number>): ReadonlySet<number> {
    if (match.kind === 'all') return among
    if (match.kind !== 'clauses') return new Set()
    const refs = index.query(buildQuery(match)).map(({ ref }) => Number(ref)).filter(ref => among.has(ref))
    const { pattern } = match
    return new Set(pattern === undefined ? refs : refs.filter(ref => follows(tokensOf(ref), pattern)))
  }

  function anyOf (tests: readonly Test[], among: ReadonlySet<number>): ReadonlySet<number> {
    const sets = tests.flatMap(test => matchOf(test, of.room, languages) ?? []).map(match => refsOf(match, among))
    return sets.length === 1 ? sets[0] as ReadonlySet<number> : new Set(sets.flatMap(set => [...set]))
  }

  return request => {
    const { query, nick } = request
    const groups = meaningful(query.all)
    const streams = query.kinds.length === 0 ? ['talk'] : query.kinds.map(streamOf)
    if (groups === undefined || !isAnchored(request) || !streams.includes(of.stream)) return []
    const isOpen = (document: SegmentDocument) => isWithin(document, request) && (nick === undefined || document.n === nick)
    let refs: ReadonlySet<number> = new Set(documents.flatMap((document, ref) => isOpen(document) ? ref : []))
    const kinds = kindMatches(of.stream, query)
    refs = refsOf(kinds.any, refs)
    for (const group of groups) refs = anyOf(group, refs)
    const excluded = new Set([...anyOf(query.none, refs), ...refsOf(kinds.none, refs)])
    return [...refs].filter(ref => !excluded.has(ref)).sort((a, b) => b - a).map(ref => documents[ref] as SegmentDocument)
  }
}

/** Words of nothing but marks are left out beside others; undefined where there are no others. */
function meaningful (all: SearchRequest['query']['all']): ReadonlyArray<readonly Test[]> | undefined {
  const isText = (group: readonly Test[]) => group.every(test => test.kind === 'text')
  const isEmpty = (group: readonly Test[]) => isText(group) && group.every(test => test.kind === 'text' && patternOf(test.term) === undefined)
  const texts = all.filter(isText)
  return texts.length > 0 && texts.every(isEmpty) ? undefined : all.filter(group => !isEmpty(group))
}

function isAnchored ({ query, nick }: SegmentRequest): boolean {
  const { all, kinds, notKinds, start, end } = query
  return all.length > 0 || kinds.length > 0 || notKinds.length > 0 || start !== undefined || end !== undefined || nick !== undefined
}

function isWithin ({ t }: SegmentDocument, { query, start, end }: SegmentRequest): boolean {
  return [query.start, start].every(from => from === undefined || t >= from) && [query.end, end].every(to => to === undefined || t <= to)
}

function follows ({ words, code }: { readonly words: readonly string[], readonly code: readonly string[] }, pattern: Pattern): boolean {
  return hasRun(words, pattern.words, pattern.isWordPrefix) && hasRun(code, pattern.code, pattern.isCodePrefix)
}

function hasRun (tokens: readonly string[], run: readonly string[], isPrefix: boolean): boolean {
  if (run.length === 0) return true
  const last = run.length - 1
  return tokens.some((_, at) => at + last < tokens.length && run.every((wanted, n) =>
    isPrefix && n === last ? tokens[at + n]?.startsWith(wanted) : tokens[at + n] === wanted))
}
