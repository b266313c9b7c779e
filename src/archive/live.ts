import type { Logger } from '../log.ts'
import { messageOf } from '../model/errors.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { createFollower } from './follower.ts'
import type { ArchiveStore, Change, ChangeCursor } from './store.ts'

/** Tells what becomes part of the record from now on, whichever process recorded it. */
export interface Live {
  /** Called with each event in its recorded form, once, in the order of time in each room; returns how to end that. */
  subscribe (listener: LiveListener): () => void
  /** Something was recorded: looks what. */
  advance (): void
  stop (): Promise<void>
}

export type LiveListener = (event: ArchivedEvent) => void

export interface LiveOptions {
  readonly store: Pick<ArchiveStore, 'changes' | 'present'>
  readonly log: Logger
}

/** Reads the store's changes, as the search index does, but only while somebody listens and never those of the past. */
export function createLive ({ store, log }: LiveOptions): Live {
  const listeners = new Set<LiveListener>()
  let cursor: ChangeCursor | undefined

  const follower = createFollower({
    work: tell,
    onFailure: error => { log.warn({ problem: messageOf(error) }, 'what is recorded cannot be told live; the next event tries again') }
  })

  async function tell (): Promise<void> {
    if (listeners.size === 0) return
    if (cursor === undefined) {
      cursor = await store.present()
      return
    }
    for await (const changes of store.changes(cursor)) {
      cursor = changes.at(-1)?.cursor ?? cursor
      for (const event of inOrder(changes)) for (const listener of listeners) hand(event, listener)
      if (follower.isStopped()) return
    }
  }

  function hand (event: ArchivedEvent, listener: LiveListener): void {
    try {
      listener(event)
    } catch (error) {
      log.error({ err: error }, 'a live listener failed')
    }
  }

  function advance (): void {
    if (listeners.size > 0) void follower.advance()
  }

  return {
    subscribe (listener) {
      // What was recorded while nobody listened is of the past.
      if (listeners.size === 0) cursor = undefined
      listeners.add(listener)
      advance()
      return () => { listeners.delete(listener) }
    },
    advance,
    stop: () => follower.stop()
  }
}

// A cluster tells changes in no certain order.
function inOrder (changes: readonly Change[]): ArchivedEvent[] {
  return changes.flatMap(({ event }) => event ?? []).sort((a, b) => a.time < b.time ? -1 : a.time > b.time ? 1 : 0)
}
