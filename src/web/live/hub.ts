import type { PublishedRoom } from '../../access/can-read.ts'
import type { Directory } from '../../access/directory.ts'
import type { Live } from '../../archive/live.ts'
import type { ArchiveStore } from '../../archive/store.ts'
import type { Logger } from '../../log.ts'
import type { RoomJid } from '../../model/address.ts'
import { toMicros } from '../../model/archive-time.ts'
import { streamOf } from '../../model/event.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { HTTP_READER } from '../room-handler.ts'
import { todayOf } from '../today.ts'
import { createChannel } from './channel.ts'
import type { Channel, Joining, Sink } from './channel.ts'
import { HEARTBEAT } from './frame.ts'
import type { Render } from './render.ts'

/** Tells the readers of all rooms what is said. */
export interface Hub {
  /** Resolves when the reader was told what it missed; returns how to leave. Rejects with what the store rejects with. */
  join (room: PublishedRoom, joining: Joining): Promise<void>
  leave (room: PublishedRoom, sink: Sink): void
  /** Ends all streams, and takes no others. */
  stop (): void
}

export interface HubOptions {
  readonly live: Pick<Live, 'subscribe'> | undefined
  readonly store: Pick<ArchiveStore, 'page' | 'getMany'>
  readonly directory: Directory
  readonly render: Render
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly log: Logger
}

const HEARTBEAT_MS = 20_000
/** Nobody waits for what is older: an import, an old gap that was filled. */
const PAST_MS = 172_800_000

export function createHub ({ live, store, directory, render, now, log }: HubOptions): Hub {
  const channels = new Map<RoomJid, Channel>()
  let today = todayOf({ now })
  let isStopped = false

  const publishedRoom = (jid: RoomJid): PublishedRoom | undefined => directory.byJid(jid, HTTP_READER)

  function isNews ({ kind, via, removed, time }: ArchivedEvent): boolean {
    if (streamOf(kind) !== 'talk') return false
    return removed !== undefined || (via !== 'import' && toMicros(time) / 1_000 > now() - PAST_MS)
  }

  function closeRefused (): void {
    for (const [jid, channel] of channels) if (publishedRoom(jid) === undefined) channel.close()
    forgetEmpty()
  }

  function forgetEmpty (): void {
    for (const [jid, channel] of channels) if (channel.isEmpty()) channels.delete(jid)
  }

  // From the beginning on: whoever subscribes anew misses what is recorded until that is known.
  const unsubscribe = live?.subscribe(event => { if (isNews(event)) channels.get(event.room)?.hear(event) })
  const ignoreDirectory = directory.onChange(closeRefused)
  const beating = setInterval(() => {
    closeRefused()
    const isNewDay = today !== todayOf({ now })
    today = todayOf({ now })
    for (const channel of channels.values()) {
      channel.write(HEARTBEAT)
      if (isNewDay) channel.tellDay(today)
    }
  }, HEARTBEAT_MS).unref()

  return {
    async join ({ jid }, joining) {
      if (isStopped) return
      let channel = channels.get(jid)
      if (channel === undefined) {
        const published = (): PublishedRoom | undefined => isStopped ? undefined : publishedRoom(jid)
        channel = createChannel({ jid, store, published, today: () => todayOf({ now }), render, log })
        channels.set(jid, channel)
      }
      await channel.join(joining).finally(forgetEmpty)
    },
    leave ({ jid }, sink) {
      channels.get(jid)?.leave(sink)
      forgetEmpty()
    },
    stop () {
      isStopped = true
      clearInterval(beating)
      unsubscribe?.()
      ignoreDirectory()
      for (const channel of channels.values()) channel.close()
      channels.clear()
    }
  }
}
