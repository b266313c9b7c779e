import type { RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import type { SpooledEvent } from './spool.ts'
import type { AppendResult } from './store.ts'

/** What is under way of one room. */
export interface Lane {
  readonly room: RoomJid
  /** Events in memory that go straight to the store. */
  direct: number
  /** Those of them that have fallen behind all the same, since the spool did not take them. */
  late: number
  /** Events in the spool, or on their way into it. */
  spooled: number
  /** While there is one, what came after it waits. */
  hold: { readonly from: number } | undefined
  /** Since something was spooled or late: the room's clock does not know how far the record goes. */
  isBehind: boolean
  /** The newest that was placed since then. */
  newest: ArchiveTime | undefined
}

export interface Lanes {
  of (room: RoomJid): Lane
  /** Rooms with events in the spool, the one last drained at the end. */
  spooling (): Lane[]
  drained (lane: Lane): void
  /** Ends all holds; true when there were any. */
  letGo (): boolean
  /** Events have come to the store: the rooms that are behind no longer, with the newest time that was given there since they were. */
  placed (events: readonly SpooledEvent[], results: ReadonlyArray<AppendResult | undefined>): Array<{ room: RoomJid, time: ArchiveTime }>
}

export function createLanes (spooled: ReadonlyMap<RoomJid, number>): Lanes {
  const lanes = new Map<RoomJid, Lane>()

  function add (room: RoomJid, spooled: number): Lane {
    const lane = { room, direct: 0, late: 0, spooled, hold: undefined, isBehind: spooled > 0, newest: undefined }
    lanes.set(room, lane)
    return lane
  }

  for (const [room, count] of spooled) add(room, count)

  return {
    of: room => lanes.get(room) ?? add(room, 0),
    spooling: () => [...lanes.values()].filter(lane => lane.spooled > 0),
    drained (lane) {
      lanes.delete(lane.room)
      lanes.set(lane.room, lane)
    },
    letGo () {
      const held = [...lanes.values()].filter(lane => lane.hold !== undefined)
      for (const lane of held) lane.hold = undefined
      return held.length > 0
    },
    placed (events, results) {
      const behind = new Set<Lane>()
      for (const [n, { event: { room } }] of events.entries()) {
        const lane = lanes.get(room)
        if (lane?.isBehind !== true) continue
        behind.add(lane)
        const time = results[n]?.event.time
        if (time !== undefined && (lane.newest === undefined || time > lane.newest)) lane.newest = time
      }
      return [...behind].filter(({ spooled, late }) => spooled === 0 && late === 0).flatMap(lane => {
        const { room, newest } = lane
        lane.isBehind = false
        lane.newest = undefined
        return newest === undefined ? [] : [{ room, time: newest }]
      })
    }
  }
}
