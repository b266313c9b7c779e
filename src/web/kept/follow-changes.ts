import { createFollower } from '../../archive/follower.ts'
import type { ArchiveStore, Change, ChangeCursor } from '../../archive/store.ts'
import type { Logger } from '../../log.ts'
import type { RoomJid } from '../../model/address.ts'
import { dayOf } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import { splitEventId } from '../../model/event.ts'
import type { KeptFiles } from './kept-files.ts'

/** Drops what was kept of days that change, whichever process changed them. */
export interface ChangesFollowed {
  /** Something was recorded, revised, removed or taken out. Resolves when its files are gone, or when that failed and is tried again. */
  advance (): Promise<void>
  stop (): Promise<void>
}

export interface FollowChangesOptions {
  readonly store: Pick<ArchiveStore, 'changes' | 'present'>
  readonly kept: Pick<KeptFiles, 'drop' | 'sweep' | 'mark' | 'setMark'>
  /** Of others nothing is kept. */
  readonly rooms: readonly RoomJid[]
  readonly log: Logger
}

const MARK_MS = 5_000
const AGAIN_MS = 1_000

export function followChanges ({ store, kept, rooms, log }: FollowChangesOptions): ChangesFollowed {
  let reached: ChangeCursor | undefined
  let marked: ChangeCursor | undefined
  let markedAt = -Infinity
  let again: NodeJS.Timeout | undefined

  const follower = createFollower({
    work: catchUp,
    onFailure: error => { log.error({ err: error }, 'pages that were kept cannot be dropped; it is tried again') },
    onRecovery: () => { log.info('pages that were kept are dropped again when their day changes') }
  })

  async function catchUp (): Promise<void> {
    reached ??= await begin()
    for await (const changes of store.changes(reached)) {
      await forget(changes)
      reached = changes.at(-1)?.cursor ?? reached
      if (performance.now() - markedAt > MARK_MS) await remember()
      if (follower.isStopped()) return
    }
  }

  async function begin (): Promise<ChangeCursor> {
    // Also where the mark is of a record that was there before this one, and is ahead of it.
    const present = await store.present()
    marked = await kept.mark()
    if (marked === undefined) {
      // A kept page may quote another day: without having seen all that went, none is to be trusted.
      for (const room of rooms) await kept.drop(room)
    } else {
      for await (const changes of store.changes(marked)) {
        await forget(changes)
        if (follower.isStopped()) return marked
      }
    }
    await kept.sweep(rooms)
    return present
  }

  async function forget (changes: readonly Change[]): Promise<void> {
    const days = new Map<RoomJid, Set<Day>>()
    const whole = new Set<RoomJid>()
    for (const { id, event } of changes) {
      const { room, stream, time } = splitEventId(id)
      // What goes without a tombstone may be quoted on any later day, whose revision does not tell.
      if (event === undefined && stream === 'talk') whole.add(room)
      const changed = days.get(room) ?? new Set()
      days.set(room, changed.add(dayOf(time)))
    }
    for (const [room, changed] of days) {
      if (whole.has(room)) await kept.drop(room)
      else for (const day of changed) await kept.drop(room, day)
    }
  }

  /** Not at once: what is dropped twice after a crash is made anew. */
  async function remember (): Promise<void> {
    markedAt = performance.now()
    if (reached === undefined || reached === marked) return
    await kept.setMark(reached)
    marked = reached
  }

  async function advance (): Promise<void> {
    await follower.advance()
    clearTimeout(again)
    if (follower.problem() !== undefined && !follower.isStopped()) again = setTimeout(() => { void advance() }, AGAIN_MS).unref()
  }

  return {
    advance,
    async stop () {
      clearTimeout(again)
      await follower.stop()
      await remember().catch((error: unknown) => { log.warn({ err: error }, 'how far changes were followed is not noted') })
    }
  }
}
