import type Database from 'better-sqlite3'
import { contentOf } from '../model/content.ts'
import type { SharedFile } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { HansardError } from '../model/errors.ts'
import { splitEventId, streamOf } from '../model/event.ts'
import type { ArchivedEvent, EventId } from '../model/event.ts'
import { shownText } from '../model/fallback.ts'
import { toMicros } from '../model/archive-time.ts'
import { analyse, isWord } from './analyse.ts'
import { emptyIndex } from './local-file.ts'
import { createLexiconWriter } from './local-lexicon.ts'
import { createNameWriter } from './local-names.ts'
import { WINDOW, firstPlace } from './local-place.ts'
import { createPostings } from './local-postings.ts'
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
  /** Plain forms of its words that are no tokens themselves. */
  readonly plain: string
  /** Plain forms of its words, each once. */
  readonly vocabulary: ReadonlySet<string>
}

/** @param onTaken postings were taken out: the write-ahead log still has them */
export function createWriter (db: Database.Database, languages: readonly Language[], onTaken: () => void): IndexWriter {
  const names = createNameWriter(db)
  const lexicon = createLexiconWriter(db, languages)
  const meta = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  const setCheckpoint = db.prepare<[string]>("INSERT INTO meta VALUES ('checkpoint', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
  const around = db.prepare<[bigint, bigint], Neighbour>('SELECT place, room, micros FROM doc WHERE place >= ? AND place < ? ORDER BY place').safeIntegers()
  const addDoc = db.prepare<[bigint, number, number]>('INSERT INTO doc VALUES (?, ?, ?)')
  const removeDoc = db.prepare<[bigint]>('DELETE FROM doc WHERE place = ?')
  const postings = createPostings(db)
  let generation: string | undefined
  let hasTaken = false

  function write (id: EventId, posting: Posting | undefined): void {
    const { room, time } = splitEventId(id)
    const roomId = names.roomId(room)
    const micros = toMicros(time)
    const start = firstPlace(time)
    const neighbours = around.all(start, start + WINDOW)
    const present = neighbours.find(doc => doc.room === BigInt(roomId) && doc.micros === BigInt(micros))
    const before = present === undefined ? undefined : postings.take(present.place)
    if (present !== undefined && posting === undefined) removeDoc.run(present.place)
    if (posting !== undefined) {
      const place = present?.place ?? firstFree(start, neighbours)
      if (present === undefined) addDoc.run(place, roomId, micros)
      const { word, code, trait, plain } = posting
      postings.put({ place, word, code, nick: posting.nick === '' ? '' : String(names.nickId(posting.nick)), room: String(roomId), trait, plain })
    }
    if (before === undefined) return
    lexicon.leave(postings.unused(before))
    if (before.nick !== '' && !postings.hasNick(before.nick)) names.leave(before.nick)
    hasTaken = true
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
      const changed = changes.map(({ id, event }) => [id, event === undefined ? undefined : postingOf(event)] as const)
      const counts = countWords(changed.map(([, posting]) => posting))
      hasTaken = false
      const isTakenIn = inTransaction(() => {
        if (meta.get('checkpoint') !== from) return false
        // First, so that no word is missed that one event leaves and another has.
        lexicon.add(counts, changes.length)
        for (const [id, posting] of changed) {
          if (splitEventId(id).stream === 'talk') write(id, posting)
        }
        setCheckpoint.run(to)
        return true
      })
      if (hasTaken) onTaken()
      return isTakenIn
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
  if (streamOf(event.kind) !== 'talk' || event.removed !== undefined || event.appliesTo !== undefined || event.retracts !== undefined) return undefined
  const content = contentOf(event)
  // Beside an encrypted text there is no more than a word on how it might be read.
  const text = content.encrypted === undefined ? [shownText({ ...content, ...defined({ reactsTo: event.reactsTo }) }), ...namesOf(content.files)].join('\n') : ''
  if (text.trim() === '') return undefined
  const words: string[] = []
  const code: string[] = []
  const vocabulary = new Set<string>()
  for (const token of analyse(text)) {
    const text = token.toString()
    if (!isWord(token)) {
      code.push(text)
      continue
    }
    words.push(text)
    const plain = token.metadata.plain ?? text
    if (isStemmable(plain)) vocabulary.add(plain)
  }
  const tokens = new Set(words)
  const plain = [...vocabulary].filter(word => !tokens.has(word)).join(' ')
  return { word: words.join(' '), code: code.join(' '), nick: event.nick, trait: traitsOf(event).join(' '), plain, vocabulary }
}

/** A file is found by its name and description, whatever its address. */
function namesOf (files: readonly SharedFile[] = []): string[] {
  return files.flatMap(({ name, description }) => [name ?? '', description ?? ''])
}

function countWords (postings: ReadonlyArray<Posting | undefined>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const posting of postings) {
    for (const word of posting?.vocabulary ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}
