import assert from 'node:assert/strict'
import test from 'node:test'
import { createTurns } from '../../src/mam/turns.ts'

const MOST = { atOncePerKey: 2, atOnce: 3, waitingPerKey: 2, waiting: 4 }

/** Work that ends when it is told to, and says when it begins. */
function setUp (most = MOST) {
  const turns = createTurns(most)
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const run = (key: string, name: string) => turns.run(key, async () => new Promise<string>((resolve, reject) => {
    begun.push(name)
    ends.set(name, error => { if (error === undefined) resolve(name); else reject(error) })
  }))
  return { run, begun, end: (name: string, error?: Error) => { ends.get(name)?.(error) } }
}

test('what one key wants at once has a limit; the rest comes in its order, and others pass meanwhile', async () => {
  const { run, begun, end } = setUp()
  const all = [run('a', 'a1'), run('a', 'a2'), run('a', 'a3'), run('a', 'a4'), run('b', 'b1')]
  assert.deepEqual(begun, ['a1', 'a2', 'b1'])
  end('a2')
  await all[1]
  assert.deepEqual(begun, ['a1', 'a2', 'b1', 'a3'])
  for (const name of ['a1', 'a3', 'b1']) end(name)
  await all[0]
  await all[2]
  end('a4')
  assert.deepEqual(await Promise.all(all.map(async done => done)), ['a1', 'a2', 'a3', 'a4', 'b1'])
})

test('what all want at once has a limit', async () => {
  const { run, begun, end } = setUp()
  const all = ['a', 'b', 'c', 'd'].map(key => run(key, key))
  assert.deepEqual(begun, ['a', 'b', 'c'])
  end('b')
  await all[1]
  assert.deepEqual(begun, ['a', 'b', 'c', 'd'])
  for (const name of begun) end(name)
  await Promise.all(all.map(async done => done))
})

test('who has too much waiting is refused, and is taken again later', async () => {
  const { run, end } = setUp()
  const all = ['a1', 'a2', 'a3', 'a4'].map(name => run('a', name))
  assert.equal(run('a', 'a5'), false)
  end('a1')
  await all[0]
  assert.notEqual(run('a', 'a6'), false)
  assert.equal(run('a', 'a7'), false)
})

test('when too much waits of all, anyone who would have to wait is refused', () => {
  const { run } = setUp()
  for (const name of ['a1', 'b1', 'c1', 'd1', 'e1', 'f1', 'g1']) assert.notEqual(run(name.slice(0, 1), name), false)
  assert.equal(run('h', 'h1'), false)
})

test('work that fails makes room as any other', async () => {
  const { run, begun, end } = setUp({ ...MOST, atOncePerKey: 1 })
  const [first, second] = [run('a', 'a1'), run('a', 'a2')]
  end('a1', new Error('broken'))
  await assert.rejects(async () => first, { message: 'broken' })
  assert.deepEqual(begun, ['a1', 'a2'])
  end('a2')
  assert.equal(await second, 'a2')
})
