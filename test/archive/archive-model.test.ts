import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { createArchive } from '../../src/archive/archive.ts'
import { openLocalState } from '../../src/archive/local-state.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { silentLogger } from '../../src/log.ts'
import type { RoomJid } from '../../src/model/address.ts'
import { createRoomClock } from '../../src/rooms/room-clock.ts'
import type { RoomClock } from '../../src/rooms/room-clock.ts'
import { toMicros } from '../../src/model/archive-time.ts'
import { ANNEX, at, LOUNGE, message } from './sample-events.ts'
import { createShakyStore } from './shaky-store.ts'
import type { Weather } from './shaky-store.ts'

type Act =
  | { readonly do: 'record', readonly room: RoomJid, readonly count: number }
  | { readonly do: 'hold' | 'release', readonly room: RoomJid }
  | { readonly do: 'recover', readonly room: RoomJid, readonly count: number, readonly ahead: number }
  | { readonly do: 'weather', readonly weather: Weather }
  | { readonly do: 'breathe', readonly turns: number }
  | { readonly do: 'crash' | 'restart' }

const room = fc.constantFrom(LOUNGE, ANNEX)
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('record' as const), room, count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'release' as const), room }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('recover' as const), room, count: fc.integer({ min: 1, max: 3 }), ahead: fc.integer({ min: -50, max: 20 })
    })
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('weather' as const), weather: fc.constantFrom<Weather>('fine', 'fine', 'away', 'lost', 'part', 'slow') }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('breathe' as const), turns: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'restart' as const) }) }
)

async function run (acts: readonly Act[], maxBytes: number, directory: string): Promise<void> {
  const path = join(directory, 'spool.db')
  const shaky = createShakyStore()
  /** Of each room what was heard live, in order; and what of it was accepted. */
  const heard = new Map<RoomJid, string[]>([[LOUNGE, []], [ANNEX, []]])
  const accepted = new Set<string>()
  const recovered = new Set<string>()
  let seconds = 100
  let uid = 0
  let process = start()

  function start () {
    const clocks = new Map<RoomJid, RoomClock>([LOUNGE, ANNEX].map(room => {
      const clock = createRoomClock()
      const last = shaky.model.lastTime(room)
      if (last !== undefined) clock.passed(last)
      return [room, clock]
    }))
    const process = { isDead: false }
    // A dead process hears no answer.
    async function living<T> (work: Promise<T>): Promise<T> {
      const outcome = await work.then(value => ({ value }), (error: unknown) => ({ error }))
      if (process.isDead) await new Promise(() => {})
      if ('error' in outcome) throw outcome.error
      return outcome.value
    }
    const store: Pick<ArchiveStore, 'append' | 'lastTime' | 'ping'> = {
      append: events => living(process.isDead ? new Promise(() => {}) : shaky.store.append(events)),
      lastTime: room => living(shaky.store.lastTime(room)),
      ping: () => living(shaky.store.ping())
    }
    const local = openLocalState({ path, maxBytes, log: silentLogger })
    const archive = createArchive({
      store,
      ...local,
      onRecorded () {},
      onPlaced (room, time) { clocks.get(room)?.passed(time) },
      onFull () {},
      onFree () {},
      log: silentLogger,
      pauses: { first: 0, most: 1 },
      patienceMs: 1
    })
    return Object.assign(process, { archive, local, clocks })
  }

  function ignore (work: Promise<unknown>): void {
    work.catch(() => {})
  }

  async function perform (act: Act): Promise<void> {
    const { archive, clocks, local } = process
    switch (act.do) {
      case 'record':
        for (let n = 0; n < act.count; n++) {
          const id = `live-${uid++}`
          const time = clocks.get(act.room)!.next(toMicros(at(seconds)))
          heard.get(act.room)!.push(id)
          ignore(archive.record(message(0, { room: act.room, uid: id, time })).then(() => { accepted.add(id) }))
        }
        seconds += 1
        return
      case 'hold': return ignore(archive.hold(act.room))
      case 'release': return ignore(archive.release(act.room))
      case 'recover': {
        const events = Array.from({ length: act.count }, (_, n) =>
          // Never at the very microsecond of something heard live.
          message(seconds + act.ahead + n + uid * 1e-4, { room: act.room, uid: `old-${uid++}`, via: 'catch-up' }))
        ignore(archive.append(events).then(results => {
          for (const { event } of results) {
            recovered.add(event.uid)
            clocks.get(act.room)!.passed(event.time)
          }
        }))
        return
      }
      case 'weather':
        shaky.set(act.weather)
        return
      case 'breathe':
        for (let n = 0; n < act.turns; n++) await new Promise(setImmediate)
        return
      case 'restart':
        await archive.close(5)
        local.close()
        process = start()
        return
      case 'crash':
        process.isDead = true
        local.close()
        ignore(archive.close(0))
        process = start()
    }
  }

  for (const one of acts) await perform(one)
  shaky.set('fine')
  await process.archive.close(60_000)
  assert.equal(process.local.spool.status().events, 0, 'something is left in the spool')
  process.local.close()
  rmSync(path, { force: true })

  for (const [room, uids] of heard) {
    const recorded = shaky.talk(room).map(({ uid }) => uid)
    const live = recorded.filter(uid => uid.startsWith('live'))
    assert.deepEqual(live, uids.filter(uid => live.includes(uid)), 'the order of the record is not the order in which it was heard')
    assert.deepEqual(uids.filter(uid => accepted.has(uid) && !live.includes(uid)), [], 'something accepted is lost')
    assert.equal(new Set(recorded).size, recorded.length, 'something is recorded twice')
  }
  const all = new Set([LOUNGE, ANNEX].flatMap(room => shaky.talk(room).map(({ uid }) => uid)))
  assert.deepEqual([...recovered].filter(uid => !all.has(uid)), [], 'something recovered is lost')
}

test('whatever happens to store, rooms and process: what was accepted is recorded once, in the order of its room', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'hansard-model-'))
  t.after(() => { rmSync(directory, { recursive: true, force: true }) })
  const property = fc.asyncProperty(fc.array(act, { maxLength: 60, size: 'max' }), fc.constantFrom(1_500, 1_000_000), async (acts, maxBytes) => {
    await run(acts, maxBytes, mkdtempSync(join(directory, 'run-')))
  })
  await fc.assert(property, { numRuns: Number(process.env['MODEL_RUNS'] ?? 60) })
})
