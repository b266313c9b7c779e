import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { createSqliteStore } from '../../../src/archive/sqlite.ts'
import type { ArchiveStore } from '../../../src/archive/store.ts'
import { silentLogger } from '../../../src/log.ts'
import type { RoomJid } from '../../../src/model/address.ts'
import type { Day } from '../../../src/model/day.ts'
import { createKeptFiles } from '../../../src/web/kept/kept-files.ts'
import type { KeptFiles } from '../../../src/web/kept/kept-files.ts'
import { parseFile, roomFolder } from '../../../src/web/kept/kept-path.ts'
import type { KeptKey, Period } from '../../../src/web/kept/kept-path.ts'
import { LOUNGE, message } from '../../helpers/events.ts'

const DAY = '2026-11-21' as Day

interface Stage {
  readonly kept: KeptFiles
  readonly path: string
  readonly store: ArchiveStore
  readonly key: (more?: Partial<KeptKey>) => Promise<KeptKey>
  readonly files: () => string[]
}

async function stage (t: TestContext, { edition = 'one', maxBytes = 1e6 } = {}): Promise<Stage> {
  const path = mkdtempSync(join(tmpdir(), 'hansard-kept-'))
  const store = createSqliteStore({ path: ':memory:' })
  await store.append([message()])
  t.after(async () => {
    await store.close()
    rmSync(path, { recursive: true, force: true })
  })
  const kept = createKeptFiles({ path, edition, store, maxBytes, log: silentLogger })
  return {
    kept,
    path,
    store,
    async key (more = {}) {
      const { period = DAY, room = LOUNGE } = more
      return { room, period, name: 'page.html', revision: await kept.revision(room, period), ...more }
    },
    files: () => filesIn(path)
  }
}

function filesIn (path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(name => parseFile(name.split('/').at(-1) ?? '') !== undefined)
}

async function textOf (kept: KeptFiles, key: KeptKey): Promise<string | undefined> {
  return (await kept.get(key))?.toString()
}

test('what was kept is given back, also by another process, and its file says which content it has', async t => {
  const { kept, path, store, key } = await stage(t)
  assert.equal(await kept.get(await key()), undefined)
  const file = await kept.put(await key(), 'a page')
  assert.equal(await textOf(kept, await key()), 'a page')
  const other = createKeptFiles({ path, edition: 'one', store, maxBytes: 1e6, log: silentLogger })
  assert.deepEqual(await other.find(await key()), file)
  assert.equal(readFileSync(file?.path ?? '', 'utf8'), 'a page')
  assert.match(readFileSync(join(path, 'CACHEDIR.TAG'), 'utf8'), /^Signature: 8a477f597d28d172789f06886806bc55\n/)
})

test('what is made from another revision, in another edition or another variant is not found', async t => {
  const { kept, path, store, key } = await stage(t)
  await kept.put(await key({ variant: { tz: 'UTC' } }), 'a page')
  assert.equal(await kept.get(await key()), undefined)
  assert.equal(await kept.get(await key({ variant: { tz: 'Europe/Vienna' } })), undefined)
  assert.equal(await kept.get(await key({ variant: { tz: 'UTC' }, revision: 'another' })), undefined)
  const newer = createKeptFiles({ path, edition: 'two', store, maxBytes: 1e6, log: silentLogger })
  assert.equal(await newer.get(await key({ variant: { tz: 'UTC' } })), undefined)
  assert.equal(await textOf(kept, await key({ variant: { tz: 'UTC' } })), 'a page')
})

test('of one name and day the newest is kept, other names stay', async t => {
  const { kept, key, files } = await stage(t)
  await kept.put(await key({ name: 'digest.json' }), '{}')
  await kept.put(await key({ variant: 1 }), 'old')
  await kept.put(await key({ variant: 2 }), 'new')
  assert.equal(files().length, 2)
  assert.equal(await textOf(kept, await key({ variant: 2 })), 'new')
  assert.equal(await textOf(kept, await key({ name: 'digest.json' })), '{}')
})

test('what the ledger does not confirm when it is written is not kept', async t => {
  const { kept, key, store, files } = await stage(t)
  const before = await key()
  await store.append([message({ uid: 'uid-2', body: 'one more' })])
  assert.equal(await kept.put(before, 'the page without one more'), undefined)
  assert.deepEqual(files(), [])
})

test('when the store cannot confirm, nothing is kept', async t => {
  const { kept, key, store, files } = await stage(t)
  const known = await key()
  await store.close()
  assert.equal(await kept.put(known, 'a page'), undefined)
  assert.deepEqual(files(), [])
})

test('a day that is dropped takes what was made of its month, its year and everything with it, and leaves other days', async t => {
  const { kept, key, store } = await stage(t)
  await store.append([message({ uid: 'uid-2', time: '2026-11-20T07:00:00.000000Z' as never })])
  const periods = [DAY, '2026-11', '2026', 'all', '2026-11-20', '2026-10', '2025'] as Period[]
  for (const period of periods) await kept.put(await key({ period }), `of ${period}`)
  await kept.drop(LOUNGE, DAY)
  const left = []
  for (const period of periods) left.push(await textOf(kept, await key({ period })))
  assert.deepEqual(left, [undefined, undefined, undefined, undefined, 'of 2026-11-20', 'of 2026-10', 'of 2025'])
})

test('a room that is dropped is forgotten, another is not', async t => {
  const { kept, key, store, path } = await stage(t)
  const room = 'other@conference.example.org' as RoomJid
  await store.append([message({ room })])
  await kept.put(await key(), 'lounge')
  await kept.put(await key({ room }), 'other')
  await kept.drop(LOUNGE)
  assert.equal(await kept.get(await key()), undefined)
  assert.equal(existsSync(join(path, roomFolder(LOUNGE))), false)
  assert.equal(await textOf(kept, await key({ room })), 'other')
})

test('a damaged or cut file is not given out, and is written anew', async t => {
  const { kept, key, path, store } = await stage(t)
  for (const damage of ['', 'a pag', 'b page', 'a page and more']) {
    const file = await kept.put(await key(), 'a page')
    writeFileSync(file?.path ?? '', damage)
    const fresh = createKeptFiles({ path, edition: 'one', store, maxBytes: 1e6, log: silentLogger })
    assert.equal(await fresh.find(await key()), undefined, damage)
    assert.equal(await kept.get(await key()), undefined, damage)
    await kept.put(await key(), 'a page')
    assert.equal(await textOf(fresh, await key()), 'a page')
  }
})

test('a sweep takes away what the ledger does not say any more, other editions, rooms that are not ours and what was not finished', async t => {
  const { kept, path, store, key, files } = await stage(t)
  const gone = 'gone@conference.example.org' as RoomJid
  await store.append([message({ room: gone }), message({ uid: 'uid-2', time: '2026-11-20T07:00:00.000000Z' as never })])
  const days = [DAY, '2026-11-20', '2026-11', '2026', 'all'] as Period[]
  for (const period of days) await kept.put(await key({ period }), `of ${period}`)
  await kept.put(await key({ room: gone }), 'gone')
  const older = createKeptFiles({ path, edition: 'older', store, maxBytes: 1e6, log: silentLogger })
  await older.put(await key({ name: 'old.html' }), 'old')
  writeFileSync(join(path, roomFolder(LOUNGE), DAY, '~unfinished'), 'half')
  writeFileSync(join(path, '~unfinished'), 'half')

  await kept.sweep([LOUNGE])
  assert.equal(files().length, days.length)
  assert.deepEqual(readdirSync(path).sort(), ['CACHEDIR.TAG', roomFolder(LOUNGE)])
  assert.equal(readdirSync(join(path, roomFolder(LOUNGE), DAY)).length, 1)

  await store.append([message({ uid: 'uid-3', time: '2026-11-20T08:00:00.000000Z' as never })])
  await kept.sweep([LOUNGE])
  assert.deepEqual(files().map(file => file.split('/')[1]), [DAY])
})

test('files and folders of others stay as they are', async t => {
  const { kept, path, key } = await stage(t, { maxBytes: 1 })
  await kept.put(await key(), 'a page')
  const others = ['notes.txt', join(roomFolder(LOUNGE), 'notes.txt'), join(roomFolder(LOUNGE), DAY, 'notes.txt'), 'photos/2026-11-21/one.jpg']
  mkdirSync(join(path, roomFolder(LOUNGE), DAY), { recursive: true })
  mkdirSync(join(path, 'photos/2026-11-21'), { recursive: true })
  for (const other of others) writeFileSync(join(path, other), 'mine')
  await kept.sweep([LOUNGE])
  assert.deepEqual(others.filter(other => !existsSync(join(path, other))), [])
})

test('of too much the oldest goes', async t => {
  const { kept, store, key, files } = await stage(t, { maxBytes: 1000 })
  const days = Array.from({ length: 8 }, (_, n) => `2026-11-0${n + 1}` as Day)
  for (const [n, period] of days.entries()) {
    await store.append([message({ uid: `old-${n}`, time: `${period}T07:00:00.000000Z` as never })])
    const file = await kept.put(await key({ period }), `${n}`.repeat(100))
    utimesSync(file?.path ?? '', n, n)
  }
  const [first, second] = days
  await kept.put(await key(), 'x'.repeat(400))
  while (files().length > 7) await new Promise(resolve => setImmediate(resolve))
  assert.equal(await kept.get(await key({ period: first ?? DAY })), undefined)
  assert.equal(await kept.get(await key({ period: second ?? DAY })), undefined)
  assert.equal(await textOf(kept, await key({ period: days.at(-1) ?? DAY })), '7'.repeat(100))
  assert.equal(await textOf(kept, await key()), 'x'.repeat(400))
})

test('a disk that takes nothing keeps nothing, and is no error', async t => {
  const { store, path, key } = await stage(t)
  writeFileSync(join(path, 'file'), '')
  const kept = createKeptFiles({ path: join(path, 'file'), edition: 'one', store, maxBytes: 1e6, log: silentLogger })
  assert.equal(await kept.put(await key(), 'a page'), undefined)
  assert.equal(await kept.get(await key()), undefined)
})

test('up to where changes were followed is remembered beside the files', async t => {
  const { kept, store } = await stage(t)
  assert.equal(await kept.mark(), undefined)
  const present = await store.present()
  await kept.setMark(present)
  assert.equal(await kept.mark(), present)
})

test('a name that is none of a file is refused', async t => {
  const { kept, key } = await stage(t)
  for (const name of ['', '../page', 'a/b', 'Page', '~x', 'a~b']) {
    await assert.rejects(async () => kept.find(await key({ name })), /Cannot keep a file named/)
  }
})

test('no room leaves the folder of kept files, and no two rooms share one, whatever they are called', () => {
  const rooms = new Map<string, string>()
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('..', '../..@x', 'a/b@c', '.@.', 'x'.repeat(3000))), text => {
    const folder = roomFolder(text as RoomJid)
    assert.match(folder, /^[a-z0-9._-]*@[0-9a-f]{24}$/)
    assert.ok(folder.length < 100)
    assert.equal(rooms.get(folder) ?? text, text)
    rooms.set(folder, text)
  }))
})
