import { parseRoomJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime, parseDateTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { HansardError, hasCode } from '../model/errors.ts'
import { parseDateRange } from '../search/date-range.ts'
import type { CommandInput } from './command.ts'
import type { Selection } from './selection.ts'

/** Which messages the options of `remove` mean. Throws ERR_USAGE where they mean none, or might mean others. */
export function parseSelection ({ arguments: words, options }: Pick<CommandInput, 'arguments' | 'options'>): Selection {
  const ways = ['uid', 'from', 'search'].filter(name => options[name] !== undefined)
  if (ways.length !== 1) {
    throw new HansardError('ERR_USAGE', `Cannot tell what to remove: ${ways.length === 0 ? 'nothing says which messages' : `--${ways.join(' and --')} are given`}, expected one of --uid, --from and --search`)
  }
  if (options['reason'] === '') throw new HansardError('ERR_USAGE', 'Cannot give an empty reason: expected some words, or no --reason')
  const room = typeof options['room'] === 'string' ? parseRoomJid(options['room']) : undefined
  if (ways[0] !== 'from' && (options['after'] !== undefined || options['before'] !== undefined)) {
    const instead = ways[0] === 'search' ? '; in a search, write after:2024-05 and before:2024-06' : ''
    throw new HansardError('ERR_USAGE', `Cannot use --after and --before here: they go with --from${instead}`)
  }
  if (options['search'] !== undefined) return bySearch([String(options['search']), ...words].join(' '), room)
  if (room === undefined) throw new HansardError('ERR_USAGE', `Cannot remove by --${ways[0] ?? ''} without a room: expected --room JID`)
  if (Array.isArray(options['uid'])) return byUid(room, [...options['uid'].map(String), ...words])
  if (words.length > 0) throw new HansardError('ERR_USAGE', `Cannot understand "${words[0] ?? ''}": expected quotes around a nick with spaces`)
  return byNick(room, options)
}

function bySearch (text: string, room: RoomJid | undefined): Selection {
  if (text.trim() === '') throw new HansardError('ERR_USAGE', 'Cannot search for nothing: expected words')
  return { by: 'search', text, ...defined({ room }) }
}

function byUid (room: RoomJid, given: readonly string[]): Selection {
  const uids = [...new Set(given)]
  if (uids.includes('')) throw new HansardError('ERR_USAGE', 'Cannot remove an empty uid: expected the end of a permalink')
  return { by: 'uid', room, uids }
}

function byNick (room: RoomJid, options: CommandInput['options']): Selection {
  const nick = String(options['from'])
  if (nick === '') throw new HansardError('ERR_USAGE', 'Cannot remove what the room itself said by its nick: it has none, expected --uid')
  const start = boundOf(options['after'], 'after')
  const end = boundOf(options['before'], 'before')
  if (start !== undefined && end !== undefined && start > end) {
    throw new HansardError('ERR_USAGE', 'Cannot remove from a time that is empty: --after is not earlier than --before')
  }
  return { by: options['anonymous'] === true ? 'person' : 'author', room, nick, ...defined({ start, end }) }
}

/** The first or last moment that is inside; what is named is not. */
function boundOf (given: CommandInput['options'][string], side: 'after' | 'before'): ArchiveTime | undefined {
  if (given === undefined) return undefined
  const text = String(given)
  const range = parseDateRange(text, new Date())
  if (range !== undefined) return range[side]
  try {
    return formatTime(parseDateTime(text) + (side === 'after' ? 1 : -1))
  } catch (cause) {
    if (!hasCode(cause, 'ERR_TIME')) throw cause
    throw new HansardError('ERR_USAGE', `Cannot read the time "${text}" after --${side}: expected 2024, 2024-05, 2024-05-17 or 2024-05-17T09:30:00Z`, { cause })
  }
}
