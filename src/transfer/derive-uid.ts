import { hash } from 'node:crypto'
import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { Uid } from '../model/event.ts'
import type { ImportedEvent } from './formats/jsonl.ts'

const MAX_ROOMS = 10_000

/**
 * Gives uids to events that bring none: the same event gets the same uid in every import, whatever file or line it
 * stands in. Logs often tell time to the minute, so that one person may say one word twice at one time: such events
 * are numbered while the time of their room stays the same. A time that comes back later, as in overlapping files one
 * after another, begins its numbers anew, so that what was told before is recognised.
 */
export function createUidSource (): (event: ImportedEvent) => Uid {
  const runs = new Map<RoomJid, { readonly time: ArchiveTime, readonly seen: Map<string, number> }>()

  return event => {
    const { room, time, kind, nick, body, reason, newNick } = event
    let run = runs.get(room)
    if (run?.time !== time) {
      if (runs.size >= MAX_ROOMS) runs.clear()
      run = { time, seen: new Map() }
      runs.set(room, run)
    }
    const words = [room, time, kind, nick, body ?? reason ?? '', newNick ?? ''].join('\0') // texts of events hold no NUL
    const ordinal = run.seen.get(words) ?? 0
    run.seen.set(words, ordinal + 1)
    return hash('sha256', `${words}\0${ordinal}`, 'base64url').slice(0, 22)
  }
}
