import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Logger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { messageOf } from '../model/errors.ts'

/** What could not be understood or recorded, kept aside on this machine for somebody to look at: the newest thousand. */
export interface Quarantine {
  /** Durable on return. The same again takes the place of the one before. Where the disk refuses, that is logged; it never throws. */
  add (item: { readonly room: RoomJid, readonly stanza: string, readonly error: unknown }): void
  count (): number
  /** Newest first. */
  list (limit: number): readonly Quarantined[]
}

export interface Quarantined {
  readonly room: RoomJid
  /** When it was put here. */
  readonly time: ArchiveTime
  /** The stanza as XML, or the event as JSON where it came that far. */
  readonly stanza: string
  /** What went wrong, for people. */
  readonly error: string
}

const MAX_KEPT = 1_000

export function createQuarantine ({ db, log }: { readonly db: Database, readonly log: Logger }): Quarantine {
  const remove = db.prepare('DELETE FROM quarantine WHERE digest = ?')
  const insert = db.prepare('INSERT INTO quarantine (digest, room, time, error, stanza) VALUES (?, ?, ?, ?, ?)')
  const trim = db.prepare('DELETE FROM quarantine WHERE id <= (SELECT id FROM quarantine ORDER BY id DESC LIMIT 1 OFFSET ?)')
  const total = db.prepare<[], number>('SELECT count(*) FROM quarantine').pluck()
  const newest = db.prepare<[number], Quarantined>('SELECT room, time, stanza, error FROM quarantine ORDER BY id DESC LIMIT ?')
  let count = total.get() ?? 0

  const put = db.transaction((room: RoomJid, stanza: string, error: unknown) => {
    const digest = createHash('sha256').update(`${room}\n${stanza}`).digest()
    remove.run(digest)
    insert.run(digest, room, formatTime(Date.now() * 1000), messageOf(error), stanza)
    trim.run(MAX_KEPT)
    return total.get() ?? 0
  })

  return {
    add ({ room, stanza, error }) {
      try {
        count = put.immediate(room, stanza, error)
      } catch (cause) {
        log.error({ err: cause, room }, 'something that cannot be recorded cannot be kept in the quarantine either')
      }
    },
    count: () => count,
    list: limit => newest.all(limit)
  }
}
