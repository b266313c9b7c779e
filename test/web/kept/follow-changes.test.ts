import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createSqliteStore } from '../../../src/archive/sqlite.ts'
import type { ArchiveStore } from '../../../src/archive/store.ts'
import { silentLogger } from '../../../src/log.ts'
import type { RoomJid } from '../../../src/model/address.ts'
import type { ArchiveTime } from '../../../src/model/archive-time.ts'
import type { Day } from '../../../src/model/day.ts'
import { followChanges } from '../../../src/web/kept/follow-changes.ts'
import type { ChangesFollowed } from '../../../src/web/kept/follow-changes.ts'
import { createKeptFiles } from '../../../src/web/kept/kept-files.ts'
import type { KeptFiles } from '../../../src/web/kept/kept-files.ts'
import { LOUNGE, message } from '../../helpers/events.ts'

const DAYS = ['2026-11-19', '2026-11-20', '2026-11-21'] as Day[]
const OTHER = 'other@conference.example.org' as RoomJid

interface Stage {
  readonly store: ArchiveStore
  readonly kept: KeptFiles
  readonly path: string
  readonly follow: (kept?: Partial<KeptFiles>) => ChangesFollowed
  /** The days of the lounge of which something is on the disk. */
  readonly onDisk: () => string[]
  readonly keepAll: () => Promise<void>
}

async function stage (t: TestContext): Promise<Stage> {
  const path = mkdtempSync(join(tmpdir(), 'hansard-follow-'))
  const store = createSqliteStore({ path: ':memory:' })
  for (const room of [LOUNGE, OTHER]) {
    await store.append(DAYS.map((day, n) => message({ room, uid: `uid-${n}`, time: `${day}T07:00:00.000000Z` as ArchiveTime })))
  }
  const kept = createKeptFiles({ path, edition: 'one', store, maxBytes: 1e6, log: silentLogger })
  const followers: ChangesFollowed[] = []
  t.after(async () => {
    for (const follower of followers) await follower.stop()
    await store.close()
    rmSync(path, { recursive: true, force: true })
  })
  return {
    store,
    kept,
    path,
    follow (more = {}) {
      const follower = followChanges({ store, kept: { ...kept, ...more }, rooms: [LOUNGE, OTHER], log: silentLogger })
      followers.push(follower)
      return follower
    },
    onDisk () {
      return readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter(name => name.startsWith('lounge') && name.endsWith('~') === false && name.includes('~'))
        .map(name => name.split('/')[1] ?? '').sort()
    },
    async keepAll () {
      for (const room of [LOUNGE, OTHER]) {
        for (const period of DAYS) {
          await kept.put({ room, period, name: 'page.html', revision: await kept.revision(room, period) }, `page of ${period}`)
        }
      }
    }
  }
}

test('a day that grows or loses a text loses its files, the others keep theirs', async t => {
  const { store, follow, onDisk, keepAll } = await stage(t)
  const follower = follow()
  await follower.advance()
  await keepAll()
  await store.append([message({ uid: 'more', time: '2026-11-20T08:00:00.000000Z' as ArchiveTime })])
  await follower.advance()
  assert.deepEqual(onDisk(), ['2026-11-19', '2026-11-21'])
  await store.scrub(LOUNGE, ['uid-0'], ({ body: _, ...event }) => ({ ...event, removed: { by: 'moderator', time: event.time } }))
  await follower.advance()
  assert.deepEqual(onDisk(), ['2026-11-21'])
})

test('when talk goes without a tombstone, all days of its room lose their files: any of them may have quoted it', async t => {
  const { store, kept, follow, onDisk, keepAll } = await stage(t)
  const follower = follow()
  await follower.advance()
  await keepAll()
  await store.purge(LOUNGE, '2026-11-19T23:00:00.000000Z' as ArchiveTime)
  await follower.advance()
  assert.deepEqual(onDisk(), [])
  const other = { room: OTHER, period: DAYS[0] as Day, name: 'page.html', revision: await kept.revision(OTHER, DAYS[0] as Day) }
  assert.equal((await kept.get(other))?.toString(), 'page of 2026-11-19')
})

test('what changed while nobody followed is dropped at the next start, and the rest is kept', async t => {
  const { store, follow, onDisk, keepAll } = await stage(t)
  const first = follow()
  await first.advance()
  await keepAll()
  await first.stop()
  await store.append([message({ uid: 'more', time: '2026-11-20T08:00:00.000000Z' as ArchiveTime })])
  await follow().advance()
  assert.deepEqual(onDisk(), ['2026-11-19', '2026-11-21'])
})

test('without knowing up to where changes were followed, nothing is trusted', async t => {
  const { follow, onDisk, keepAll } = await stage(t)
  await keepAll()
  assert.equal(onDisk().length, 3)
  await follow().advance()
  assert.deepEqual(onDisk(), [])
})

test('a drop that fails is done again by itself', async t => {
  const { store, kept, follow, onDisk, keepAll } = await stage(t)
  let failures = 0
  let isDone: () => void = () => {}
  const done = new Promise<void>(resolve => { isDone = resolve })
  const follower = follow({
    async drop (room, day) {
      if (day === DAYS[1] && failures++ < 2) throw new Error('the disk is busy')
      await kept.drop(room, day)
      if (day === DAYS[1]) isDone()
    }
  })
  await follower.advance()
  await keepAll()
  await store.append([message({ uid: 'more', time: '2026-11-20T08:00:00.000000Z' as ArchiveTime })])
  const keepsRunning = setInterval(() => {}, 1_000)
  t.after(() => { clearInterval(keepsRunning) })
  await follower.advance()
  await done
  assert.deepEqual(onDisk(), ['2026-11-19', '2026-11-21'])
})
