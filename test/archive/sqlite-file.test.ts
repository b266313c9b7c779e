import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import Database from 'better-sqlite3'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { COUNTS_TABLE } from '../../src/archive/sqlite-counts.ts'
import { sqliteError } from '../../src/archive/sqlite-errors.ts'
import { hasCode } from '../../src/model/errors.ts'
import { at, join as arrival, LOUNGE, message, messages } from './sample-events.ts'
import { allTalk } from './store-under-test.ts'

function directory (t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'hansard-file-'))
  t.after(() => { rmSync(path, { recursive: true }) })
  return path
}

function refuses (path: string, expected: RegExp): void {
  assert.throws(() => createSqliteStore({ path }), (error: unknown) => {
    assert.ok(hasCode(error, 'ERR_STORE', 'ERR_STORE_UNAVAILABLE'))
    assert.match(error.message, expected)
    assert.ok(error.message.includes(path))
    return true
  })
}

test('the directory of a new record is made', async t => {
  const path = join(directory(t), 'a', 'b', 'record.db')
  await createSqliteStore({ path }).close()
  assert.ok(existsSync(path))
})

test('a record in memory works and is gone after it', async () => {
  const store = createSqliteStore({ path: ':memory:' })
  await store.append(messages(3))
  assert.equal((await allTalk(store, LOUNGE)).length, 3)
  await store.close()
})

test('a file that cannot be a record is refused with a word on what to do', async t => {
  const here = directory(t)
  const file = join(here, 'notes.txt')
  writeFileSync(file, 'these are notes, not a database, '.repeat(100))
  refuses(file, /not an SQLite database/)
  refuses(join(file, 'record.db'), /expected a path whose directory/)
  refuses(here, /cannot be opened; check the path/)

  const foreign = join(here, 'foreign.db')
  new Database(foreign).exec('CREATE TABLE t (x)').close()
  refuses(foreign, /database of another program/)

  const newer = join(here, 'newer.db')
  await createSqliteStore({ path: newer }).close()
  const db = new Database(newer)
  db.pragma('user_version = 99')
  db.close()
  refuses(newer, /version 99, expected at most \d+; it was written by a newer version/)
})

test('a refused file is left as it was', t => {
  const path = join(directory(t), 'foreign.db')
  new Database(path).exec('CREATE TABLE t (x)').close()
  const before = readFileSync(path)
  assert.throws(() => createSqliteStore({ path }))
  assert.deepEqual(readFileSync(path), before)
})

test('a record of the first version is opened with all it has, and takes gaps', async t => {
  const path = join(directory(t), 'record.db')
  const store = createSqliteStore({ path })
  const appended = await store.append([...messages(5), message(900, { message: 'a', repliesTo: 'uid-0' })])
  const part = await store.revise(LOUNGE, 'uid-240', event => ({ ...event, appliesTo: appended[0]!.event.uid }))
  appended[4] = { event: part!, isNew: true }
  await store.close()
  const db = new Database(path)
  db.exec('DROP TABLE gaps; DROP TABLE counts; DROP TABLE links; DROP TABLE removals; DROP TABLE marks')
  db.exec('ALTER TABLE rooms DROP COLUMN parts; ALTER TABLE days DROP COLUMN parts')
  db.pragma('user_version = 1')
  db.close()
  for (const gaps of [[], [{ room: LOUNGE, from: at(0), cause: 'stopped' as const }]]) {
    const again = createSqliteStore({ path })
    assert.deepEqual(await allTalk(again, LOUNGE), appended.map(({ event }) => event))
    assert.deepEqual(await again.named(LOUNGE, ['a']), [appended[5]?.event])
    assert.deepEqual(await again.referring(LOUNGE, ['uid-0']), [appended[5]?.event])
    assert.deepEqual([(await again.rooms())[0]?.lines, (await again.days(LOUNGE))[0]?.lines], [5, 5])
    assert.deepEqual(await again.gaps(LOUNGE), [])
    await again.putGaps(gaps)
    assert.deepEqual(await again.gaps(LOUNGE), gaps)
    assert.deepEqual([await again.rank(LOUNGE, 'talk', at(180)), await again.count(LOUNGE, { stream: 'talk', start: at(120) })], [3, 4])
    await again.close()
  }
})

test('the counters agree with the events, kept up as made anew from them, and none is left of what went', async t => {
  const path = join(directory(t), 'record.db')
  const store = createSqliteStore({ path })
  const appended = await store.append([0, 1, 1000, 1100, 90_000, 3e6, 3e6 + 1, 5e8].flatMap(n => [message(n), arrival(n, { uid: `j${n}` })]))
  await store.scrub(LOUNGE, [appended[4]!.event.uid], event => ({ ...event, nick: 'bob', body: '' }))
  await store.purge(LOUNGE, at(1000))
  await store.close()
  const db = new Database(path)
  t.after(() => { db.close() })
  const counters = () => db.prepare('SELECT room, stream, level, part, n FROM counts ORDER BY 1, 2, 3, 4').raw().all()
  const keptUp = counters()
  db.exec('DROP TABLE counts')
  db.exec(COUNTS_TABLE)
  assert.deepEqual(keptUp, counters())
  assert.equal(db.prepare('SELECT sum(n) FROM counts WHERE level = 3').pluck().get(), 10)
})

test('an append that failed half way has left nothing, no room either', async t => {
  const path = join(directory(t), 'record.db')
  const store = createSqliteStore({ path })
  await store.append([message(0)])
  await store.close()
  const db = new Database(path)
  db.exec('CREATE TRIGGER broken BEFORE INSERT ON events WHEN NEW.uid = \'uid-180\' BEGIN SELECT RAISE(ABORT, \'full\'); END')
  db.close()
  const again = createSqliteStore({ path })
  t.after(() => again.close())
  const batch = [...messages(5), message(7, { room: 'new@conference.example.org' as typeof LOUNGE, uid: 'x' })]
  await assert.rejects(again.append(batch), { code: 'ERR_STORE' })
  assert.equal((await allTalk(again, LOUNGE)).length, 1)
  assert.deepEqual((await again.rooms()).map(({ room, talk }) => [room, talk]), [[LOUNGE, 1]])
  const results = await again.append([message(8, { room: 'new@conference.example.org' as typeof LOUNGE, uid: 'y' }), message(60)])
  assert.ok(results.every(({ isNew }) => isNew))
  assert.equal((await again.day(LOUNGE, '2026-11-21' as never))?.talk, 2)
})

test('a text that was taken out is no longer in the file, nor in its log', async t => {
  const path = join(directory(t), 'record.db')
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const store = createSqliteStore({ path })
  t.after(() => store.close())
  const body = 'UNWANTED-WORDS '.repeat(20)
  const results = await store.append([message(0, { body }), message(1, { body }), ...messages(20).slice(1)])
  assert.ok(readFileSync(`${path}-wal`).includes('UNWANTED-WORDS'))
  await store.scrub(LOUNGE, [results[0]!.event.uid], event => ({ ...event, body: '' }))
  await store.purge(LOUNGE, at(1))
  t.mock.timers.tick(1000)
  assert.equal(statSync(`${path}-wal`).size, 0)
  assert.ok(!readFileSync(path).includes('UNWANTED-WORDS'))
  assert.ok(readFileSync(path).includes('said at 60'))
})

test('nothing of what was scrubbed is left in the files, however often rows were moved, while another process has them open', async t => {
  const path = join(directory(t), 'record.db')
  const store = createSqliteStore({ path })
  const reader = new Database(path, { readonly: true })
  t.after(() => { reader.close() })
  const secret = (n: number): string => createHash('sha256').update(`secret ${n}`).digest('hex')
  const filler = (n: number): string => 'x'.repeat(Number.parseInt(secret(n).slice(0, 4), 16) % 3000)
  const many = Array.from({ length: 600 }, (_, n) => n)
  await store.append(many.map(n => message(n, { nick: secret(n).slice(0, 32), body: secret(n) + filler(n) })))
  for (const n of many) {
    const seconds = Number.parseInt(secret(n).slice(4, 8), 16) % many.length
    await store.revise(LOUNGE, `uid-${seconds}`, event => ({ ...event, body: secret(seconds) + filler(n + 1000) }))
  }
  const isGone = (n: number): boolean => n % 3 === 1
  await store.scrub(LOUNGE, many.filter(isGone).map(n => `uid-${n}`), ({ body, ...event }) => ({ ...event, nick: '' }))
  assert.equal(reader.prepare('SELECT count(*) FROM events').pluck().get(), many.length)
  await store.close()
  const bytes = [path, `${path}-wal`].filter(file => existsSync(file)).map(file => readFileSync(file, 'latin1')).join('')
  for (const n of many) {
    assert.equal(bytes.includes(secret(n)), !isGone(n), `body ${n}`)
    assert.equal(bytes.includes(secret(n).slice(0, 32)), !isGone(n), `nick ${n}`)
  }
})

test('each of SQLite\'s errors says what to do and whether waiting may help', () => {
  for (const [code, ours] of [
    ['SQLITE_BUSY', 'ERR_STORE_UNAVAILABLE'], ['SQLITE_BUSY_SNAPSHOT', 'ERR_STORE_UNAVAILABLE'], ['SQLITE_FULL', 'ERR_STORE_UNAVAILABLE'],
    ['SQLITE_IOERR_FSYNC', 'ERR_STORE_UNAVAILABLE'], ['SQLITE_READONLY_DBMOVED', 'ERR_STORE_UNAVAILABLE'],
    ['SQLITE_CORRUPT', 'ERR_STORE_UNAVAILABLE'], ['SQLITE_ERROR', 'ERR_STORE_UNAVAILABLE'], ['SQLITE_TOOBIG', 'ERR_STORE'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'ERR_STORE']
  ] as const) {
    const error = sqliteError(new Database.SqliteError('told', code), 'x.db')
    assert.ok(hasCode(error, ours), code)
    assert.match(error.message, /^Cannot use the record x\.db: /)
  }
  const other = new TypeError('x')
  assert.equal(sqliteError(other, 'x.db'), other)
})
