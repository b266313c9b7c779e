import { toMicros } from '../../model/archive-time.ts'
import { streamOf } from '../../model/event.ts'
import type { ArchivedEvent, EventId } from '../../model/event.ts'
import { fold } from '../fold.ts'
import { nickToken, postingOf } from '../posting.ts'
import { stemsOf } from '../stem.ts'
import type { Language } from '../stem.ts'
import { luceneToken } from './token.ts'

/** A posting as a document of CouchDB: tokens of Lucene with spaces between them, and what hits are sorted, chosen and counted by. */
export interface PostingDocument {
  readonly _id: EventId
  readonly word: string
  readonly stem: string
  readonly code: string
  readonly nick: string
  readonly to: string
  readonly trait: string
  readonly room: string
  readonly stream: string
  readonly exactNick: string
  /** Orders by time, then by id. */
  readonly place: string
  /** Microseconds. */
  readonly time: number
  readonly year: string
  readonly who: string
  readonly kind: string
  readonly where: string
}

/** Undefined where an event leaves no posting. */
export function postingDocument (event: ArchivedEvent, languages: readonly Language[]): PostingDocument | undefined {
  const posting = postingOf(event)
  if (posting === undefined) return undefined
  const { _id, room, kind, nick, time } = event
  const stems = [...posting.vocabulary].flatMap(word => stemsOf(word, languages).filter(stem => stem !== fold(word)))
  const joined = (tokens: readonly string[]): string => tokens.filter(token => token !== '').map(luceneToken).join(' ')
  return {
    _id,
    word: joined(posting.words),
    stem: joined([...new Set(stems)]),
    code: joined(posting.code),
    nick: joined(posting.nicks.map(nickToken)),
    to: joined(posting.addressees),
    trait: joined(posting.traits),
    room: luceneToken(room),
    stream: streamOf(kind),
    exactNick: luceneToken(nick),
    place: `${String(toMicros(time)).padStart(16, '0')} ${_id}`,
    time: toMicros(time),
    year: time.slice(0, 4),
    who: nick,
    kind,
    where: room
  }
}
