import type { EventKind } from '../../model/event.ts'
import type { SearchOrder } from '../../search/search-index.ts'
import type { Phrase } from './phrase.ts'

type Around = <T>(value: T) => Phrase<T>

/** Of the page of a search. */
export interface SearchWords {
  readonly title: string
  readonly searchFor: string
  readonly button: string
  /** What can be chosen beside the words. */
  readonly options: string
  readonly in: string
  readonly allRooms: string
  readonly from: string
  readonly anybody: string
  readonly since: string
  readonly until: string
  readonly order: string
  readonly orders: Readonly<Record<SearchOrder, string>>
  readonly lastTwelveMonths: string
  readonly lookedFor: string
  readonly or: string
  readonly withoutThis: string
  readonly remove: string
  readonly nothing: string
  nothingIn<T> (room: T): Phrase<T>
  /** «12 messages, newest first»; of so many at least where it is not exact; `weighed`: only the newest of them were put in order. */
  found (total: number, isExact: boolean, noun: 'message' | 'event', order: SearchOrder, weighed: number | undefined): string
  backToFirst (order: SearchOrder): string
  roomsSearched (count: number): string
  readonly indexPartial: string
  indexBehind (seconds: number): string
  readonly indexUpToDate: string
  didYouMean<T> (suggestion: T): Phrase<T>
  readonly withoutOne: string
  without<T> (part: T): Phrase<T>
  readonly searchAllRooms: string
  fewer<T> (example: T): Phrase<T>
  readonly spread: string
  readonly count: string
  readonly facets: Readonly<Record<'rooms' | 'years' | 'people' | 'kinds', string>>
  moreBefore (count: number): string
  moreAfter (count: number): string
  readonly pages: string
  readonly next: Readonly<Record<SearchOrder, string>>
  goOnBefore (day: string): string
  asForms<T> (feed: (text: string) => T, json: (text: string) => T): Phrase<T>
  readonly understood: Readonly<Record<
    'not' | 'prefix' | 'phrase' | 'from' | 'to' | 'in' | 'before' | 'after' | 'on' | 'during' | 'has' | 'lang' | 'since' | 'until', Around
  >>
  timeSince (day: string): string
  readonly things: Readonly<Record<'link' | 'image' | 'video' | 'audio' | 'file' | 'reaction' | 'mention' | 'spoiler' | 'reply', string>>
  readonly kinds: Readonly<Record<EventKind | 'reply' | 'action' | 'edited', string>>
  readonly help: string
  /** What to write, and what it finds. */
  readonly examples: ReadonlyArray<readonly [query: string, meaning: Phrase<{ readonly query: string }>]>
  readonly readInDay: string
  /** For a browser's list of search engines. */
  searchTheLogs (site: string): string
  readonly exported: ExportedSearchWords
}

/** Of the search of an exported site, which its script does. */
export interface ExportedSearchWords {
  readonly needsScript: string
  readonly older: string
  /** `{n}` stands for a number, `{month}` for 2024-05, `{day}` for 2024-05-17, `{problem}` for a sentence in English. */
  readonly script: Readonly<Record<
    'searching' | 'searchingMonth' | 'found' | 'foundUntil' | 'nothing' | 'subject' | 'spoiler' | 'read' | 'noRoom' | 'problem', string
  >>
}

/** A query within a sentence. */
export function query (query: string): { readonly query: string } {
  return { query }
}
