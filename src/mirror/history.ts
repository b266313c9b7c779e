import type { ArchiveStore } from '../archive/store.ts'
import type { RoomJid } from '../model/address.ts'
import { formatTime, parseDateTime } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import type { ArchivedEvent } from '../model/event.ts'
import type { HistoryRequest } from '../xmpp/muc.ts'
import { BOUNDS } from './bounds.ts'

/** How much of the past a joining client gets: the newest that keep within all of it. */
export interface HistoryPlan {
  readonly messages: number
  readonly characters: number
  readonly start?: ArchiveTime
}

/** XEP-0045 §7.2.14. Who names a limit wants all within it; who names none gets what is usual. */
export function planHistory (request: HistoryRequest, now: Micros): HistoryPlan {
  const { maxstanzas, maxchars, seconds } = request
  const since = sinceOf(request)
  const isBounded = maxchars !== undefined || seconds !== undefined || since !== undefined
  const messages = Math.min(maxstanzas ?? (isBounded ? BOUNDS.maxHistory : BOUNDS.history), BOUNDS.maxHistory)
  const start = Math.max(since ?? 0, seconds === undefined ? 0 : Math.max(now - seconds * 1_000_000, 0))
  const isNone = seconds === 0 || start > now
  return {
    messages: isNone ? 0 : messages,
    characters: Math.min(maxchars ?? BOUNDS.maxHistoryCharacters, BOUNDS.maxHistoryCharacters),
    ...(start === 0 ? {} : { start: formatTime(Math.min(start, now)) })
  }
}

function sinceOf ({ since }: HistoryRequest): Micros | undefined {
  try {
    return since === undefined ? undefined : parseDateTime(since.trim())
  } catch {
    return undefined
  }
}

// Where nearly everything was removed, there is an end to looking.
const MAX_PAGES = 5

/**
 * The newest of what was said, oldest first. Not the subject, whose message would end the history for the client, and not
 * what was removed.
 */
export async function findHistory (
  store: Pick<ArchiveStore, 'page'>, room: RoomJid, { messages, start }: Pick<HistoryPlan, 'messages' | 'start'>
): Promise<ArchivedEvent[]> {
  let found: ArchivedEvent[] = []
  let before: string | undefined
  for (let page = 0; page < MAX_PAGES && found.length < messages; page++) {
    const limit = messages - found.length
    const { events, complete } = await store.page(room, { stream: 'talk', limit, reverse: true, ...defined({ start, before }) })
    found = [...events.filter(({ kind, removed }) => kind === 'message' && removed === undefined), ...found]
    before = events[0]?.uid
    if (complete || before === undefined) break
  }
  return found
}

/** The newest that fit, oldest first. */
export function newestWithin<T> (items: readonly T[], characters: number, lengthOf: (item: T) => number): T[] {
  let left = characters
  const tooLong = items.findLastIndex(item => (left -= lengthOf(item)) < 0)
  return items.slice(tooLong + 1)
}
