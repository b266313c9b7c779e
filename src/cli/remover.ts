import { userInfo } from 'node:os'
import { createAmender } from '../archive/amender.ts'
import type { Removed, RemoveOptions } from '../archive/removals.ts'
import { keptSince } from '../archive/retention.ts'
import type { Config } from '../config/config.ts'
import type { Logger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { HansardError } from '../model/errors.ts'
import type { Uid } from '../model/event.ts'
import type { OpenRecord } from '../record.ts'
import { dropRoom } from '../web/kept/drop-room.ts'
import { askRemove } from './served.ts'

export interface RoomOutcome {
  readonly room: RoomJid
  /** Events that became tombstones, corrections included. */
  readonly removed: number
  /** Replies that quoted them. */
  readonly replies: number
}

export interface Remover {
  /** Rejects with ERR_RUNNING when the running serve goes away meanwhile; the same again finishes it. */
  remove (room: RoomJid, uids: readonly Uid[], onBatch: (done: number) => void): Promise<RoomOutcome>
  /** Resolves when what is derived from the record has followed. */
  finish (): Promise<void>
}

export interface RemoverOptions {
  readonly config: Pick<Config, 'spool' | 'rooms' | 'site'>
  readonly record: Pick<OpenRecord, 'store' | 'removals' | 'feed'>
  readonly reason?: string
  readonly isAnonymous: boolean
  readonly person?: string
  readonly log: Logger
}

const BATCH = 100

/** Has the running serve remove, so that it tells all who listen; without one does it itself. */
export function createRemover ({ config, record, reason, isAnonymous, person, log }: RemoverOptions): Remover {
  const options: RemoveOptions = { actor: accountName(), isAnonymous, ...defined({ person }) }
  const { store, removals } = record
  const presenceKeptSince = (room: RoomJid): ArchiveTime | undefined => {
    const days = config.rooms.find(({ jid }) => jid === room)?.retention.presence
    return days === undefined ? undefined : keptSince(days, Date.now() * 1_000)
  }
  const amender = createAmender({ store, removals, onAmended () {}, startedAt: formatTime(Date.now() * 1_000), presenceKeptSince, log })
  const touched = new Set<RoomJid>()
  let isAlone = false

  async function removeBatch (room: RoomJid, uids: readonly Uid[]): Promise<Removed> {
    // Asked each time: it may have been started or stopped since.
    const done = await askRemove(config, { room, uids, ...defined({ reason }), ...options })
    if (done !== undefined) return done
    if (!isAlone) await amender.advance() // so that corrections are known as such
    isAlone = true
    touched.add(room)
    return record.removals.remove(room, uids, { by: 'administrator', time: formatTime(Date.now() * 1_000), ...defined({ reason }) }, options)
  }

  return {
    async remove (room, uids, onBatch) {
      let [removed, replies] = [0, 0]
      for (let from = 0; from < uids.length; from += BATCH) {
        const batch = uids.slice(from, from + BATCH)
        const done = await removeBatch(room, batch)
        removed += done.events
        replies += done.replies
        onBatch(batch.length)
      }
      return { room, removed, replies }
    },
    async finish () {
      if (!isAlone) return
      await amender.advance()
      for (const room of touched) await dropRoom(config.site.cache, room)
      await record.feed.advance()
      const problem = amender.problem() ?? record.feed.status().problem
      if (problem !== undefined) {
        throw new HansardError('ERR_STORE', `Cannot finish: the record has tombstones, but not everything followed: ${problem}; try the same again, or hansard reindex`)
      }
    }
  }
}

function accountName (): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? ''}`.trim() // an account without an entry
  }
}
