import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { HansardError } from '../../src/model/errors.ts'
import type { ErrorCode } from '../../src/model/errors.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { createGroupWriter } from '../../src/archive/group-writer.ts'
import { createModel } from './model-store.ts'
import { message } from './sample-events.ts'

interface Behaviour {
  readonly maxEvents?: number
  readonly lingerMillis?: number
  readonly fails?: (event: RoomEvent) => ErrorCode | undefined
}

/** A writer whose writes are noted and end when the test says so. */
function setStage ({ maxEvents = 10, lingerMillis = 0, fails = () => undefined }: Behaviour = {}) {
  const model = createModel()
  const writes: string[][] = []
  let running = 0
  let release: Array<() => void> = []
  let isHeld = false
  const group = createGroupWriter({
    async write (events) {
      running++
      assert.equal(running, 1, 'two writes at once')
      writes.push(events.map(({ uid }) => uid))
      if (isHeld) await new Promise<void>(resolve => { release.push(resolve) })
      running--
      const code = events.map(fails).find(code => code !== undefined)
      if (code !== undefined) throw new HansardError(code, 'no')
      return events.map(event => model.append(event))
    },
    maxEvents,
    lingerMillis
  })
  return {
    group,
    writes,
    append: (...numbers: number[]) => group.append(numbers.map(n => message(n, { uid: `${n}` }))),
    hold: () => { isHeld = true },
    release: () => {
      isHeld = false
      for (const resolve of release) resolve()
      release = []
    }
  }
}

test('calls of one turn share a write and get their own results in order', async () => {
  const { append, writes } = setStage()
  const results = await Promise.all([append(1, 2), append(3), append(4, 5)])
  assert.deepEqual(writes, [['1', '2', '3', '4', '5']])
  assert.deepEqual(results.map(result => result.map(({ event }) => event.uid)), [['1', '2'], ['3'], ['4', '5']])
})

test('calls that come during a write share the next one', async () => {
  const { append, writes, hold, release } = setStage()
  hold()
  const first = append(1)
  while (writes.length === 0) await new Promise(setImmediate)
  const others = [append(2), append(3)]
  release()
  await Promise.all([first, ...others])
  assert.deepEqual(writes, [['1'], ['2', '3']])
})

test('a group ends before the call that would make it too large, a larger call goes alone', async () => {
  const { append, writes } = setStage({ maxEvents: 3 })
  await Promise.all([append(1, 2), append(3), append(4, 5, 6, 7), append(8)])
  assert.deepEqual(writes, [['1', '2', '3'], ['4', '5', '6', '7'], ['8']])
})

test('what is refused fails its own call, what is out of reach fails all', async () => {
  for (const [code, outcome] of [
    ['ERR_STORE', ['fulfilled', 'rejected', 'fulfilled']],
    ['ERR_STORE_UNAVAILABLE', ['rejected', 'rejected', 'rejected']]
  ] as const) {
    const { append } = setStage({ fails: ({ uid }) => uid === '2' ? code : undefined })
    const calls = await Promise.allSettled([append(1), append(2), append(3)])
    assert.deepEqual(calls.map(({ status }) => status), outcome)
    assert.equal((await append(4)).length, 1, 'the next call is not affected')
  }
})

test('single events soon after a write wait for company, a full group does not', async () => {
  const { append, writes } = setStage({ maxEvents: 3, lingerMillis: 100_000 })
  await append(1)
  const waiting = append(2)
  for (let n = 0; n < 5; n++) await new Promise(setImmediate)
  assert.deepEqual(writes, [['1']])
  await Promise.all([waiting, append(3, 4)])
  assert.deepEqual(writes, [['1'], ['2', '3', '4']])
})

test('closing writes at once what waits, and takes no more', async () => {
  const { append, writes, group } = setStage({ lingerMillis: 100_000 })
  await append(1)
  const waiting = append(2)
  await group.close()
  assert.equal((await waiting).length, 1)
  assert.deepEqual(writes, [['1'], ['2']])
  await assert.rejects(append(3), { code: 'ERR_STORE_CLOSED' })
  await assert.rejects(append(), { code: 'ERR_STORE_CLOSED' })
})
