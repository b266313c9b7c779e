import type { Database } from 'better-sqlite3'
import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { Uid } from '../model/event.ts'
import type { Gap, GapCause } from '../model/gap.ts'

/** What this machine remembers of its rooms from one run to the next. */
export interface RoomMemory {
  load (): Remembered
  /**
   * One transaction; on return it survives the end of the program, with `alive` a power cut as well, and so does all that
   * was saved before it. Throws what the disk says.
   */
  save (news: {
    readonly alive?: ArchiveTime
    readonly rooms?: Iterable<readonly [RoomJid, RoomState]>
    /** Another form of the same gap takes the place of the one before. */
    readonly unpublished?: Iterable<Gap>
    /** No longer unpublished, unless another form has taken their place. */
    readonly published?: Iterable<Gap>
  }): void
}

export interface Remembered {
  /** When the program was last known to listen. */
  readonly alive?: ArchiveTime
  readonly rooms: ReadonlyMap<RoomJid, RoomState>
  /** Gaps that the store has not taken yet. */
  readonly unpublished: readonly Gap[]
}

/** Listened to since `heardFrom`, or not while there is an `absence`. */
export interface RoomState {
  readonly heardFrom?: ArchiveTime
  readonly absence?: OpenAbsence
}

export interface OpenAbsence {
  /** The gap as it began, and as it is published. */
  readonly start: { readonly from: ArchiveTime, readonly after?: Uid }
  /** How far catch-up has come. */
  readonly from: ArchiveTime
  readonly after?: Uid
  readonly cause: GapCause
  readonly isFirst?: boolean
}

export function createRoomMemory ({ db }: { readonly db: Database }): RoomMemory {
  const aliveAt = db.prepare<[], ArchiveTime>('SELECT time FROM alive').pluck()
  const setAlive = db.prepare('INSERT OR REPLACE INTO alive (id, time) VALUES (1, ?)')
  const states = db.prepare<[], { room: RoomJid, state: string }>('SELECT room, state FROM rooms')
  const setState = db.prepare('INSERT OR REPLACE INTO rooms (room, state) VALUES (?, ?)')
  const gaps = db.prepare<[], string>('SELECT gap FROM unpublished ORDER BY time').pluck()
  const addGap = db.prepare('INSERT OR REPLACE INTO unpublished (room, time, gap) VALUES (?, ?, ?)')
  const removeGap = db.prepare('DELETE FROM unpublished WHERE room = ? AND time = ? AND gap = ?')

  const saveAll = db.transaction(({ alive, rooms = [], unpublished = [], published = [] }: Parameters<RoomMemory['save']>[0]) => {
    for (const [room, state] of rooms) setState.run(room, JSON.stringify(state))
    for (const gap of published) removeGap.run(gap.room, gap.from, JSON.stringify(gap))
    for (const gap of unpublished) addGap.run(gap.room, gap.from, JSON.stringify(gap))
    if (alive !== undefined) setAlive.run(alive)
  })

  return {
    load () {
      const alive = aliveAt.get()
      return {
        ...(alive === undefined ? {} : { alive }),
        rooms: new Map(states.all().map(({ room, state }) => [room, JSON.parse(state) as RoomState])),
        unpublished: gaps.all().map(gap => JSON.parse(gap) as Gap)
      }
    },

    save (news) {
      if (news.alive !== undefined) {
        saveAll.immediate(news)
        return
      }
      // Hundreds of rooms are left at once, and a sync for each would stop the program for seconds. A power cut that
      // takes this away takes every later `alive` with it, and so nothing is taken for listened to that was not.
      db.pragma('synchronous = NORMAL')
      try {
        saveAll.immediate(news)
      } finally {
        db.pragma('synchronous = FULL')
      }
    }
  }
}
