import type { RoomJid } from '../../src/model/address.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import { isHole } from '../../src/model/gap.ts'
import type { Gap } from '../../src/model/gap.ts'
import type { AppendResult, ArchiveStore, GapsQuery } from '../../src/archive/store.ts'
import { createModel } from './model-store.ts'

/**
 * `lost`: the answer does not arrive, though all was done. `part`: the same after every second event, as CouchDB may.
 * `slow`: everything is done and answered after a while.
 */
export type Weather = 'fine' | 'away' | 'lost' | 'part' | 'hangs' | 'slow'

const SLOW_MS = 4

/** A store in memory that is away when the test says so, and refuses the events that it names. */
export function createShakyStore () {
  const model = createModel()
  const gaps = new Map<string, Gap>()
  const refused = new Set<string>()
  const appends: string[][] = []
  const puts: Gap[][] = []
  let weather: Weather = 'fine'

  function away (): HansardError {
    return new HansardError('ERR_STORE_UNAVAILABLE', 'Cannot reach the store: it is away')
  }

  async function check (): Promise<void> {
    await new Promise(setImmediate)
    if (weather === 'hangs') await new Promise(() => {})
    if (weather === 'slow') await new Promise(resolve => setTimeout(resolve, SLOW_MS))
    if (weather === 'away') throw away()
  }

  const store: Pick<ArchiveStore, 'append' | 'lastTime' | 'ping' | 'putGaps' | 'gaps'> = {
    async append (events: readonly RoomEvent[]): Promise<AppendResult[]> {
      await check()
      appends.push(events.map(({ uid }) => uid))
      if (events.some(({ uid }) => refused.has(uid))) throw new HansardError('ERR_STORE', 'Cannot record the event: it is refused')
      // Backwards in part, so that what is there after a broken call does not stand in order by itself.
      if (weather === 'part') for (const event of events.filter((_, n) => n % 2 === 1).reverse()) model.append(event)
      const results = weather === 'part' ? [] : events.map(event => model.append(event))
      if (weather === 'lost' || weather === 'part') throw away()
      return results
    },
    async lastTime (room: RoomJid) {
      await check()
      return model.lastTime(room)
    },
    async ping () { await check() },
    async putGaps (some: readonly Gap[]) {
      await check()
      puts.push([...some])
      if (some.some(({ after }) => after !== undefined && refused.has(after))) throw new HansardError('ERR_STORE', 'Cannot keep the gap: it is refused')
      for (const gap of some) gaps.set(`${gap.room} ${gap.from}`, gap)
      if (weather === 'lost') throw away()
    },
    async gaps (room: RoomJid, { holesOnly = false }: GapsQuery = {}) {
      await check()
      return [...gaps.values()].filter(gap => gap.room === room && (!holesOnly || isHole(gap))).sort((a, b) => a.from < b.from ? -1 : 1)
    }
  }

  return {
    store,
    model,
    refused,
    /** The uids of each call that reached the store. */
    appends,
    puts,
    set: (now: Weather): void => { weather = now },
    talk: (room: RoomJid): readonly ArchivedEvent[] => model.page(room, { stream: 'talk', limit: 100_000 })?.events ?? []
  }
}

/** Waits for other work of the program until it has come to this. */
export async function until (isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 1))
}
