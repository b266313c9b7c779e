import { parseRoomJid } from '../../model/address.ts'
import type { RoomJid } from '../../model/address.ts'
import { formatTime, parseDateTime } from '../../model/archive-time.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { defined } from '../../model/defined.ts'
import { HansardError, messageOf } from '../../model/errors.ts'
import { EVENT_KINDS, streamOf } from '../../model/event.ts'
import type { EventKind, EventSource, Removal, RoomEvent, Uid, Via } from '../../model/event.ts'
import { documentFields } from './document-fields.ts'
import { clean, isObject, isText, list, quote, text, texts, wrong } from './json-fields.ts'
import type { Fields } from './json-fields.ts'

/** An event as a line tells it. The uid is missing where the line has none; `via` and `source` only come from documents of ours. */
export type ImportedEvent = Omit<RoomEvent, 'uid' | 'via'> & { readonly uid?: Uid, readonly via?: Via, readonly removed?: Removal }

const TEXTS = [
  'occupant', 'message', 'origin', 'replaces', 'retracts', 'repliesTo', 'reactsTo', 'claimedTime', 'stanza',
  'actor', 'reason', 'role', 'affiliation', 'alternate'
] as const
/** What a tombstone never has, whatever the line says. */
const NOT_REMOVED = [
  'body', 'bodies', 'language', 'fallback', 'files', 'mentions', 'spoiler', 'unstyled', 'encrypted', 'stanza', 'reactions', 'reason'
]
const VIAS: readonly string[] = ['live', 'catch-up', 'import'] satisfies Via[]
const REMOVERS: readonly string[] = ['author', 'moderator', 'administrator', 'retention'] satisfies Array<Removal['by']>
const NAMELESS: readonly EventKind[] = ['subject', 'configuration', 'destroy']
const MAX_UID_LENGTH = 1023

/**
 * Reads one line of JSON: `room`, `ts` or `time` (a date, a time and an offset), `kind`, `nick`, `newNick` or `new_nick`,
 * `body`, and the other fields of an event under their own names; unknown ones are passed over. The body of a presence
 * event is its reason. A line with an `_id` is a document of ours and keeps its `via`, `source`, `removed` and what
 * has parts; place, anchor and all that is derived are given anew by the record. Texts stay as they are, control characters
 * too (logs of IRC are full of them), except that NUL and lone surrogates, which no store takes, become U+FFFD.
 * @param room stands in for the room of the line
 * Throws ERR_EVENT, ERR_JID or ERR_TIME with the reason.
 */
export function parseLine (line: string, room?: RoomJid): ImportedEvent {
  const fields = parseObject(line)
  const kind = parseKind(fields['kind'])
  const isTalk = streamOf(kind) === 'talk'
  const isDocument = typeof fields['_id'] === 'string'
  const body = text(fields, 'body')
  const newNick = text(fields, 'newNick') ?? text(fields, 'new_nick')
  const uid = text(fields, 'uid')
  const removed = isDocument ? parseRemoval(fields['removed']) : undefined

  const event: Record<string, unknown> = {
    kind,
    room: room ?? parseRoom(fields['room']),
    time: parseTime(fields['time'] === undefined ? 'ts' : 'time', fields),
    nick: parseNick(fields, kind)
  }
  if (uid !== undefined) event['uid'] = parseUid(uid)
  if (isTalk && body !== undefined) event['body'] = body
  if (newNick !== undefined) event['newNick'] = newNick
  for (const name of TEXTS) {
    const value = text(fields, name)
    if (value !== undefined) event[name] = value
  }
  if (!isTalk && body !== undefined) event['reason'] ??= body
  if (fields['reactions'] != null) event['reactions'] = list(fields, 'reactions', isText).map(clean)
  if (fields['status'] != null) event['status'] = list(fields, 'status', Number.isSafeInteger)
  if (isDocument) Object.assign(event, documentFields(fields), parseOrigin(fields))
  if (removed !== undefined) {
    for (const name of NOT_REMOVED) delete event[name]
    event['removed'] = removed
  }

  if (kind === 'nick' && (newNick ?? '') === '') throw wrong('newNick is missing: expected the new name of a nick change')
  if (isTalk && removed === undefined && !['body', 'stanza', 'retracts', 'reactsTo', 'encrypted', 'files'].some(name => name in event)) {
    throw wrong(`body is missing: expected the text of a ${kind}`)
  }
  return event as unknown as ImportedEvent
}

function parseObject (line: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new HansardError('ERR_EVENT', `Cannot read the line as JSON: ${reasonOf(cause)}`, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('Cannot read the line: expected a JSON object')
  return value as Fields
}

// The engine's message quotes the text around the mistake, and bodies never reach logs.
function reasonOf (cause: unknown): string {
  return messageOf(cause).replace(/,? ?(\.\.\.)?".*$/s, '').replace(/^Unexpected token .*?(?= at position|$)/s, 'unexpected character')
}

function parseKind (value: unknown): EventKind {
  const kind = EVENT_KINDS.find(kind => kind === value)
  if (kind !== undefined) return kind
  throw wrong(value === undefined ? `kind is missing: expected one of ${EVENT_KINDS.join(', ')}` : `Cannot use the kind ${quote(value)}: expected one of ${EVENT_KINDS.join(', ')}`)
}

function parseRoom (value: unknown): RoomJid {
  if (value === undefined || value === null) throw wrong('room is missing: expected it in the line, or one given for all lines')
  if (!isText(value)) throw wrong(`Cannot use the room ${quote(value)}: expected a text`)
  return parseRoomJid(value)
}

const STRICT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/
// RFC 3339 allows small letters and a space, ISO 8601 a comma and an offset without a colon.
const LENIENT = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d+))? ?([Zz]|[+-]\d\d:?\d\d)$/

function parseTime (name: 'time' | 'ts', fields: Fields): ArchiveTime {
  const value = fields[name]
  if (value === undefined) throw wrong('time is missing: expected time or ts')
  if (isText(value) && STRICT.test(value)) return formatTime(parseDateTime(value))
  const match = isText(value) ? LENIENT.exec(value) : null
  if (match === null) throw wrong(`Cannot use the time ${quote(value)}: expected a date, a time and an offset, such as 2026-11-21T07:14:09Z`)
  const [, date = '', clock = '', fraction = '0', zone = ''] = match
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  return formatTime(parseDateTime(`${date}T${clock}.${fraction.slice(0, 6)}${offset}`))
}

function parseNick (fields: Fields, kind: EventKind): string {
  const nick = text(fields, 'nick')
  if (nick === undefined && !NAMELESS.includes(kind)) throw wrong('nick is missing: expected the name of the one who spoke or acted')
  return nick ?? ''
}

function parseUid (uid: string): Uid {
  if (uid !== '' && uid.length <= MAX_UID_LENGTH && !/\p{Cc}/u.test(uid)) return uid
  throw wrong(`Cannot use the uid: expected 1 to ${MAX_UID_LENGTH} characters without control characters`)
}

function parseOrigin (fields: Fields): Pick<ImportedEvent, 'via' | 'source' | 'private'> {
  const { via, source, private: hidden } = fields
  const jid = isObject(hidden) ? text(hidden, 'jid') : undefined
  const jids = isObject(hidden) && hidden['jids'] != null ? texts(hidden, 'jids') : undefined
  return {
    ...(isText(via) && VIAS.includes(via) ? { via: via as Via } : {}),
    ...(isSource(source) ? { source } : {}),
    ...(jid === undefined && jids === undefined ? {} : { private: defined({ jid, jids }) })
  }
}

function parseRemoval (value: unknown): Removal | undefined {
  if (value === undefined || value === null) return undefined
  const by = isObject(value) ? value['by'] : undefined
  if (!isObject(value) || !isText(by) || !REMOVERS.includes(by)) throw wrong(`Cannot use removed: expected by to be one of ${REMOVERS.join(', ')}`)
  const told = { reason: text(value, 'reason'), retraction: text(value, 'retraction'), message: text(value, 'message'), moderator: text(value, 'moderator') }
  return { by: by as Removal['by'], time: parseTime('time', value), ...defined(told) }
}

function isSource (value: unknown): value is EventSource {
  return isObject(value) && isText(value['format']) && Object.values(value).every(item => isText(item) || typeof item === 'number')
}
