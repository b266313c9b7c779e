import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { ArchivedEvent, EventId, EventKind, Stream } from '../model/event.ts'
import type { Query } from './query.ts'

/**
 * The postings behind search. Derived from the record: an index may be dropped and rebuilt at any time, and every
 * write is idempotent. `test/search/index-contract.ts` holds every engine to this.
 */
export interface SearchIndex {
  /** Where the index stands in the store's sequence of changes; undefined when it is empty or was made by another analyser. */
  checkpoint (): Promise<string | undefined>

  /**
   * Takes changes in and moves the checkpoint, in one transaction. An event indexed before is replaced; one that is
   * removed, or is part of another (`appliesTo`), leaves no posting. Of what an event said before nothing is
   * left in the files of the index, at once or within a second: no posting, no word that nobody else said. Nothing
   * happens when the checkpoint is not `from` any more (another process was faster): then it resolves to false and the caller
   * starts again from checkpoint().
   */
  apply (changes: readonly IndexChange[], from: string | undefined, to: string): Promise<boolean>

  search (request: SearchRequest): Promise<SearchPage>

  /**
   * The text of the query with one letter changed in each word that nobody says in these rooms, so that it finds something there;
   * undefined where there is no such text. Tells nothing of words said only elsewhere. Engines without a list of words have none.
   */
  suggest? (request: Pick<SearchRequest, 'query' | 'rooms'>): Promise<string | undefined>

  /** Empties the index, checkpoint included. */
  clear (): Promise<void>

  /** Of engines that can be built anew while they are searched. */
  readonly rebuilding?: Rebuilding

  close (): Promise<void>
}

export interface Rebuilding {
  /** Whether the index in use should give way: another analyser made it, or its successor was begun and not finished. */
  isDue (): boolean
  /** Whether one was begun and not finished. */
  isBegun (): boolean
  /**
   * Begins to build an index beside the one in use, or goes on with one that was begun unless it is to be `fresh`. Undefined while
   * another process or thread does.
   */
  begin (isFresh: boolean): IndexRebuild | undefined
}

/** An index that is built beside the one in use. What apply() of that one takes in is here at once too, whoever calls it. */
export interface IndexRebuild {
  checkpoint (): string | undefined
  /** To be taken before changes are read: what has come from the one in use since then is newer than they are. */
  mark (): number
  /**
   * As SearchIndex.apply(), of changes that were read after `mark`. Leaves out what has come from the one in use since then.
   * Throws ERR_SEARCH when what was built is lost.
   */
  apply (changes: readonly IndexChange[], from: string | undefined, to: string, mark: number): boolean
  /** Moves the checkpoint back before the first change that was left out, and tells whether there was one. */
  rewind (): boolean
  /** Rewinds, takes the place of the one in use, which is deleted, and ends. */
  finish (): void
  /** Lets go; what was built stays for another to go on with. */
  close (): void
}

export interface IndexChange {
  readonly id: EventId
  readonly event: ArchivedEvent | undefined
}

export interface SearchRequest {
  readonly query: Query
  /** The rooms the reader may see; room words of the query choose among them. An empty list matches nothing. */
  readonly rooms: readonly RoomJid[]
  /** Further bounds, inclusive, and exclusive positions: those of MAM beside those of the query. */
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
  readonly after?: Position
  readonly before?: Position
  /** Only events of exactly this nick. */
  readonly nick?: string
  /** Which streams to look in, talk alone by default; what is no talk is found only where the query asks for its kinds. */
  readonly streams?: readonly Stream[]
  readonly limit: number
  readonly order: SearchOrder
  /** Of relevance only: so many of the best are left out. See SearchPage.ranked. */
  readonly skip?: number
  /** Count past the cheap limit: MAM needs an exact total or none. */
  readonly exactTotal?: boolean
  readonly facets?: boolean
}

/**
 * newest: newest first, as people search. oldest: in the order of the record, as MAM pages forward. relevance: what says the
 * rarer of the words, more often, in fewer words stands first, then the newer; only the newest of many hits are weighed.
 */
export type SearchOrder = 'newest' | 'oldest' | 'relevance'

/** A place among all events of all rooms; `id` breaks ties of time. */
export interface Position {
  readonly time: ArchiveTime
  readonly id: EventId
}

export interface SearchPage {
  readonly hits: readonly EventId[]
  /** How many match in all (bounds and positions included except after/before); a lower bound when not exact. */
  readonly total: number
  readonly totalIsExact: boolean
  /** False when more hits lie beyond the page; of relevance, when more of those that were weighed do. */
  readonly complete: boolean
  /**
   * Of relevance: how many hits were weighed, fewer than the total where there are very many, and the place they all stand
   * before. The next page is asked for with it as `before`, so that what comes meanwhile moves nothing, and with `skip`.
   */
  readonly ranked?: { readonly hits: number, readonly before: Position }
  /** Where they were asked for. */
  readonly facets?: Facets
}

/** How the hits are spread, positions left aside. Where there are very many, rooms, people and kinds are those of the newest of them. */
export interface Facets {
  readonly rooms: ReadonlyArray<Facet<RoomJid>>
  /** Newest first, the others with the most hits first; `2024`. */
  readonly years: ReadonlyArray<Facet<string>>
  /** At most 20. */
  readonly people: ReadonlyArray<Facet<string>>
  readonly kinds: ReadonlyArray<Facet<EventKind>>
}

export interface Facet<Value> {
  readonly value: Value
  /** A lower bound when not exact. */
  readonly count: number
  readonly isExact: boolean
}
