import { bareOf, tryParseJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime, parseDateTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { Uid } from '../model/event.ts'
import { findForm } from '../xmpp/data-form.ts'
import { attribute, child } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { parseRsm } from '../xmpp/rsm.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'

/** An XEP-0313 query, checked; what is undefined was not asked for. */
export interface MamQuery {
  readonly queryId?: string
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
  readonly nick?: string
  /** A real address, bare or full, normalised; only of an asker who may know it. */
  readonly jid?: string
  readonly fulltext?: string
  /** What matches lies strictly after, strictly before the message of this id; it need not match itself. */
  readonly afterId?: Uid
  readonly beforeId?: Uid
  /** Only these, each once. */
  readonly ids?: readonly Uid[]
  /** RSM: at most this many, capped; 0 asks for the count only. */
  readonly max: number
  readonly after?: Uid
  readonly before?: Uid
  /** True when `before` was given, empty or not: the page is taken from the newer end. */
  readonly isBackward: boolean
  /** The results of the page are sent newest first; which they are stays the same (XEP-0313 §4.3.4). */
  readonly isFlipped: boolean
}

/** What the asker may name by `with`: the room, by the address of the archive or its own, and perhaps real addresses. */
export interface Names {
  readonly archive: string
  readonly room: RoomJid
  readonly hasJids?: boolean
}

export const DEFAULT_PAGE = 50
export const MAX_PAGE = 250
export const MAX_IDS = 250

/** The one field of XEP-0431, and the names that clients and servers gave it before. */
const FULLTEXT_FIELDS = [`{${NS.FULLTEXT}}fulltext`, 'fulltext', 'full-text-search', 'withtext']

/** Reads a query. Throws the StanzaError that answers a wrong one. */
export function parseMamQuery (query: Element, names: Names): MamQuery {
  const rsm = parseRsm(query) ?? {}
  if (rsm.index !== undefined) throw new StanzaError('feature-not-implemented', 'cancel', 'Paging by index is not offered: use after or before')
  const queryId = attribute(query, 'queryid')
  return {
    ...parseForm(query, names),
    ...(queryId === undefined ? {} : { queryId }),
    ...(rsm.after === undefined ? {} : { after: rsm.after }),
    ...(rsm.before === undefined || rsm.before === '' ? {} : { before: rsm.before }),
    max: Math.min(rsm.max ?? DEFAULT_PAGE, MAX_PAGE),
    isBackward: rsm.before !== undefined,
    isFlipped: child(query, 'flip-page') !== undefined
  }
}

type Conditions = Pick<MamQuery, 'start' | 'end' | 'nick' | 'jid' | 'fulltext' | 'afterId' | 'beforeId' | 'ids'>

const FIELDS = ['start', 'end', 'with', 'after-id', 'before-id', 'ids']

function parseForm (query: Element, names: Names): Conditions {
  const form = findForm(query)
  if (form === undefined) return {}
  if (form.type !== 'submit' || form.formType !== NS.MAM) {
    throw new StanzaError('bad-request', 'modify', `Expected a form of type submit with FORM_TYPE ${NS.MAM}`)
  }
  let found: Conditions = {}
  for (const [name, values] of form.fields) found = { ...found, ...readField(name, values, names) }
  return found
}

function readField (name: string, values: readonly string[], names: Names): Conditions {
  const [value] = values
  if (!FIELDS.includes(name) && !FULLTEXT_FIELDS.includes(name)) throw new StanzaError('feature-not-implemented', 'cancel', `The field ${name.slice(0, 80)} is not known`)
  if (value === undefined) return {} // a field of the form that was left blank
  if (name === 'start') return { start: readTime(value) }
  if (name === 'end') return { end: readTime(value) }
  if (name === 'with') return readWith(value, names)
  if (name === 'after-id') return { afterId: value }
  if (name === 'before-id') return { beforeId: value }
  if (name === 'ids') return { ids: readIds(values) }
  if (value.trim() === '') throw new StanzaError('bad-request', 'modify', 'The text to search for is empty')
  return { fulltext: value }
}

function readIds (values: readonly string[]): readonly Uid[] {
  const ids = [...new Set(values)]
  if (ids.length > MAX_IDS) throw new StanzaError('not-acceptable', 'modify', `At most ${MAX_IDS} ids can be asked for at once`)
  return ids
}

function readTime (value: string): ArchiveTime {
  try {
    return formatTime(parseDateTime(value.trim()))
  } catch {
    throw new StanzaError('bad-request', 'modify', 'start and end are XEP-0082 times, such as 2026-11-21T07:14:09Z')
  }
}

// Who may not know real addresses is refused each of them, whether it ever spoke here or not: the answer tells nothing.
function readWith (value: string, { archive, room, hasJids = false }: Names): Conditions {
  const jid = tryParseJid(value) // untrimmed: a nick may end with a space
  if (jid === undefined) throw new StanzaError('bad-request', 'modify', 'The field with is not an address')
  const bare = bareOf(jid)
  if (bare === archive || bare === room) return jid.resource === '' ? {} : { nick: jid.resource }
  if (!hasJids) throw new StanzaError('forbidden', 'auth', 'This archive can be filtered by nick only: room/nick')
  return { jid: jid.resource === '' ? bare : `${bare}/${jid.resource}` }
}
