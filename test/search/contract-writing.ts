import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { eventId } from '../../src/model/event.ts'
import { LOUNGE } from '../helpers/events.ts'
import { OTHER, add, ask, at, found, recorded, talk } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

export function writingContract (engine: IndexUnderTest): void {
  test('an empty index has no checkpoint and finds nothing', async t => {
    const index = await engine.open(t)
    assert.equal(await index.checkpoint(), undefined)
    assert.deepEqual(await ask(index, 'hello'), { hits: [], total: 0, totalIsExact: true, complete: true })
  })

  test('changes are found at once and the checkpoint moves with them', async t => {
    const index = await engine.open(t)
    const [event] = talk('hello world')
    assert.ok(event)
    assert.equal(await index.apply([{ id: event._id, event }], undefined, 'one'), true)
    assert.equal(await index.checkpoint(), 'one')
    assert.deepEqual((await ask(index, 'world')).hits, [event._id])
  })

  test('an empty change list moves the checkpoint', async t => {
    const index = await engine.open(t)
    assert.equal(await index.apply([], undefined, 'one'), true)
    assert.equal(await index.checkpoint(), 'one')
  })

  test('nothing happens when the checkpoint is not the expected one', async t => {
    const index = await engine.open(t)
    const [event] = talk('hello')
    assert.ok(event)
    await index.apply([], undefined, 'one')
    for (const from of [undefined, 'zero', 'two']) {
      assert.equal(await index.apply([{ id: event._id, event }], from, 'two'), false)
    }
    assert.equal(await index.checkpoint(), 'one')
    assert.deepEqual((await ask(index, 'hello')).hits, [])
  })

  test('applying the same changes again changes nothing', async t => {
    const index = await engine.open(t)
    const events = talk('one apple', 'two apples', 'a pear')
    for (let round = 0; round < 3; round++) await add(index, events)
    const page = await ask(index, '"apple"')
    assert.deepEqual(page, { hits: [events[0]?._id], total: 1, totalIsExact: true, complete: true })
    assert.equal((await ask(index, 'in:lounge')).total, 3)
  })

  test('a replaced event is found by its new words only', async t => {
    const index = await engine.open(t)
    const events = talk('the old text', 'another')
    await add(index, events)
    await add(index, [{ ...events[0], body: 'the new text', nick: 'bob' } as typeof events[0] & object])
    assert.deepEqual((await ask(index, 'old')).hits, [])
    assert.deepEqual((await ask(index, 'new from:bob')).hits, [events[0]?._id])
    assert.deepEqual((await ask(index, 'new from:alice')).hits, [])
  })

  test('a removed event, a tombstone and an event taken out leave no posting', async t => {
    const index = await engine.open(t)
    const events = talk('secret one', 'secret two', 'secret three', 'secret four')
    await add(index, events)
    const [one, two, three, four] = events
    assert.ok(one && two && three && four)
    const { body: _, ...tombstone } = one
    await add(index, [{ ...tombstone, removed: { by: 'author', time: at(0) } }])
    await add(index, [{ ...two, removed: { by: 'moderator', time: at(0) } }])
    assert.equal(await index.apply([{ id: three._id, event: undefined }], await index.checkpoint(), 'out'), true)
    assert.deepEqual((await ask(index, 'secret')).hits, [four._id])
    assert.equal((await ask(index, 'in:lounge')).total, 1)
  })

  test('the word that stands beside an encrypted text is not found', async t => {
    const index = await engine.open(t)
    const [plain, encrypted] = talk('unreadable here', 'unreadable there')
    assert.ok(plain && encrypted)
    await add(index, [plain, { ...encrypted, encrypted: 'urn:xmpp:omemo:2' }])
    assert.deepEqual((await ask(index, 'unreadable')).hits, [plain._id])
  })

  test('of what claims to retract and does not, what it says is found, and what stands in for the claim is not', async t => {
    const index = await engine.open(t)
    const claim = { retracts: 'no such message', body: 'I take back pears', time: at(1) }
    const said = recorded(claim)
    const empty = recorded({ ...claim, time: at(2), fallback: [{ for: 'urn:xmpp:message-retract:1' }] })
    const valid = { ...recorded({ ...claim, time: at(3) }), appliesTo: 'another' }
    await add(index, [said, empty, valid])
    assert.deepEqual((await ask(index, 'pears')).hits, [said._id])
  })

  test('taking out what was never indexed is no error', async t => {
    const index = await engine.open(t)
    const id = eventId(LOUNGE, 'talk', at(5))
    assert.equal(await index.apply([{ id, event: undefined }], undefined, 'one'), true)
  })

  test('messages and subjects are found, empty texts and what is no talk are not', async t => {
    const index = await engine.open(t)
    const events = [
      recorded({ body: 'word in a message', time: at(1) }),
      recorded({ kind: 'subject', body: 'word in a subject', time: at(2) }),
      recorded({ kind: 'leave', reason: 'word in a reason', body: 'word', time: at(3) }),
      recorded({ kind: 'subject', body: '', time: at(4) }),
      recorded({ kind: 'message', reactions: ['👍'], reactsTo: 'uid-1', body: '', time: at(5) })
    ]
    await add(index, events)
    for (const streams of [undefined, ['talk'], ['talk', 'presence']] as const) {
      const request = streams === undefined ? {} : { streams }
      assert.deepEqual(await found(index, events, 'word', request), ['word in a message', 'word in a subject'])
      for (const query of ['in:lounge', 'from:alice', 'after:2020', 'after:2020 -nothing']) assert.equal((await ask(index, query, request)).total, 2, query)
    }
  })

  test('a presence event at the time of a message leaves the message alone', async t => {
    const index = await engine.open(t)
    const said = recorded({ body: 'hello', time: at(0) })
    await add(index, [said])
    await add(index, [recorded({ kind: 'join', time: at(0) })])
    assert.equal(await index.apply([{ id: eventId(LOUNGE, 'presence', at(0)), event: undefined }], await index.checkpoint(), 'x'), true)
    assert.deepEqual((await ask(index, 'hello')).hits, [said._id])
  })

  test('clear() empties the index, checkpoint included, and it can be filled again', async t => {
    const index = await engine.open(t)
    const events = [...talk('hello'), recorded({ body: 'hello', room: OTHER, nick: 'bob', time: at(9) })]
    await add(index, events)
    await index.clear()
    assert.equal(await index.checkpoint(), undefined)
    assert.deepEqual((await ask(index, 'hello')).hits, [])
    await add(index, [...events].reverse())
    assert.deepEqual((await ask(index, 'hello from:bob')).hits, [events[1]?._id])
    assert.equal((await ask(index, 'hello')).total, 2)
  })

  test('a closed index refuses and closes again without complaint', async t => {
    const index = await engine.open(t)
    await index.close()
    await index.close()
    for (const call of [() => index.checkpoint(), () => ask(index, 'x'), () => index.apply([], undefined, 'x'), () => index.clear()]) {
      await assert.rejects(call, { code: 'ERR_SEARCH' })
    }
  })
}
