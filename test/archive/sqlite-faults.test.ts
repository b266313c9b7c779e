import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { at, LOUNGE, message, messages } from './sample-events.ts'
import { startChild } from './sqlite-children.ts'
import { allTalk, uids } from './store-under-test.ts'

const GAP = { room: LOUNGE, from: at(0), cause: 'stopped' } as const

function directory (t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'hansard-faults-'))
  t.after(() => { rmSync(path, { recursive: true, force: true }) })
  return path
}

function open (t: TestContext, path: string, busyTimeoutMs?: number): ArchiveStore {
  const store = createSqliteStore({ path, ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }) })
  t.after(() => store.close())
  return store
}

async function outOfReach (work: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(work, { code: 'ERR_STORE_UNAVAILABLE', message })
}

test('while another process holds the write lock appending is out of reach and reading works', async t => {
  const path = join(directory(t), 'record.db')
  const store = open(t, path, 50)
  const [recorded] = await store.append([message(0)])
  const other = await startChild(t, path)
  await other.tell({ do: 'lock' })
  for (const write of [
    () => store.append([message(1)]), () => store.revise(LOUNGE, 'uid-0', event => event), () => store.scrub(LOUNGE, ['uid-0'], event => event),
    () => store.logRemoval({ time: at(0), room: LOUNGE, by: 'author', count: 0 }), () => store.setMark('x', '0' as never), () => store.purge(LOUNGE, at(0)), () => store.putGaps([GAP])
  ]) await outOfReach(write(), /record\.db: another process keeps it locked/)
  await store.ping()
  assert.deepEqual(await allTalk(store, LOUNGE), [recorded?.event])
  await other.tell({ do: 'unlock' })
  assert.deepEqual((await store.append([message(1)])).map(({ isNew }) => isNew), [true])
  assert.equal((await allTalk(store, LOUNGE)).length, 2)
})

test('the program goes on while a write waits for the lock, and the write is done once it is free', async t => {
  const path = join(directory(t), 'record.db')
  const store = open(t, path, 60_000)
  await store.append([message(0)])
  const other = await startChild(t, path)
  await other.tell({ do: 'lock' })
  let isDone = false
  const writes = Promise.all([store.append([message(1)]), store.append([message(2)]), store.putGaps([GAP])]).then(() => { isDone = true })
  assert.equal((await store.page(LOUNGE, { stream: 'talk', limit: 9 })).events.length, 1)
  assert.equal(isDone, false)
  // Were this process held up, the order could not leave it.
  await other.tell({ do: 'unlock' })
  await writes
  assert.deepEqual(uids(await allTalk(store, LOUNGE)), ['uid-0', 'uid-1', 'uid-2'])
  assert.deepEqual(await store.gaps(LOUNGE), [GAP])
})

test('a store that is closed while a write waits for the lock waits no longer than the write', async t => {
  const path = join(directory(t), 'record.db')
  const store = open(t, path, 50)
  const other = await startChild(t, path)
  await other.tell({ do: 'lock' })
  const writes = [outOfReach(store.append([message(1)]), /locked/), assert.rejects(store.putGaps([GAP]))]
  await store.close()
  await Promise.all(writes)
})

test('an import by another process and what is heard meanwhile are both recorded', async t => {
  const path = join(directory(t), 'record.db')
  const store = open(t, path, 60_000)
  const other = await startChild(t, path)
  const batches = 10
  await other.tell({ do: 'import', batches })
  const ended = (async () => { while ((await other.next()).batch !== batches); })()
  let heard = 0
  while (await Promise.race([ended.then(() => false), store.append([message(heard)]).then(() => true)])) heard++
  assert.ok(heard > 0)
  await ended
  await store.append([message(heard)])
  assert.equal(await store.count(LOUNGE, { stream: 'talk' }), batches * 1000 + heard + 1)
})

test('at a limit of the file size appending is out of reach, and goes on when there is room again', {
  skip: spawnSync('prlimit', ['--version']).error === undefined ? false : 'prlimit (util-linux) is not there; the test of a full disk needs it'
}, async t => {
  const path = join(directory(t), 'record.db')
  const child = await startChild(t, path)
  assert.deepEqual(await child.tell({ do: 'append', seconds: [0, 1] }), { fresh: 2 })
  const limit = (size: number | string): void => {
    const { status, stderr } = spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${size}:`], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  }
  limit(statSync(`${path}-wal`).size + 5000)
  const many = Array.from({ length: 50 }, (_, n) => n)
  for (let n = 0; n < 2; n++) {
    const { code, text } = await child.tell({ do: 'append', seconds: many })
    assert.equal(code, 'ERR_STORE_UNAVAILABLE')
    assert.match(text ?? '', /record\.db: the disk reports an error.*limit or quota/)
  }
  limit('unlimited')
  assert.deepEqual(await child.tell({ do: 'append', seconds: many }), { fresh: 48 })
  assert.equal((await allTalk(open(t, path), LOUNGE)).length, 50)
})

const mountPoint = mkdtempSync(join(tmpdir(), 'hansard-full-'))
const mount = (place: string): number | null => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'hansard-test', place]).status
const canMount = mount(mountPoint) === 0
if (canMount) spawnSync('umount', [mountPoint])
rmSync(mountPoint, { recursive: true })

/** A file system of its own, of 3 MB. */
function smallDisk (t: TestContext): string {
  const disk = mkdtempSync(join(tmpdir(), 'hansard-full-'))
  assert.equal(mount(disk), 0)
  t.after(() => {
    spawnSync('umount', [disk])
    rmSync(disk, { recursive: true })
  })
  return disk
}

test('on a full disk appending is out of reach, reading works, and it goes on when there is room again', {
  skip: canMount ? false : 'this user may not mount a small disk; the limit of the file size above shows the same'
}, async t => {
  const disk = smallDisk(t)
  const store = createSqliteStore({ path: join(disk, 'record.db') })
  try {
    await store.append(messages(3))
    writeFileSync(join(disk, 'filler'), 'x'.repeat(2_000_000))
    const big = messages(1500, { body: 'x'.repeat(1000) }).slice(3)
    for (let n = 0; n < 2; n++) {
      await outOfReach(store.append(big), /record\.db: the disk is full; free some space/)
      assert.equal((await allTalk(store, LOUNGE)).length, 3)
    }
    unlinkSync(join(disk, 'filler'))
    const small = big.slice(0, 300)
    assert.ok((await store.append(small)).every(({ isNew }) => isNew))
    assert.equal((await allTalk(store, LOUNGE)).length, 303)
  } finally {
    await store.close()
  }
})

test('a file that this user may not write is refused with a word on what to do', async t => {
  const here = directory(t)
  const path = join(here, 'record.db')
  const store = createSqliteStore({ path })
  await store.append([message(0)])
  await store.close()
  chmodSync(path, 0o444)
  chmodSync(here, 0o555)
  // Nothing is forbidden to root.
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65534)
  try {
    assert.throws(() => createSqliteStore({ path }), { code: 'ERR_STORE_UNAVAILABLE', message: /record\.db: .*check (its|the path and its) permissions/ })
  } finally {
    if (isRoot) process.seteuid?.(0)
    chmodSync(here, 0o755)
    chmodSync(path, 0o644)
  }
  assert.equal((await open(t, path).append([message(1)]))[0]?.isNew, true)
})

const MOVED = /was moved, deleted or replaced while in use; put it back, or restart/
const THEFTS: ReadonlyArray<readonly [name: string, steal: (path: string) => void]> = [
  ['moved', path => { renameSync(path, `${path}.away`) }],
  ['moved, and a copy put in its place', path => {
    renameSync(path, `${path}.away`)
    copyFileSync(`${path}.away`, path)
  }],
  ['moved, and the directory with it', path => { renameSync(join(path, '..'), `${join(path, '..')}.away`) }]
]

for (const [name, steal] of THEFTS) {
  test(`a file that is ${name}: what is appended is not taken for recorded; once it is back, appending goes on`, async t => {
    const here = directory(t)
    const path = join(here, 'data', 'record.db')
    const store = open(t, path)
    await store.append([message(0)])
    steal(path)
    for (const write of [() => store.append([message(1)]), () => store.putGaps([GAP]), () => store.ping()]) await outOfReach(write(), MOVED)
    spawnSync('sh', ['-c', 'if [ -d data.away ]; then mv data.away data; else mv data/record.db.away data/record.db; fi'], { cwd: here })
    await store.append([message(1), message(2)])
    assert.deepEqual(uids(await allTalk(store, LOUNGE)), ['uid-0', 'uid-1', 'uid-2'])
    await store.ping()
  })
}

for (const suffix of ['', '-wal']) {
  test(`a deleted ${suffix === '' ? 'file' : 'write-ahead log'}: what is appended is not taken for recorded, also after a restart`, async t => {
    const path = join(directory(t), 'record.db')
    const store = open(t, path)
    await store.append([message(0)])
    unlinkSync(path + suffix)
    await outOfReach(store.append([message(1)]), MOVED)
    await store.close()
    const again = open(t, path)
    assert.equal((await again.append([message(2)]))[0]?.isNew, true)
    assert.ok(uids(await allTalk(again, LOUNGE)).includes('uid-2'))
  })
}

test('a file that was damaged while in use is out of reach, so that no event is refused for it', async t => {
  const path = join(directory(t), 'record.db')
  const first = createSqliteStore({ path })
  await first.append(messages(3000))
  await first.close()
  const store = open(t, path)
  await store.ping()
  truncateSync(path, 20_000)
  await outOfReach(store.append(messages(3000)), /record\.db: (the file is damaged|the disk reports)/)
})
