import type { App, AppStatus } from '../app.ts'
import type { Removed } from '../archive/removals.ts'
import type { Config } from '../config/config.ts'
import { askServe } from '../control/client.ts'
import type { ControlRequest } from '../control/answer.ts'
import type { ControlCommand } from '../control/server.ts'
import { socketPath } from '../control/socket-path.ts'
import { parseRoomJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { HansardError, messageOf } from '../model/errors.ts'
import type { Removal, Uid } from '../model/event.ts'
import type { CatchUpReport, Progress } from '../rooms/absences.ts'

/** What commands ask of the program that serves. */
export type Served = Pick<App, 'status' | 'catchUp' | 'remove' | 'reindex'>

export interface ServeStatus extends AppStatus {
  readonly pid: number
}

const STATUS_MS = 3_000

/** What `serve` answers at its socket. */
export function servedCommands (app: Served, configured: readonly RoomJid[]): Record<string, ControlCommand> {
  return {
    async status (_, send) {
      send({ result: { pid: process.pid, ...app.status() } satisfies ServeStatus })
    },
    async 'catch-up' ({ rooms }, send, signal) {
      const wanted = rooms === undefined ? undefined : parseRooms(rooms, configured)
      const reports = await app.catchUp(wanted, progress => { send({ progress }) }, signal)
      send({ result: reports })
    },
    async reindex ({ isFresh }, send) {
      let done = 0
      await app.reindex(isFresh !== false, changes => {
        done = changes
        send({ progress: changes })
      })
      send({ result: done })
    },
    async remove (request, send) {
      const { room, uids, reason, ...options } = parseRemoval(request)
      const removal: Removal = { by: 'administrator', time: formatTime(Date.now() * 1_000), ...defined({ reason }) }
      send({ result: await app.remove(room, uids, removal, options) })
    }
  }
}

/** What to remove, as an administrator wants it. */
export interface RemovalRequest {
  readonly room: RoomJid
  readonly uids: readonly Uid[]
  readonly reason?: string
  readonly actor?: string
  readonly isAnonymous?: boolean
  readonly person?: string
}

function parseRemoval ({ room, uids, reason, actor, isAnonymous, person }: ControlRequest): RemovalRequest {
  const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string'
  if (typeof room === 'string' && isStrings(uids) && isText(reason) && isText(actor) && isText(person) &&
    (isAnonymous === undefined || typeof isAnonymous === 'boolean')) {
    return { room: parseRoomJid(room), uids, ...defined({ reason, actor, person, isAnonymous }) }
  }
  throw new HansardError('ERR_USAGE', 'Cannot read what to remove: expected a room, a list of uids and texts')
}

function isStrings (value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

function parseRooms (rooms: unknown, configured: readonly RoomJid[]): RoomJid[] {
  if (!isStrings(rooms)) {
    throw new HansardError('ERR_USAGE', 'Cannot read the rooms of the request: expected a list of addresses')
  }
  const jids = rooms.map(parseRoomJid)
  const unknown = jids.find(jid => !configured.includes(jid))
  if (unknown === undefined) return jids
  throw new HansardError('ERR_USAGE', `Cannot catch up with ${unknown}: the running serve does not know it, expected a room of its configuration; restart it to have it read again`)
}

/** What the running `serve` says of itself; undefined when none runs. Rejects with ERR_RUNNING when it does not answer. */
export async function askStatus (config: Pick<Config, 'spool'>): Promise<ServeStatus | undefined> {
  const patience = AbortSignal.timeout(STATUS_MS)
  const answers = await askServe(socketPath(config.spool.path), { command: 'status' }, patience)
  if (answers === undefined) return undefined
  try {
    for await (const answer of answers) if ('result' in answer && isStatus(answer.result)) return answer.result
  } catch (cause) {
    const text = patience.aborted ? `no answer within ${STATUS_MS / 1000} s` : messageOf(cause)
    throw new HansardError('ERR_RUNNING', `Cannot learn how the running serve is: ${text}`, { cause })
  }
  throw anotherVersion()
}

/** Has the running `serve` catch up; undefined when none runs. */
export async function askCatchUp (
  config: Pick<Config, 'spool'>,
  rooms: readonly RoomJid[] | undefined,
  onProgress: (progress: Progress) => void
): Promise<readonly CatchUpReport[] | undefined> {
  const answers = await askServe(socketPath(config.spool.path), { command: 'catch-up', ...(rooms === undefined ? {} : { rooms }) })
  if (answers === undefined) return undefined
  for await (const answer of answers) {
    if ('progress' in answer) onProgress(answer.progress as Progress)
    else if (Array.isArray(answer.result)) return answer.result as CatchUpReport[]
  }
  throw anotherVersion()
}

/** Has the running `serve` build its search index anew; resolves to the number of changes read, undefined when none runs. */
export async function askReindex (
  config: Pick<Config, 'spool'>, isFresh: boolean, onProgress: (changes: number) => void
): Promise<number | undefined> {
  const answers = await askServe(socketPath(config.spool.path), { command: 'reindex', isFresh })
  if (answers === undefined) return undefined
  for await (const answer of answers) {
    if ('progress' in answer) onProgress(Number(answer.progress))
    else if (typeof answer.result === 'number') return answer.result
  }
  throw anotherVersion()
}

/** Has the running `serve` remove; undefined when none runs. */
export async function askRemove (config: Pick<Config, 'spool'>, request: RemovalRequest): Promise<Removed | undefined> {
  const answers = await askServe(socketPath(config.spool.path), { command: 'remove', ...request })
  if (answers === undefined) return undefined
  for await (const answer of answers) if ('result' in answer && isRemoved(answer.result)) return answer.result
  throw anotherVersion()
}

function isRemoved (value: unknown): value is Removed {
  return typeof value === 'object' && value !== null && 'events' in value && typeof value.events === 'number' &&
    'replies' in value && typeof value.replies === 'number'
}

function isStatus (value: unknown): value is ServeStatus {
  return typeof value === 'object' && value !== null && 'pid' in value && 'xmpp' in value && 'rooms' in value && Array.isArray(value.rooms)
}

function anotherVersion (): HansardError {
  return new HansardError('ERR_RUNNING', 'Cannot read the answer of the running serve: it is another version, restart it')
}
