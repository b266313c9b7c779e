import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import Database from 'better-sqlite3'
import { openLocalState } from '../../src/archive/local-state.ts'
import { SpoolFault } from '../../src/archive/spool.ts'
import { silentLogger } from '../../src/log.ts'
import { hasCode } from '../../src/model/errors.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { ANNEX, LOUNGE, message } from './sample-events.ts'

const ALL = { upTo: Number.MAX_SAFE_INTEGER, limit: 1_000_000, maxBytes: 1_000_000_000 }

function directory (t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'hansard-spool-'))
  t.after(() => { rmSync(path, { recursive: true }) })
  return path
}

function open (path = ':memory:', maxBytes = 1_000_000) {
  const local = openLocalState({ path, maxBytes, log: silentLogger })
  return { ...local, close: () => { local.close() } }
}

function spooled (seq: number, fields: Partial<RoomEvent> = {}) {
  return { seq, event: message(seq, fields), isFixed: false }
}

test('events come back as they were, oldest first, room by room', () => {
  const { spool, close } = open()
  const event = message(1, {
    body: 'e\u0301 \u{1F600} \0 "quoted" \ud800',
    crowd: [{ nick: 'a', occupant: 'x' }],
    private: { jids: { a: 'a@example.org' } },
    stanza: '<message>&amp;</message>'
  })
  assert.equal(spool.push([{ seq: 3, event, isFixed: true }, spooled(5, { room: ANNEX })]), 2)
  // The store did not take what came before.
  assert.equal(spool.push([spooled(2)]), 1)
  assert.deepEqual(spool.read(LOUNGE, ALL), [spooled(2), { seq: 3, event, isFixed: true }])
  assert.deepEqual(spool.read(LOUNGE, { ...ALL, upTo: 2 }), [spooled(2)])
  assert.deepEqual(spool.read(LOUNGE, { ...ALL, limit: 1 }), [spooled(2)])
  assert.deepEqual(spool.read(LOUNGE, { ...ALL, maxBytes: 1 }), [spooled(2)], 'one is read however large it is')
  assert.deepEqual([...spool.rooms()], [[LOUNGE, 2], [ANNEX, 1]])
  assert.deepEqual([spool.first(LOUNGE), spool.first('other@example.org' as typeof LOUNGE), spool.lastSeq()], [2, undefined, 5])
  close()
})

test('what is removed is gone, and removing it again changes nothing', () => {
  const { spool, close } = open()
  spool.push([1, 2, 3].map(n => spooled(n)))
  const bytes = Buffer.byteLength(JSON.stringify(message(3)))
  spool.remove([spooled(1), spooled(2), spooled(9, { room: ANNEX })])
  assert.deepEqual(spool.status(), { events: 1, bytes, maxBytes: 1_000_000 })
  spool.remove([spooled(1)])
  assert.deepEqual(spool.status(), { events: 1, bytes, maxBytes: 1_000_000 })
  assert.deepEqual(spool.read(LOUNGE, ALL), [spooled(3)])
  close()
})

test('times that were given stay given', () => {
  const { spool, close } = open()
  spool.push([spooled(1), spooled(2)])
  const fixed = { ...spooled(1, { time: message(5).time }), isFixed: true }
  spool.fix([fixed])
  assert.deepEqual(spool.read(LOUNGE, ALL), [fixed, spooled(2)])
  close()
})

test('it takes the oldest until it is full, counting bytes and not characters, and is as full after a restart', t => {
  const path = join(directory(t), 'spool.db')
  const events = [1, 2, 3, 4].map(n => spooled(n, { body: '\u{1F600}'.repeat(50) }))
  const bytes = Buffer.byteLength(JSON.stringify(events[0]?.event))
  const first = open(path, 2 * bytes + 10)
  assert.equal(first.spool.push(events), 2)
  assert.equal(first.spool.push([spooled(5)]), 0)
  first.close()
  const { spool, close } = open(path, 2 * bytes + 10)
  assert.deepEqual(spool.status(), { events: 2, bytes: 2 * bytes, maxBytes: 2 * bytes + 10 })
  assert.equal(spool.push(events.slice(2)), 0)
  spool.remove(events.slice(0, 1))
  assert.equal(spool.push(events.slice(2)), 1)
  assert.deepEqual(spool.read(LOUNGE, ALL).map(({ seq }) => seq), [2, 3])
  close()
})

test('a disk that refuses is a spool without room', t => {
  const path = join(directory(t), 'spool.db')
  breakWrites(path, 'BEFORE INSERT ON waiting WHEN NEW.seq = 3')
  const { spool, close } = open(path)
  assert.equal(spool.push([spooled(1)]), 1)
  assert.equal(spool.push([spooled(2), spooled(3)]), 0, 'all or nothing')
  assert.deepEqual([spool.status().events, spool.read(LOUNGE, ALL).length], [1, 1])
  assert.equal(spool.push([spooled(4)]), 1)
  close()
  assert.equal(spool.push([spooled(5)]), 0)
  assert.throws(() => spool.read(LOUNGE, ALL), SpoolFault)
})

test('what is in a spool can be brought away also while its disk is full', t => {
  const path = join(directory(t), 'spool.db')
  const isFull = 'WHEN NOT EXISTS (SELECT 1 FROM quarantine)'
  breakWrites(path, `BEFORE DELETE ON waiting ${isFull}`, `BEFORE UPDATE ON waiting ${isFull}`)
  const { spool, quarantine, close } = open(path)
  spool.push([1, 2, 3].map(n => spooled(n)))
  const { bytes } = spool.status()
  const fixed = { ...spooled(2, { time: message(7).time }), isFixed: true }
  spool.fix([fixed])
  assert.deepEqual(spool.read(LOUNGE, ALL), [spooled(1), fixed, spooled(3)])
  spool.remove([spooled(1)])
  assert.deepEqual([spool.read(LOUNGE, ALL), spool.first(LOUNGE)], [[fixed, spooled(3)], 2])
  assert.deepEqual(spool.status(), { events: 2, bytes: bytes / 3 * 2, maxBytes: 1_000_000 })
  spool.remove([fixed])
  assert.equal(spool.status().events, 1)

  quarantine.add({ room: LOUNGE, stanza: '<there-is-space/>', error: '' })
  spool.fix([{ ...spooled(3), isFixed: true }])
  spool.remove([spooled(3)])
  assert.deepEqual(spool.status(), { events: 0, bytes: 0, maxBytes: 1_000_000 })
  close()
  const next = open(path)
  assert.deepEqual([next.spool.status().events, next.spool.read(LOUNGE, ALL)], [0, []])
  next.close()
})

test('when it is empty nothing of what was in it is left on the disk', t => {
  const path = join(directory(t), 'spool.db')
  const { spool, close } = open(path, 100_000_000)
  t.after(close)
  const events = Array.from({ length: 2_000 }, (_, n) => spooled(n + 1, { body: 'UNWANTED-WORDS '.repeat(20) }))
  spool.push(events)
  assert.ok(readFileSync(`${path}-wal`).includes('UNWANTED-WORDS'))
  for (let n = 0; n < events.length; n += 500) spool.remove(events.slice(n, n + 500))
  assert.equal(statSync(`${path}-wal`).size, 0)
  assert.ok(!readFileSync(path).includes('UNWANTED-WORDS'))
  assert.ok(statSync(path).size < 200_000, 'the file is as large as it was')
})

test('a second process is told that another uses the file', async t => {
  const path = join(directory(t), 'a', 'spool.db')
  const first = open(path)
  assert.ok(existsSync(path))
  const second = runChild(`
    import { openLocalState } from './src/archive/local-state.ts'
    try {
      openLocalState({ path: ${JSON.stringify(path)}, maxBytes: 1000, log: {} })
      console.log('opened')
    } catch (error) {
      console.log(error.code + ' ' + error.message)
    }`)
  const [line] = await once(createInterface(second.stdout), 'line') as [string]
  assert.match(line, /^ERR_RUNNING Cannot open the spool .*: another hansard serve uses it, expected one at a time/)
  assert.throws(() => open(path), { code: 'ERR_RUNNING' })
  await once(second, 'exit')
  first.close()
  open(path).close()
})

test('a file that cannot be a spool is refused with a word on what to do, and left as it was', t => {
  const here = directory(t)
  const notes = join(here, 'notes.txt')
  writeFileSync(notes, 'these are notes, not a database, '.repeat(100))
  const foreign = join(here, 'foreign.db')
  new Database(foreign).exec('CREATE TABLE t (x)').close()
  const newer = join(here, 'newer.db')
  open(newer).close()
  const db = new Database(newer)
  db.pragma('user_version = 99')
  db.close()
  for (const [path, expected] of [
    [notes, /damaged or no spool; move it away/],
    [join(notes, 'spool.db'), /expected a path whose directory this user can create/],
    [foreign, /database of another program/],
    [newer, /version 99, expected at most 1; it was written by a newer version/]
  ] as const) {
    const before = path.startsWith(`${notes}/`) ? undefined : readFileSync(path)
    assert.throws(() => open(path), (error: unknown) => {
      assert.ok(hasCode(error, 'ERR_STORE'))
      assert.match(error.message, expected)
      assert.ok(error.message.includes(path))
      return true
    })
    if (before !== undefined) assert.deepEqual(readFileSync(path), before)
  }
})

test('what was acknowledged is there after the process was killed in the midst of writing', async t => {
  const path = join(directory(t), 'spool.db')
  const child = runChild(`
    import { writeSync } from 'node:fs'
    import { createArchive } from './src/archive/archive.ts'
    import { openLocalState } from './src/archive/local-state.ts'
    import { silentLogger } from './src/log.ts'
    import { message } from './test/archive/sample-events.ts'
    import { createShakyStore } from './test/archive/shaky-store.ts'
    const { store, set } = createShakyStore()
    set('away')
    const local = openLocalState({ path: ${JSON.stringify(path)}, maxBytes: 1e9, log: silentLogger })
    const archive = createArchive({ store, ...local, onRecorded () {}, onPlaced () {}, onFull () {}, onFree () {}, log: silentLogger })
    let n = 0
    setInterval(() => {
      for (let burst = 0; burst < 7; burst++) {
        const event = message(++n)
        archive.record(event).then(() => { writeSync(1, event.uid + '\\n') })
      }
    }, 1)`)
  const acknowledged: string[] = []
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line)
    if (acknowledged.length === 500) child.kill('SIGKILL')
  }
  const { spool, close } = open(path)
  const found = spool.read(LOUNGE, ALL).map(({ event }) => event.uid)
  assert.ok(acknowledged.length >= 500)
  assert.deepEqual(found.slice(0, acknowledged.length), acknowledged)
  assert.equal(spool.status().events, found.length)
  close()
})

/** As a full disk would: a statement that does this fails. */
function breakWrites (path: string, ...when: readonly string[]): void {
  open(path).close()
  const db = new Database(path)
  for (const [n, what] of when.entries()) db.exec(`CREATE TRIGGER full${n} ${what} BEGIN SELECT RAISE(ABORT, 'disk is full'); END`)
  db.close()
}

function runChild (script: string) {
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'inherit']
  })
}
