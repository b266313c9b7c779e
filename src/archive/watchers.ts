import type { RoomJid } from '../model/address.ts'

/** Those who wait for everything of a room, up to a number, to stand in the store. */
export interface Watchers {
  watch (room: RoomJid, seq: number): Promise<void>
  /** Something may have come to an end. */
  look (): void
  /** Nothing will come to an end any more. */
  disappoint (error: unknown): void
}

interface Watcher {
  readonly room: RoomJid
  readonly seq: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export function createWatchers (isUnderWay: (room: RoomJid, seq: number) => boolean): Watchers {
  let watchers: Watcher[] = []

  function look (): void {
    const done = new Set(watchers.filter(({ room, seq }) => !isUnderWay(room, seq)))
    watchers = watchers.filter(watcher => !done.has(watcher))
    for (const { resolve } of done) resolve()
  }

  return {
    watch: (room, seq) => new Promise((resolve, reject) => {
      watchers.push({ room, seq, resolve, reject })
      look()
    }),
    look,
    disappoint (error) {
      for (const { reject } of watchers) reject(error)
      watchers = []
    }
  }
}
