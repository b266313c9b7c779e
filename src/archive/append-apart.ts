import { hasCode } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'
import type { AppendResult, ArchiveStore } from './store.ts'

/** What is said of an event that the store will never take. */
export type OnRefused = (event: RoomEvent, error: unknown) => void

/**
 * Appends in order. What the store refuses for good is told apart by halving, reported, and has no result; the others are
 * recorded. Rejects when the store is away, having perhaps recorded and reported a part: then all of it is to be
 * appended again.
 */
export async function appendApart (
  store: Pick<ArchiveStore, 'append'>, events: readonly RoomEvent[], onRefused: OnRefused
): Promise<ReadonlyArray<AppendResult | undefined>> {
  try {
    return await store.append(events)
  } catch (error) {
    if (hasCode(error, 'ERR_STORE_UNAVAILABLE', 'ERR_STORE_CLOSED')) throw error
    const [only] = events
    if (only === undefined) return []
    if (events.length === 1) {
      onRefused(only, error)
      return [undefined]
    }
    const half = events.length >> 1
    const former = await appendApart(store, events.slice(0, half), onRefused)
    return [...former, ...await appendApart(store, events.slice(half), onRefused)]
  }
}
