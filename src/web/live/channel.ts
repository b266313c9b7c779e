import type { PublishedRoom } from '../../access/can-read.ts'
import type { ArchiveStore } from '../../archive/store.ts'
import type { Logger } from '../../log.ts'
import type { RoomJid } from '../../model/address.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { dayOf } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import type { ArchivedEvent, Uid } from '../../model/event.ts'
import { anchorPath } from '../urls.ts'
import { frame, opening } from './frame.ts'
import { variantKey } from './render.ts'
import type { Render, Variant } from './render.ts'
import { replayOf } from './replay.ts'
import { namesAnother, tellingKind } from './telling.ts'

/** Where what is told goes. */
export interface Sink {
  write (text: string): void
  end (): void
}

export interface Joining {
  readonly variant: Variant
  /** The newest time that the reader knows of; undefined: everything so far. */
  readonly since: ArchiveTime | undefined
  /** Called once, when all is ready; undefined when the reader has gone. */
  readonly begin: () => Sink | undefined
}

/** The readers of one room's stream. */
export interface Channel {
  hear (event: ArchivedEvent): void
  /** Tells what was missed, and from then on what is heard. Rejects with what the store rejects with. */
  join (joining: Joining): Promise<void>
  leave (sink: Sink): void
  /** To all, as it is. */
  write (text: string): void
  tellDay (day: Day): void
  close (): void
  isEmpty (): boolean
}

interface Options {
  readonly jid: RoomJid
  readonly store: Pick<ArchiveStore, 'page' | 'getMany'>
  /** The room as it is published now; undefined when it is not. */
  readonly published: () => PublishedRoom | undefined
  readonly today: () => Day
  readonly render: Render
  readonly log: Logger
}

interface Reader {
  readonly sink: Sink
  readonly variant: Variant
  /** The time of the newest event that was told, or that was there already. */
  newest: ArchiveTime
}

/** What names another message waits so long for what is worked out about it, and is not told first as a message of its own. */
const HOLD_MS = 1_000
/** More than that at once is not told one by one. */
const MOST_WAITING = 1_000
/** Characters; a replay of more is none. */
const MOST_REPLAYED = 1_000_000

export function createChannel ({ jid, store, published, today, render, log }: Options): Channel {
  const readers = new Set<Reader>()
  const held = new Map<Uid, NodeJS.Timeout>()
  let joining = 0
  let waiting = 0
  let isLost = false
  let tail = Promise.resolve()

  /** One after the other: whoever joins between two events has the one from the store and is told the other. */
  function inTurn (task: () => Promise<void>): Promise<void> {
    const done = tail.then(task)
    tail = done.catch(() => {})
    return done
  }

  function enqueue (event: ArchivedEvent): void {
    held.delete(event.uid)
    if (readers.size + joining === 0) return
    if (waiting >= MOST_WAITING) {
      isLost = true
      return
    }
    waiting += 1
    inTurn(() => tell(event))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'an event cannot be told live; readers begin anew')
        for (const reader of readers) reset(reader)
      })
      .finally(() => {
        waiting -= 1
        if (waiting > 0 || !isLost) return
        isLost = false
        for (const reader of readers) reset(reader)
      })
  }

  async function tell (event: ArchivedEvent): Promise<void> {
    const room = published()
    if (room === undefined) return close()
    const told = new Map<string, string | undefined>()
    for (const { variant } of [...readers]) {
      const key = variantKey(variant)
      if (!told.has(key)) told.set(key, (await render(room, [event], variant))[0])
    }
    // It may have been closed meanwhile.
    if (published() === undefined) return close()
    for (const reader of readers) reader.sink.write(textFor(reader, room, event, told.get(variantKey(reader.variant))))
  }

  /** Moves the reader on. */
  function textFor (reader: Reader, room: PublishedRoom, event: ArchivedEvent, shown: string | undefined): string {
    const { newest } = reader
    if (event.time > newest) reader.newest = event.time
    const kind = tellingKind(event, newest)
    if (kind !== 'merged' && shown !== undefined) return frame({ event: kind, id: reader.newest, data: shown })
    if (event.time > newest) return ''
    const { uid, appliesTo } = event
    const data = reader.variant.format === 'html' ? anchorPath(room.slug, event) : JSON.stringify({ uid, time: event.time, appliesTo: appliesTo ?? null })
    return frame({ event: 'merged', id: reader.newest, data })
  }

  function reset (reader: Reader): void {
    reader.sink.write(frame({ event: 'reset', id: reader.newest, data: 'reload' }))
  }

  async function admit ({ variant, since, begin }: Joining): Promise<void> {
    const { events, newest } = await replayOf(store, jid, since)
    const room = published()
    if (room === undefined) return
    const shown = await render(room, events ?? [], variant)
    const sink = published() === undefined ? undefined : begin()
    if (sink === undefined) return
    const reader: Reader = { sink, variant, newest: since ?? newest }
    const texts = (events ?? []).map((event, n) => textFor(reader, room, event, shown[n]))
    reader.newest = newest
    readers.add(reader)
    sink.write(opening(newest))
    if (events === undefined || texts.reduce((sum, text) => sum + text.length, 0) > MOST_REPLAYED) reset(reader)
    else if (texts.length > 0) sink.write(texts.join(''))
    if (since !== undefined && dayOf(since) < today()) writeDay(reader, today())
  }

  function writeDay (reader: Reader, day: Day): void {
    reader.sink.write(frame({ event: 'day', id: reader.newest, data: day }))
  }

  function close (): void {
    for (const timer of held.values()) clearTimeout(timer)
    held.clear()
    for (const { sink } of readers) sink.end()
    readers.clear()
  }

  return {
    hear (event) {
      clearTimeout(held.get(event.uid))
      if (namesAnother(event) && held.size < MOST_WAITING) held.set(event.uid, setTimeout(() => { enqueue(event) }, HOLD_MS).unref())
      else enqueue(event)
    },
    async join (wanted) {
      joining += 1
      await inTurn(() => admit(wanted)).finally(() => { joining -= 1 })
    },
    leave (sink) {
      for (const reader of readers) if (reader.sink === sink) readers.delete(reader)
    },
    write (text) {
      for (const { sink } of readers) sink.write(text)
    },
    tellDay (day) {
      for (const reader of readers) writeDay(reader, day)
    },
    close,
    isEmpty: () => readers.size + joining === 0
  }
}
