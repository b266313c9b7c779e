import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { createAmender } from '../../src/archive/amender.ts'
import { createRemovals } from '../../src/archive/removals.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { ArchiveStore, LoggedRemoval } from '../../src/archive/store.ts'
import { silentLogger } from '../../src/log.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { ArchivedEvent, RoomEvent, Uid, Via } from '../../src/model/event.ts'
import { at, join, LOUNGE, message } from './sample-events.ts'

/** Long after all that is said here. */
const NOW = at(86_400)

interface Stage {
  readonly store: ArchiveStore
  readonly hear: (...events: RoomEvent[]) => Promise<void>
  readonly get: (uid: Uid) => Promise<ArchivedEvent>
  readonly log: () => Promise<LoggedRemoval[]>
}

interface Setting {
  readonly via?: Via
  readonly keptSince?: ArchiveTime
}

function setStage (t?: TestContext, { via = 'catch-up', keptSince }: Setting = {}): Stage {
  const store = createSqliteStore({ path: ':memory:' })
  t?.after(() => store.close())
  const removals = createRemovals({ store, cutStanza: () => '<message/>', onRemoved: async () => {}, now: () => NOW })
  const presenceKeptSince = (): ArchiveTime | undefined => keptSince
  const amender = createAmender({ store, removals, onAmended () {}, startedAt: at(-100), presenceKeptSince, log: silentLogger })
  return {
    store,
    async hear (...events) {
      // As a rule as catch-up and imports bring them, in any order.
      await store.append(events.map(event => ({ ...event, via })))
      await amender.advance()
      assert.equal(amender.problem(), undefined)
    },
    async get (uid) {
      const event = await store.get(LOUNGE, uid)
      assert.ok(event !== undefined)
      return event
    },
    async log () {
      const lines: LoggedRemoval[] = []
      for await (const batch of store.removals()) lines.push(...batch.map(({ cursor: _, ...line }) => line))
      return lines
    }
  }
}

const bob = { nick: 'bob', occupant: 'bob-occupant' }
const HERE = { occupant: 'alice-occupant' }
const original = message(0, { ...HERE, message: 'm0', body: 'helo wrld' })
const correction = message(60, { ...HERE, replaces: 'm0', message: 'm1', body: 'hello world' })

test('a correction counts on the page of the original, and is no message of its own', async t => {
  const { hear, get } = setStage(t)
  await hear(original)
  await hear(correction)
  const { body, standing } = await get('uid-0')
  assert.deepEqual([body, standing], ['helo wrld', { latest: { body: 'hello world', uid: 'uid-60', time: at(60) }, edits: 1 }])
  assert.equal((await get('uid-60')).appliesTo, 'uid-0')
})

test('a correction that was recorded before its original counts as well', async t => {
  const { hear, get } = setStage(t)
  await hear(correction)
  assert.equal((await get('uid-60')).appliesTo, undefined)
  await hear(original)
  assert.deepEqual([(await get('uid-0')).standing?.latest?.body, (await get('uid-60')).appliesTo], ['hello world', 'uid-0'])
})

test('nobody corrects or retracts what somebody else said', async t => {
  const { hear, get, log } = setStage(t)
  await hear(original, message(60, { nick: 'mallory', occupant: 'mallory-occupant', replaces: 'm0', body: 'I am a fool' }),
    message(61, { nick: 'alice', occupant: 'mallory-occupant', retracts: 'uid-0', body: 'gone' }),
    message(62, { nick: 'alice', retracts: 'uid-0', body: 'gone' }))
  const { body, standing, removed } = await get('uid-0')
  assert.deepEqual([body, standing, removed], ['helo wrld', undefined, undefined])
  for (const uid of ['uid-60', 'uid-61', 'uid-62']) assert.equal((await get(uid)).appliesTo, undefined)
  assert.deepEqual(await log(), [])
})

test('where the room gives no occupant ids, a nick that was given up in between is another person', async t => {
  const said = message(0, { message: 'm0' })
  const corrected = message(60, { replaces: 'm0', body: 'better' })
  const between: ReadonlyArray<readonly [string, RoomEvent[], boolean]> = [
    ['nothing', [], true],
    ['another one leaves', [join(30, { kind: 'leave', nick: 'bob' })], true],
    ['she leaves', [join(30, { kind: 'leave' })], false],
    ['she changes her nick', [join(30, { kind: 'nick', newNick: 'bob' })], false],
    ['she is in a crowd that leaves', [join(30, { kind: 'leave', nick: '', crowd: [{ nick: 'bob' }, { nick: 'alice' }] })], false],
    ['a crowd without her leaves', [join(30, { kind: 'leave', nick: '', crowd: [{ nick: 'bob' }] })], true],
    ['she leaves later', [join(90, { kind: 'leave' })], true],
    ['the room is destroyed', [join(30, { kind: 'destroy', nick: '' })], false]
  ]
  for (const [what, events, counts] of between) {
    const { hear, get } = setStage(t)
    await hear(join(-10), said, ...events, corrected)
    assert.equal((await get('uid-0')).standing?.latest?.body, counts ? 'better' : undefined, what)
  }
  const live = setStage(t, { via: 'live' })
  await live.hear(said, corrected)
  assert.equal((await live.get('uid-0')).standing?.latest?.body, 'better', 'nobody came or went since we listen')
  const short = setStage(t, { via: 'live', keptSince: at(10) })
  await short.hear(join(-10), said, corrected)
  assert.equal((await short.get('uid-0')).standing, undefined, 'who left then is not kept')
  const kept = setStage(t)
  await kept.hear(said, join(30, { nick: 'bob' }), corrected)
  assert.equal((await kept.get('uid-0')).standing, undefined, 'comings and goings of that time are not kept any more')
  const { hear, get, store } = setStage(t)
  await store.putGaps([{ room: LOUNGE, from: at(20), to: at(40), cause: 'disconnected', filled: at(50) }])
  await hear(join(-10), said, corrected)
  assert.equal((await get('uid-0')).standing, undefined, 'nobody listened in between')
})

test('a retraction leaves a tombstone of the message and all its forms, cuts quotes of it, and is in the log', async t => {
  const { hear, get, log } = setStage(t)
  await hear(original, correction,
    message(70, { ...bob, repliesTo: 'uid-0', body: '> hello world\nhello you', stanza: '<message>hello world</message>' }),
    message(71, { ...bob, reactsTo: 'uid-0', reactions: ['👍'] }))
  assert.deepEqual((await get('uid-0')).standing?.reactions, [{ reaction: '👍', count: 1, nicks: ['bob'] }])
  assert.deepEqual((await get('uid-70')).answered, { latest: 'uid-60' })
  await hear(message(80, { ...HERE, retracts: 'uid-0', body: 'I take it back', fallback: [{ for: 'urn:xmpp:message-retract:1' }] }))
  for (const uid of ['uid-0', 'uid-60']) {
    const { removed, body, standing, nick, occupant } = await get(uid)
    assert.deepEqual([removed, body, standing], [{ by: 'author', time: at(80), retraction: 'uid-80' }, undefined, undefined])
    assert.deepEqual([nick, occupant], ['alice', HERE.occupant])
  }
  const reply = await get('uid-70')
  assert.deepEqual([reply.body, reply.answered, reply.stanza], ['hello you', { isRemoved: true }, '<message/>'])
  assert.equal((await get('uid-80')).appliesTo, 'uid-0')
  assert.deepEqual(await log(), [{ time: NOW, room: LOUNGE, by: 'author', uids: ['uid-0', 'uid-60'], count: 2 }])
})

test('a correction is not forgotten behind a thousand reactions', async t => {
  const { hear, get } = setStage(t)
  await hear(original, correction)
  const reactions = Array.from({ length: 1_100 }, (_, n) => message(70 + n, { nick: `n${n}`, occupant: `o${n}`, reactsTo: 'uid-0', reactions: ['👍'] }))
  await hear(...reactions)
  const { standing } = await get('uid-0')
  assert.deepEqual([standing?.latest?.body, standing?.reactions?.[0]?.count], ['hello world', 1_100])
  await hear(message(9_000, { ...HERE, retracts: 'uid-0' }))
  assert.deepEqual([(await get('uid-0')).body, (await get('uid-60')).body], [undefined, undefined])
})

test('nobody makes a correction forgotten by naming the message again and again', async t => {
  const { hear, get } = setStage(t)
  await hear(original, correction)
  const mallory = { nick: 'mallory', occupant: 'mallory-occupant', replaces: 'm0' }
  await hear(...Array.from({ length: 5_000 }, (_, n) => message(70 + n / 10, mallory)))
  assert.equal((await get('uid-0')).standing?.latest?.body, 'hello world')
})

test('all forms go with a message, also where each names the one before, and whichever is taken back', async t => {
  const forms = Array.from({ length: 20 }, (_, n) => message(n + 1, { ...HERE, message: `m${n + 1}`, replaces: `m${n}`, body: `secret ${n}` }))
  for (const retracts of ['uid-0', 'uid-7', 'uid-20']) {
    const { hear, store } = setStage(t)
    await hear(original)
    for (const form of forms) await hear(form)
    await hear(message(80, { ...HERE, retracts }))
    const { events } = await store.page(LOUNGE, { stream: 'talk', limit: 100 })
    assert.deepEqual(events.filter(({ uid, removed }) => uid !== 'uid-80' && removed === undefined), [])
  }
})

test('the work for one more reaction or correction does not grow with all that was said before', async t => {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const removals = createRemovals({ store, cutStanza: text => text, onRemoved: async () => {} })
  let work = 0
  const amender = createAmender({
    store: {
      ...store,
      async referring (room, ids, before) {
        work++
        return store.referring(room, ids, before)
      },
      async revise (room, uid, change) {
        work++
        return store.revise(room, uid, change)
      }
    },
    removals,
    onAmended () {},
    startedAt: at(-100),
    presenceKeptSince: () => undefined,
    log: silentLogger
  })
  const { body: _, ...silent } = message(0)
  const reaction = (n: number): RoomEvent =>
    ({ ...silent, time: at(n), uid: `r${n}`, nick: `n${n}`, occupant: `o${n}`, reactsTo: 'uid-0', reactions: ['👍'] })
  await store.append([original, ...Array.from({ length: 100 }, (_, n) => reaction(100 + n))])
  // Some programs give the same id to all that they say.
  await store.append(Array.from({ length: 100 }, (_, n) => message(300 + n, { ...bob, message: 'same' })))
  for (const event of [reaction(500), message(501, { ...bob, message: 'x', replaces: 'same' })]) {
    await amender.advance()
    work = 0
    await store.append([event])
    await amender.advance()
    assert.ok(work > 0 && work < 20, `${work} calls for ${event.uid}`)
  }
  assert.equal((await store.get(LOUNGE, 'uid-399'))?.standing?.latest?.uid, 'uid-501')
})

test('what is heard live counts at once, without a look for what was said of it before', async t => {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const looks: string[][] = []
  const removals = createRemovals({ store, cutStanza: text => text, onRemoved: async () => {} })
  const amender = createAmender({
    store: {
      ...store,
      async referring (room, ids, before) {
        looks.push([...ids])
        return store.referring(room, ids, before)
      }
    },
    removals,
    onAmended () {},
    startedAt: at(-100),
    presenceKeptSince: () => undefined,
    log: silentLogger
  })
  await store.append([original, message(5), message(6)])
  await amender.advance()
  assert.deepEqual(looks, [])
  await store.append([correction])
  await amender.advance()
  assert.equal((await store.get(LOUNGE, 'uid-0'))?.standing?.latest?.body, 'hello world')
})

test('a reply knows whether what it answers is in the record', async t => {
  const { hear, get } = setStage(t)
  await hear(message(70, { ...bob, repliesTo: 'uid-0' }))
  assert.equal((await get('uid-70')).answered, undefined)
  await hear(original)
  assert.deepEqual((await get('uid-70')).answered, {})
})

test('a reaction that is removed does not count any more', async t => {
  const { hear, get, store } = setStage(t)
  await hear(original, message(70, { ...bob, reactsTo: 'uid-0', reactions: ['👍'] }))
  assert.equal((await get('uid-0')).standing?.reactions?.length, 1)
  const removals = createRemovals({ store, cutStanza: text => text, onRemoved: async () => {} })
  await removals.remove(LOUNGE, ['uid-70'], { by: 'administrator', time: at(80) })
  await hear()
  assert.equal((await get('uid-0')).standing, undefined)
})

test('a reply by the id attribute loses its quote where it quotes what was removed, and only there', async t => {
  const { hear, get } = setStage(t)
  const marked = [{ for: 'urn:xmpp:reply:0', start: 0, end: 12 }]
  await hear(original, message(70, { ...bob, repliesTo: 'm0', body: '> helo wrld\nyes', fallback: marked }),
    message(71, { ...bob, repliesTo: 'm0', body: '> another!!\nyes', fallback: marked }))
  await hear(message(80, { ...HERE, retracts: 'uid-0' }))
  assert.deepEqual([(await get('uid-70')).body, (await get('uid-71')).body], ['yes', '> another!!\nyes'])
})

test('who corrects his reply later brings no quote back, marked as it is', async t => {
  const { hear, get } = setStage(t)
  const fallback = [{ for: 'urn:xmpp:reply:0', start: 0, end: 12 }]
  await hear(original, message(70, { ...bob, message: 'b0', repliesTo: 'uid-0', body: '> helo wrld\nyes', fallback }))
  await hear(message(80, { ...HERE, retracts: 'uid-0' }))
  await hear(message(90, { ...bob, replaces: 'b0', body: '> helo wrld\nno', fallback }))
  assert.deepEqual([(await get('uid-70')).standing?.latest?.body, (await get('uid-90')).body], ['no', 'no'])
})

test('of two messages that replace each other one is shown', async t => {
  const { hear, get } = setStage(t)
  await hear(message(0, { ...HERE, message: 'a', replaces: 'b', body: 'one' }), message(1, { ...HERE, message: 'b', replaces: 'a', body: 'two' }))
  const shown = [await get('uid-0'), await get('uid-1')].filter(({ appliesTo }) => appliesTo === undefined)
  assert.equal(shown.length, 1)
})

test('moderation counts when the room itself tells it, with reason and moderator, and removes a corrected message whole', async t => {
  const { hear, get, log } = setStage(t)
  await hear(original, correction, message(80, { nick: '', retracts: 'uid-60', reason: 'rude', actor: 'carol' }))
  const removed = { by: 'moderator', time: at(80), retraction: 'uid-80', reason: 'rude', moderator: 'carol' }
  assert.deepEqual([(await get('uid-0')).removed, (await get('uid-60')).removed], [removed, removed])
  assert.deepEqual((await log()).map(({ actor, reason, uids }) => [actor, reason, uids]), [['carol', 'rude', ['uid-0', 'uid-60']]])
})

test('what comes late to a removed message is removed as well: a correction, a quote', async t => {
  const { hear, get } = setStage(t)
  await hear(original, message(80, { ...HERE, retracts: 'uid-0' }))
  await hear({ ...correction, via: 'catch-up' }, message(70, {
    nick: 'bob', repliesTo: 'uid-0', body: '> hello world\nhello you', fallback: [{ for: 'urn:xmpp:reply:0', start: 0, end: 14 }]
  }))
  assert.equal((await get('uid-60')).removed?.by, 'author')
  assert.deepEqual([(await get('uid-70')).body, (await get('uid-70')).answered], ['hello you', { isRemoved: true }])
})

test('in whatever order and batches it is recorded, the outcome is the same', async () => {
  const quote = { for: 'urn:xmpp:reply:0', start: 0, end: 14 }
  const said = [
    original, correction,
    message(61, { ...HERE, replaces: 'm1', body: 'hello worlds', message: 'm2' }),
    message(62, { nick: 'mallory', occupant: 'mallory-occupant', replaces: 'm0', body: 'forged' }),
    message(63, { ...bob, reactsTo: 'uid-0', reactions: ['👍'] }),
    message(64, { ...bob, reactsTo: 'uid-0', reactions: ['🎉', '👍'] }),
    message(65, { ...bob, repliesTo: 'uid-0', body: '> hello world\nyes', message: 'm5', fallback: [quote] }),
    message(66, { ...bob, replaces: 'm5', repliesTo: 'uid-0', body: '> hello world\nno', fallback: [quote] })
  ]
  const retraction = message(80, { ...HERE, retracts: 'uid-0' })
  const nine = { minLength: 9, maxLength: 9 }
  const order = fc.tuple(fc.boolean(), fc.array(fc.nat(), nine), fc.array(fc.integer({ min: 1, max: 4 }), nine))

  async function outcome (events: readonly RoomEvent[], sizes: readonly number[]): Promise<unknown> {
    const stage = setStage()
    try {
      for (let from = 0, n = 0; from < events.length; n++) {
        const size = sizes[n] ?? 1
        await stage.hear(...events.slice(from, from + size))
        from += size
      }
      const { events: recorded } = await stage.store.page(LOUNGE, { stream: 'talk', limit: 100 })
      return recorded.map(({ anchor: _, ...event }) => event)
    } finally {
      await stage.store.close()
    }
  }

  await fc.assert(fc.asyncProperty(order, async ([isRetracted, keys, sizes]) => {
    const events = isRetracted ? [...said, retraction] : said
    const shuffled = events.map((event, n) => [keys[n] ?? 0, event] as const)
      .sort(([one], [other]) => one - other).map(([, event]) => event)
    assert.deepEqual(await outcome(shuffled, sizes), await outcome(events, [events.length]))
  }), { numRuns: 60 })
})

test('who was stopped in the middle goes on where the mark stands, and asking again changes nothing', async t => {
  const { hear, get, store } = setStage(t)
  await hear(original, correction)
  const { revision } = (await store.day(LOUNGE, '2026-11-21' as never))!
  const removals = createRemovals({ store, cutStanza: text => text, onRemoved: async () => {} })
  // As it is after a kill before the mark was set.
  const anew = createAmender({
    store: { ...store, mark: async () => undefined },
    removals,
    onAmended () { assert.fail('something changed') },
    startedAt: at(-100),
    presenceKeptSince: () => undefined,
    log: silentLogger
  })
  await anew.advance()
  assert.equal(anew.problem(), undefined)
  assert.equal((await store.day(LOUNGE, '2026-11-21' as never))!.revision, revision)
  assert.equal((await get('uid-0')).standing?.edits, 1)
})
