import { strict as assert } from 'node:assert'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { silentLogger } from '../../src/log.ts'
import { createLocalIndex } from '../../src/search/local.ts'
import type { IndexRebuild, SearchIndex } from '../../src/search/search-index.ts'
import { add, ask, at, found, recorded, talk } from './index-under-test.ts'

function setUp (t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-rebuild-'))
  const path = join(folder, 'search.db')
  const open: SearchIndex[] = []
  t.after(async () => {
    for (const index of open) await index.close()
    rmSync(folder, { recursive: true })
  })
  return {
    folder,
    path,
    open: (): SearchIndex => {
      const index = createLocalIndex({ path, log: silentLogger, readers: 1 })
      open.push(index)
      return index
    },
    files: () => readdirSync(folder).sort(),
    bytes: () => readdirSync(folder).map(file => join(folder, file)).filter(existsSync).map(file => readFileSync(file, 'latin1')).join()
  }
}

function begin (index: SearchIndex, isFresh = false): IndexRebuild {
  const rebuild = index.rebuilding?.begin(isFresh)
  assert.ok(rebuild)
  return rebuild
}

function changesOf (events: ReturnType<typeof talk>) {
  return events.map(event => ({ id: event._id, event }))
}

test('searches go on with the index in use until the new one takes its place, and the old file is gone with its log', async t => {
  const { path, open, files } = setUp(t)
  const [index, other] = [open(), open()]
  const events = talk('old', 'words')
  await add(index, events)
  assert.equal(index.rebuilding?.isDue(), false)
  for (const round of [1, 2, 3]) {
    const rebuild = begin(index)
    assert.equal(rebuild.checkpoint(), undefined)
    const newer = talk('old', 'words', `round${round}`)
    assert.equal(rebuild.apply(changesOf(newer), undefined, `round${round}`, rebuild.mark()), true)
    assert.equal(index.rebuilding?.isDue(), true)
    assert.deepEqual(await found(index, newer, `round${round}`), [])
    assert.equal((await ask(index, 'words')).total, 1)
    rebuild.finish()
    for (const one of [index, other]) {
      assert.deepEqual(await found(one, newer, `round${round}`), [`round${round}`])
      assert.equal(await one.checkpoint(), `round${round}`)
    }
    assert.ok(lstatSync(path).isSymbolicLink())
    assert.equal(files().filter(file => /^search\.db\.[0-9a-f]{12}$/.test(file)).length, 1)
    assert.ok(!files().includes('search.db.next') && !files().includes('search.db-wal'))
  }
  await add(other, talk('after'))
  assert.equal((await ask(index, 'after')).total, 1, 'both write to the same new one')
  assert.equal((await ask(index, 'round3')).total, 1)
})

test('what comes, changes and goes meanwhile does so in both at once, whoever writes', async t => {
  const { open, bytes } = setUp(t)
  const [index, other] = [open(), open()]
  const [secret, stays, changed] = talk('xylophagous secret', 'stays', 'kvetch')
  assert.ok(secret && stays && changed)
  await add(index, [secret, stays, changed])
  const rebuild = begin(index)
  const mark = rebuild.mark()
  assert.equal(rebuild.apply(changesOf([secret, stays, changed]), undefined, 'a', mark), true)
  await other.apply([{ id: secret._id, event: undefined }], await other.checkpoint(), 'gone')
  await add(other, [{ ...changed, body: 'plugh' }])
  while (/xylophag|kvetch/.test(bytes())) await setTimeout(20)
  const late = recorded({ body: 'late', time: at(5) })
  await add(index, [late])
  rebuild.finish()
  assert.deepEqual(await found(index, [stays, late], 'after:2020'), ['late', 'stays', 'unknown 2026-11-21T07:00:02.000000Z'])
  assert.equal((await ask(index, 'plugh')).total, 1)
  assert.equal(await index.checkpoint(), 'a', 'what was done since is read again')
})

test('changes that were read before something newer came do not undo it, and are read once more', async t => {
  const { open, bytes } = setUp(t)
  const index = open()
  const [secret, stays] = talk('xylophagous', 'stays')
  assert.ok(secret && stays)
  await add(index, [secret, stays])
  const rebuild = begin(index)
  const mark = rebuild.mark()
  const stale = changesOf([secret, stays])
  assert.equal(rebuild.apply([], undefined, 'start', mark), true)
  await index.apply([{ id: secret._id, event: undefined }], await index.checkpoint(), 'gone')
  assert.equal(rebuild.apply(stale, 'start', 'end', mark), true)
  while (bytes().includes('xylophag')) await setTimeout(20)
  assert.equal(rebuild.rewind(), true)
  assert.equal(rebuild.checkpoint(), 'start')
  assert.equal(rebuild.rewind(), false)
  assert.equal(rebuild.apply([{ id: secret._id, event: undefined }, ...changesOf([stays])], 'start', 'end', rebuild.mark()), true)
  rebuild.finish()
  assert.equal(await index.checkpoint(), 'end')
  assert.deepEqual(await found(index, [stays], 'after:2020'), ['stays'])
})

test('what was left out at the very end is read again after the exchange', async t => {
  const { open } = setUp(t)
  const index = open()
  const [event] = talk('one')
  assert.ok(event)
  const rebuild = begin(index)
  assert.equal(rebuild.apply([], undefined, 'start', 0), true)
  await add(index, [event])
  assert.equal(rebuild.apply(changesOf([event]), 'start', 'end', 0), true)
  rebuild.finish()
  assert.equal(await index.checkpoint(), 'start')
  assert.equal((await ask(index, 'one')).total, 1)
})

test('a rebuild that was left is gone on with where it stood, unless a fresh one is wanted', async t => {
  const { open } = setUp(t)
  const events = talk('one', 'two')
  const first = begin(open())
  first.apply(changesOf(events.slice(0, 1)), undefined, 'half', first.mark())
  first.close()
  const index = open()
  assert.equal(index.rebuilding?.isBegun(), true)
  const second = begin(index)
  assert.equal(second.checkpoint(), 'half')
  second.apply(changesOf(events.slice(1)), 'half', 'whole', second.mark())
  second.close()
  const third = begin(index, true)
  assert.equal(third.checkpoint(), undefined)
  third.apply(changesOf(events.slice(1)), undefined, 'other', third.mark())
  third.finish()
  assert.deepEqual(await found(index, events, 'after:2020'), ['two'])
})

test('one at a time builds', async t => {
  const { open } = setUp(t)
  const [index, other] = [open(), open()]
  const rebuild = begin(index)
  assert.equal(other.rebuilding?.begin(false), undefined)
  assert.equal(index.rebuilding?.begin(true), undefined)
  rebuild.close()
  begin(other).close()
})

test('an index of another analyser is searched and written until it gives way', async t => {
  const { path, open } = setUp(t)
  const events = talk('hello', 'more')
  const first = open()
  await add(first, events.slice(0, 1))
  await first.close()
  const db = new Database(path)
  db.exec("UPDATE meta SET value = '3.0' WHERE key = 'version'")
  db.close()
  const index = open()
  assert.equal(index.rebuilding?.isDue(), true)
  assert.equal(index.rebuilding.isBegun(), false)
  assert.ok(await index.checkpoint() !== undefined)
  await add(index, events.slice(1))
  assert.deepEqual(await found(index, events, 'after:2020'), ['hello', 'more'])
  const rebuild = begin(index)
  rebuild.apply(changesOf(events), undefined, 'new', rebuild.mark())
  rebuild.finish()
  assert.deepEqual(await found(index, events, 'after:2020'), ['hello', 'more'])
  assert.equal(index.rebuilding.isDue(), false)
})

test('a damaged index gives way to a new one', async t => {
  const { path, open } = setUp(t)
  const index = open()
  await add(index, talk('hello'))
  const rebuild = begin(index)
  rebuild.apply(changesOf(talk('again')), undefined, 'new', rebuild.mark())
  writeFileSync(path, Buffer.alloc(100_000, 0x5a))
  rebuild.finish()
  assert.equal((await ask(index, 'again')).total, 1)
  assert.equal(await index.checkpoint(), 'new')
})

test('a new file that was damaged or taken away hinders nobody who writes, and whoever builds is told', async t => {
  const { folder, open, files } = setUp(t)
  const index = open()
  const target = () => files().find(file => /^search\.db\.[0-9a-f]{12}$/.test(file)) ?? 'none'
  const rebuild = begin(index)
  rebuild.close()
  writeFileSync(join(folder, target()), Buffer.alloc(100_000, 0x5a))
  await add(index, talk('hello'))
  assert.equal((await ask(index, 'hello')).total, 1)
  assert.equal(index.rebuilding?.isBegun(), false)
  assert.equal(target(), 'none')
  const taken = begin(index)
  rmSync(join(folder, target()))
  assert.throws(() => taken.apply([], undefined, 'x', taken.mark()), { code: 'ERR_SEARCH', message: /taken away/ })
  assert.throws(() => { taken.finish() }, { code: 'ERR_SEARCH' })
  taken.close()
})

test('what nothing leads to any more is deleted when the index is opened', async t => {
  const { folder, open, files } = setUp(t)
  const index = open()
  const rebuild = begin(index)
  rebuild.finish()
  await index.close()
  for (const file of ['search.db.0123456789ab', 'search.db.0123456789ab-wal', 'search.db-wal', 'search.db.damaged', 'search.db.mine']) {
    writeFileSync(join(folder, file), 'secret')
  }
  await open().close()
  const others = files().filter(file => !/^search\.db\.(?!0123)[0-9a-f]{12}/.test(file))
  assert.deepEqual(others, ['search.db', 'search.db.damaged', 'search.db.lock', 'search.db.mine'])
})

test('the configured path may itself be a link to elsewhere', async t => {
  const { folder, path, open } = setUp(t)
  mkdirSync(join(folder, 'disk'))
  symlinkSync('disk/index.db', path)
  const index = open()
  await add(index, talk('hello'))
  const rebuild = begin(index)
  rebuild.apply(changesOf(talk('again')), undefined, 'new', rebuild.mark())
  rebuild.finish()
  assert.equal((await ask(index, 'again')).total, 1)
  await index.close()
  assert.equal((await ask(open(), 'again')).total, 1)
})
