import type Database from 'better-sqlite3'
import { HansardError } from '../model/errors.ts'
import { splitEventId, streamOf } from '../model/event.ts'
import type { ArchivedEvent, EventId } from '../model/event.ts'
import { toMicros } from '../model/archive-time.ts'
import { analyse, isWord } from './analyse.ts'
import { emptyIndex } from './local-file.ts'
import { createLexiconWriter } from './local-lexicon.ts'
import { createNameWriter } from './local-names.ts'
import { WINDOW, firstPlace } from './local-place.ts'
import type { IndexChange } from './search-index.ts'
import { isStemmable } from './stem.ts'
import type { Language } from './stem.ts'
import { traitsOf } from './trait.ts'

/** The synchronous half of the local index that writes. */
export interface IndexWriter {
  checkpoint (): string | undefined
  apply (changes: readonly IndexChange[], from: string | undefined, to: string): boolean
  clear (): void
  /** Makes an index of other languages one of these; tells whether there was anything to do. */
  setLanguages (): boolean
}

/** An event in tokens; undefined where it leaves no posting. */
interface Posting {
  readonly word: string
  readonly code: string
  readonly nick: string
  readonly trait: string
  /** Plain forms of its words, each once. */
  readonly vocabulary: ReadonlySet<string>
}

export function createWriter (db: Database.Database, languages: readonly Language[]): IndexWriter {
  const names = createNameWriter(db)
  const lexicon = createLexiconWriter(db, languages)
  const meta = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const setCheckpoint = db.prepare<[string]>("INSERT INTO meta VALUES ('checkpoint', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
  const around = db.prepare<[bigint, bigint], Neighbour>('SELECT place, room, micros FROM doc WHERE place >= ? AND place < ? ORDER BY place').safeIntegers()
  const addDoc = db.prepare<[bigint, number, number]>('INSERT INTO doc VALUES (?, ?, ?)')
  const removeDoc = db.prepare<[bigint]>('DELETE FROM doc WHERE place = ?')
  const addPosting = db.prepare<[bigint, string, string, string, string, string]>(
    'INSERT INTO fts (rowid, word, code, nick, room, trait) VALUES (?, ?, ?, ?, ?, ?)')
  const removePosting = db.prepare<[bigint]>('DELETE FROM fts WHERE rowid = ?')
  let generation: string | undefined

  function write (id: EventId, posting: Posting | undefined): void {
    const { room, time } = splitEventId(id)
    const roomId = names.roomId(room)
    const micros = toMicros(time)
    const start = firstPlace(time)
    const neighbours = around.all(start, start + WINDOW)
    const present = neighbours.find(doc => doc.room === BigInt(roomId) && doc.micros === BigInt(micros))
    if (present !== undefined) removePosting.run(present.place)
    if (posting === undefined) {
      if (present !== undefined) removeDoc.run(present.place)
      return
    }
    const place = present?.place ?? firstFree(start, neighbours)
    if (present === undefined) addDoc.run(place, roomId, micros)
    const nick = posting.nick === '' ? '' : String(names.nickId(posting.nick))
    addPosting.run(place, posting.word, posting.code, nick, String(roomId), posting.trait)
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
        return work()
      }).immediate()
    } catch (error) {
      forget()
      throw error
    }
  }

  return {
    checkpoint: () => meta.get('checkpoint'),
    apply (changes, from, to) {
      const postings = changes.map(({ id, event }) => [id, event === undefined ? undefined : postingOf(event)] as const)
      const counts = countWords(postings.map(([, posting]) => posting))
      return inTransaction(() => {
        if (meta.get('checkpoint') !== from) return false
        for (const [id, posting] of postings) {
          if (splitEventId(id).stream === 'talk') write(id, posting)
        }
        lexicon.add(counts, changes.length)
        setCheckpoint.run(to)
        return true
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
  readonly micros: bigint
}

function firstFree (start: bigint, neighbours: readonly Neighbour[]): bigint {
  let place = start
  for (const taken of neighbours) {
    if (taken.place !== place) break
    place += 1n
  }
  if (place >= start + WINDOW) {
    throw new HansardError('ERR_SEARCH', `Cannot index an event: more than ${WINDOW} rooms have one in the same microsecond`)
  }
  return place
}

function postingOf (event: ArchivedEvent): Posting | undefined {
  if (streamOf(event.kind) !== 'talk' || event.removed !== undefined || event.body === undefined || event.body === '') return undefined
  // Beside an encrypted text there is no more than a word on how it might be read.
  if (event.encrypted !== undefined) return undefined
  const words: string[] = []
  const code: string[] = []
  const vocabulary = new Set<string>()
  for (const token of analyse(event.body)) {
    const text = token.toString()
    if (!isWord(token)) {
      code.push(text)
      continue
    }
    words.push(text)
    const plain = token.metadata.plain ?? text
    if (isStemmable(plain)) vocabulary.add(plain)
  }
  return { word: words.join(' '), code: code.join(' '), nick: event.nick, trait: traitsOf(event).join(' '), vocabulary }
}

function countWords (postings: ReadonlyArray<Posting | undefined>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const posting of postings) {
    for (const word of posting?.vocabulary ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}
