import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { ArchiveStore, ChangeCursor, LoggedRemoval, RemovalCursor } from '../../src/archive/store.ts'
import { ANNEX, at, LOUNGE, message } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { allChanges } from './store-under-test.ts'

type Line = LoggedRemoval & { readonly cursor: RemovalCursor }

const LINES: readonly LoggedRemoval[] = [
  { time: at(0), room: LOUNGE, by: 'author', uids: ['a', 'b'], count: 2 },
  { time: at(1), room: ANNEX, by: 'moderator', uids: ['a'], count: 1, reason: 'spam, "quoted"', actor: 'Müller' },
  { time: at(2), room: '_first@conference.example.org' as typeof LOUNGE, by: 'retention', upTo: at(-99), stream: 'presence', count: 70_000 },
  { time: at(3), room: LOUNGE, by: 'administrator', uids: [], count: 0 }
]

async function allRemovals (store: ArchiveStore, since?: RemovalCursor): Promise<Line[]> {
  const lines: Line[] = []
  for await (const batch of store.removals(since)) {
    assert.ok(batch.length > 0)
    lines.push(...batch)
  }
  return lines
}

function plain (lines: readonly Line[]): LoggedRemoval[] {
  return lines.map(({ cursor, ...line }) => line)
}

export function notesContract ({ fresh, place, open }: Contract): void {
  test('the log of removals tells every line as it was, by time, and goes on after each', async t => {
    const store = await fresh(t)
    assert.deepEqual(await allRemovals(store), [])
    for (const line of [...LINES].reverse()) await store.logRemoval(line)
    const lines = await allRemovals(store)
    assert.deepEqual(plain(lines), LINES)
    for (const [n, { cursor }] of lines.entries()) assert.deepEqual(await allRemovals(store, cursor), lines.slice(n + 1))
  })

  test('the same removal logged again is one line, another of the same time is a second', async t => {
    const store = await fresh(t)
    const [line] = LINES as [LoggedRemoval]
    for (const again of [line, { ...line }, { ...line, uids: ['a'] }, { ...line, room: ANNEX }]) await store.logRemoval(again)
    assert.equal((await allRemovals(store)).length, 3)
  })

  test('a long log is read in batches', async t => {
    const store = await fresh(t)
    const many = Array.from({ length: 620 }, (_, n): LoggedRemoval => ({ time: at(n), room: LOUNGE, by: 'author', uids: [`u${n}`], count: 1 }))
    await Promise.all(many.map(line => store.logRemoval(line)))
    assert.deepEqual(plain(await allRemovals(store)), many)
  })

  test('a follower finds its mark again, each its own, also when the record is opened again', async t => {
    const here = place(t)
    const store = await open(t, here)
    const names = ['index', 'Index', 'a/b ?%', 'é', 'e\u0301']
    for (const name of names) assert.equal(await store.mark(name), undefined)
    await store.append([message(0)])
    const cursor = await store.present()
    for (const name of names) await store.setMark(name, `${name} 1` as ChangeCursor)
    for (const name of names) await store.setMark(name, `${name} 2` as ChangeCursor)
    await store.setMark('amend', cursor)
    await store.close()
    const again = await open(t, here)
    for (const name of names) assert.equal(await again.mark(name), `${name} 2`)
    await again.append([message(1)])
    assert.deepEqual((await allChanges(again, await again.mark('amend'))).map(({ event }) => event?.uid), ['uid-1'])
  })

  test('log and marks are no events', async t => {
    const store = await fresh(t)
    await store.append([message(0)])
    const present = await store.present()
    const days = await store.days(LOUNGE)
    for (const line of LINES) await store.logRemoval(line)
    await store.setMark('amend', present)
    assert.deepEqual(await allChanges(store, present), [])
    assert.equal((await allChanges(store)).length, 1)
    assert.deepEqual(await store.days(LOUNGE), days)
    assert.deepEqual((await store.rooms()).map(({ room }) => room), [LOUNGE])
    assert.equal(await store.count(LOUNGE, { stream: 'talk' }), 1)
    assert.equal(await store.purge(LOUNGE, at(99)), 1)
    assert.equal((await allRemovals(store)).length, LINES.length)
    assert.equal(await store.mark('amend'), present)
  })
}
