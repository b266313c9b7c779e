import type { App, AppStatus } from '../app.ts'
import type { Config } from '../config/config.ts'
import { askServe } from '../control/client.ts'
import type { ControlCommand } from '../control/server.ts'
import { socketPath } from '../control/socket-path.ts'
import { parseRoomJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import { HansardError, messageOf } from '../model/errors.ts'
import type { CatchUpReport, Progress } from '../rooms/absences.ts'

/** What commands ask of the program that serves. */
export type Served = Pick<App, 'status' | 'catchUp'>

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
    }
  }
}

function parseRooms (rooms: unknown, configured: readonly RoomJid[]): RoomJid[] {
  if (!Array.isArray(rooms) || !rooms.every(room => typeof room === 'string')) {
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

function isStatus (value: unknown): value is ServeStatus {
  return typeof value === 'object' && value !== null && 'pid' in value && 'xmpp' in value && 'rooms' in value && Array.isArray(value.rooms)
}

function anotherVersion (): HansardError {
  return new HansardError('ERR_RUNNING', 'Cannot read the answer of the running serve: it is another version, restart it')
}
