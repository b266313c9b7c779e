import { randomUUID } from 'node:crypto'
import type Database from 'better-sqlite3'
import { toMicros } from '../model/archive-time.ts'
import { HansardError } from '../model/errors.ts'
import { EVENT_KINDS, splitEventId, streamOf } from '../model/event.ts'
import type { EventId, EventKind } from '../model/event.ts'
import { emptyIndex } from './local-file.ts'
import { createLexiconWriter } from './local-lexicon.ts'
import { createNameWriter } from './local-names.ts'
import { WINDOW, firstPlace, microsOf } from './local-place.ts'
import { createPostings, kindAt, nicksOf } from './local-postings.ts'
import { postingOf } from './posting.ts'
import type { Posting } from './posting.ts'
import type { IndexChange } from './search-index.ts'
import type { Language } from './stem.ts'

/** The synchronous half of the local index that writes. */
export interface IndexWriter {
  checkpoint (): string | undefined
  /**
   * As SearchIndex.apply(). `choose` is called within the transaction and tells which changes to write; undefined for not even
   * moving the checkpoint.
   */
  apply (changes: readonly IndexChange[], from: string | undefined, to: string, choose?: Choose): boolean
  /** Writes changes that belong behind the checkpoint, and remembers their ids in the same transaction. */
  put (changes: readonly IndexChange[], remember: (id: EventId) => void): void
  clear (): void
  /** Makes an index of other languages one of these; tells whether there was anything to do. */
  setLanguages (): boolean
}

// Of more than so many at once the tokens would outlive the young generation, which costs a good part of the time.
const PART = 250
const BULK = 100

export type Choose = (changes: readonly IndexChange[]) => readonly IndexChange[] | undefined

interface Change {
  readonly id: EventId
  readonly kind: EventKind
  /** Undefined where it leaves none. */
  readonly posting: Posting | undefined
}

/** @param onTaken postings were taken out: the write-ahead log still has them */
export function createWriter (db: Database.Database, languages: readonly Language[], onTaken: () => void): IndexWriter {
  const names = createNameWriter(db)
  const lexicon = createLexiconWriter(db, languages)
  const meta = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const setCheckpoint = db.prepare<[string]>("INSERT INTO meta VALUES ('checkpoint', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
  const setGeneration = db.prepare<[string]>("UPDATE meta SET value = ? WHERE key = 'generation'")
  const around = db.prepare<[bigint, bigint], Neighbour>('SELECT place, room, kind, shift FROM doc WHERE place >= ? AND place < ? ORDER BY place').safeIntegers()
  const last = db.prepare<[], bigint | null>('SELECT max(place) FROM doc').pluck().safeIntegers()
  const postings = createPostings(db)
  let generation: string | undefined
  /** No event of the index is later. */
  let newest = -1n
  let hasTaken = false
  let hasForgotten = false

  function write ({ id, kind, posting }: Change): void {
    const { room, stream, time } = splitEventId(id)
    const roomId = names.roomId(room)
    const micros = BigInt(toMicros(time))
    const start = firstPlace(time)
    // What is newer than everything, as nearly all is, has no neighbours.
    const neighbours = start > newest ? [] : around.all(start, start + WINDOW)
    const present = neighbours.find(doc =>
      doc.room === BigInt(roomId) && streamOf(kindAt(doc.kind)) === stream && microsOf(doc.place, doc.shift) === micros)
    const before = present === undefined ? undefined : postings.take(present.place)
    if (posting !== undefined) {
      const place = present?.place ?? firstFree(start, neighbours)
      if (place > newest) newest = place
      const [nick = 0, ...others] = posting.nicks.map(nick => names.nickId(nick))
      postings.put({
        place,
        room: roomId,
        kind: EVENT_KINDS.indexOf(kind),
        nick,
        shift: microsOf(place, micros),
        word: posting.words.join(' '),
        code: posting.code.join(' '),
        others: others.join(' '),
        addressee: posting.addressees.join(' '),
        trait: posting.traits.join(' '),
        plain: [...posting.unfolded].join(' ')
      })
    }
    if (before === undefined) return
    const words = postings.unused(before)
    const nicks = nicksOf(before).filter(nick => !postings.hasNick(nick))
    lexicon.leave(words)
    for (const nick of nicks) names.leave(nick)
    hasTaken = true
    if (words.length > 0 || nicks.length > 0) hasForgotten = true
  }

  function writeAll (changes: readonly IndexChange[]): void {
    for (let from = 0; from < changes.length; from += PART) writePart(changes.slice(from, from + PART), changes.length >= BULK)
    if (!hasForgotten) return
    // Others that write must not take for known what is gone.
    generation = randomUUID()
    setGeneration.run(generation)
  }

  function writePart (changes: readonly IndexChange[], isBulk: boolean): void {
    const changed = changes.map(({ id, event }): Change =>
      ({ id, kind: event?.kind ?? 'message', posting: event === undefined ? undefined : postingOf(event) }))
    // First, so that no word is missed that one event leaves and another has.
    lexicon.add(countWords(changed), changes.length, isBulk)
    for (const change of changed) write(change)
  }

  function forget (): void {
    names.forget()
    lexicon.forget()
  }

  function inTransaction<T> (work: () => T): T {
    try {
      return db.transaction(() => {
        const current = meta.get('generation')
        if (current !== generation) forget()
        generation = current
        hasTaken = false
        hasForgotten = false
        newest = last.get() ?? -1n
        return work()
      }).immediate()
    } catch (error) {
      forget()
      throw error
    } finally {
      if (hasTaken) onTaken()
    }
  }

  return {
    checkpoint: () => meta.get('checkpoint'),
    apply: (changes, from, to, choose = changes => changes) => inTransaction(() => {
      if (meta.get('checkpoint') !== from) return false
      const chosen = choose(changes)
      if (chosen === undefined) return false
      writeAll(chosen)
      setCheckpoint.run(to)
      return true
    }),
    put (changes, remember) {
      inTransaction(() => {
        writeAll(changes)
        for (const { id } of changes) remember(id)
      })
    },
    clear () {
      inTransaction(() => {
        emptyIndex(db)
        lexicon.setLanguages()
      })
    },
    setLanguages: () => inTransaction(() => lexicon.setLanguages())
  }
}

interface Neighbour {
  readonly place: bigint
  readonly room: bigint
  readonly kind: bigint
  readonly shift: bigint
}

function firstFree (start: bigint, neighbours: readonly Neighbour[]): bigint {
  let place = start
  for (const taken of neighbours) {
    if (taken.place !== place) break
    place += 1n
  }
  if (place >= start + WINDOW) {
    throw new HansardError('ERR_SEARCH', `Cannot index an event: more than ${WINDOW} stand in the same microsecond`)
  }
  return place
}

function countWords (changes: readonly Change[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { posting } of changes) {
    for (const word of posting?.vocabulary ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}
