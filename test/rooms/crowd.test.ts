import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { createCrowd } from '../../src/rooms/crowd.ts'
import type { Crowd, CrowdEvent } from '../../src/rooms/crowd.ts'
import type { PresenceEvent } from '../../src/rooms/occupants.ts'

interface Stage {
  readonly crowd: Crowd
  readonly handed: Array<{ readonly event: CrowdEvent, readonly readAt: number }>
  /** How many each handed event stands for. */
  readonly sizes: () => number[]
  readonly tick: (ms: number) => void
}

function stage (t: TestContext): Stage {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const handed: Stage['handed'] = []
  return {
    crowd: createCrowd({ hand (event, readAt) { handed.push({ event, readAt }) } }),
    handed,
    sizes: () => handed.map(({ event }) => event.crowd?.length ?? 1),
    tick (ms) { t.mock.timers.tick(ms) }
  }
}

const join = (nick: string, more: object = {}): PresenceEvent => ({ kind: 'join', nick, role: 'participant', affiliation: 'none', ...more })
const leave = (nick: string, more: object = {}): PresenceEvent => ({ kind: 'leave', nick, ...more })
const CALM = Array<number>(10).fill(1)

function storm ({ crowd }: Stage, count: number, event: (n: number) => PresenceEvent, { from = 0, stepMs = 1 } = {}): void {
  for (let n = 0; n < count; n++) crowd.hear(event(n), (from + n * stepMs) * 1000)
}

test('the first ten pass at once, those that follow within the second are one event, at the time of the first of them', t => {
  const s = stage(t)
  storm(s, 25, n => join(`n${n}`, { occupant: `o${n}` }))
  assert.deepEqual(s.sizes(), CALM)
  s.tick(499)
  assert.equal(s.handed.length, 10)
  s.tick(1)
  assert.deepEqual(s.sizes(), [...CALM, 15])
  assert.deepEqual(s.handed[0], { event: join('n0', { occupant: 'o0' }), readAt: 0 })
  assert.deepEqual(s.handed[10], {
    event: {
      kind: 'join',
      nick: '',
      crowd: Array.from({ length: 15 }, (_, n) => ({ nick: `n${n + 10}`, occupant: `o${n + 10}` })),
      role: 'participant',
      affiliation: 'none'
    },
    readAt: 10_000
  })
})

test('people who come and go at their leisure are told one by one', t => {
  const s = stage(t)
  storm(s, 100, n => n % 2 === 0 ? join(`n${n}`) : leave(`n${n}`), { stepMs: 100 })
  assert.deepEqual(s.sizes(), Array(100).fill(1))
})

test('a storm that goes on does not let ten pass again in each second', t => {
  const s = stage(t)
  storm(s, 3_000, n => join(`n${n}`), { stepMs: 1 })
  s.tick(500)
  assert.deepEqual(s.sizes(), [...CALM, 1000, 1000, 990])
})

test('what trickles in without a pause is handed on within seconds', t => {
  const s = stage(t)
  storm(s, 300, n => join(`n${n}`), { stepMs: 90 })
  s.tick(500)
  assert.ok(s.sizes().every(size => size <= 56), s.sizes().join())
  assert.equal(s.sizes().reduce((sum, size) => sum + size), 300)
})

test('a crowd of one is the event itself', t => {
  const s = stage(t)
  storm(s, 11, n => leave(`n${n}`, { reason: `bye ${n}` }))
  s.crowd.flush()
  assert.deepEqual(s.handed.at(-1)?.event, leave('n10', { reason: 'bye 10' }))
})

test('what the members have in common stays, what they do not is left out', t => {
  const s = stage(t)
  storm(s, 15, n => leave(`n${n}`, { status: [332], reason: 'restart' }))
  storm(s, 5, n => leave(`m${n}`, { status: [332], reason: `bye ${n}` }), { from: 15 })
  s.tick(500)
  storm(s, 5, n => leave(`k${n}`, { status: [332], reason: 'restart' }), { from: 20 })
  s.tick(500)
  const [mixed, alike] = s.handed.slice(10).map(({ event }) => event)
  assert.deepEqual([mixed?.status, mixed?.reason, mixed?.crowd?.length], [[332], undefined, 10])
  assert.deepEqual([alike?.status, alike?.reason, alike?.crowd?.length], [[332], 'restart', 5])
})

test('who leaves for another cause is another crowd', t => {
  const s = stage(t)
  storm(s, 14, n => leave(`n${n}`, { status: [332] }))
  storm(s, 3, n => leave(`m${n}`), { from: 14 })
  s.tick(500)
  assert.deepEqual(s.handed.slice(10).map(({ event }) => [event.status, event.crowd?.length]), [[[332], 4], [undefined, 3]])
})

test('real addresses stay in the protected field, by nick, whatever the nick', t => {
  const s = stage(t)
  storm(s, 10, n => join(`n${n}`))
  s.crowd.hear({ ...join('__proto__'), private: { jid: 'a@example.org/x' } }, 10)
  s.crowd.hear(join('bob'), 11)
  s.crowd.hear({ ...join('carol'), private: { jid: 'c@example.org' } }, 12)
  s.crowd.flush()
  const { event } = s.handed[10] ?? {}
  assert.equal(JSON.stringify(event?.private), '{"jids":{"__proto__":"a@example.org/x","carol":"c@example.org"}}')
  assert.deepEqual(event?.crowd, [{ nick: '__proto__' }, { nick: 'bob' }, { nick: 'carol' }])
})

test('any other event is told after those that came before it, and never gathered', t => {
  const s = stage(t)
  storm(s, 12, n => join(`n${n}`))
  s.crowd.hear({ kind: 'kick', nick: 'n3', actor: 'alice' }, 12_000)
  storm(s, 12, n => ({ kind: n % 2 === 0 ? 'ban' : 'nick', nick: `n${n}` }), { from: 13 })
  s.crowd.hear(leave('n5'), 25_000)
  assert.deepEqual(s.sizes(), [...CALM, 2, 1, ...Array<number>(12).fill(1)])
  assert.equal(s.handed[11]?.event.kind, 'kick')
  s.crowd.flush()
  assert.equal(s.handed.at(-1)?.event.kind, 'leave')
})

test('nothing is handed on twice', t => {
  const s = stage(t)
  storm(s, 20, n => join(`n${n}`))
  s.crowd.flush()
  s.crowd.flush()
  s.tick(10_000)
  assert.deepEqual(s.sizes(), [...CALM, 10])
})

const step = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constantFrom('join', 'leave'), status: fc.constantFrom(undefined, undefined, [332], [333]), repeat: fc.integer({ min: 1, max: 40 }), stepMs: fc.integer({ min: 0, max: 150 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('kick', 'ban', 'nick', 'role', 'affiliation'), repeat: fc.constant(1), stepMs: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause'), repeat: fc.nat({ max: 1_000 }), stepMs: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush'), repeat: fc.constant(1), stepMs: fc.constant(0) }) }
)

test('nobody is lost, nobody told twice, and all in the order in which they came', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  fc.assert(fc.property(fc.array(step, { maxLength: 60, size: 'max' }), steps => {
    const told: Array<{ kind: string, nick: string, status: unknown }> = []
    const heard: typeof told = []
    const readAts: number[] = []
    const readAtOf = new Map<string, number>()
    const crowd = createCrowd({
      hand (event, readAt) {
        const members = event.crowd ?? [{ nick: event.nick }]
        assert.ok(members.length <= 1_000 && event.crowd?.length !== 1)
        assert.equal(readAt, readAtOf.get(members[0]?.nick ?? ''))
        readAts.push(readAt)
        for (const { nick } of members) told.push({ kind: event.kind, nick, status: event.status })
      }
    })
    let now = 0
    const pass = (ms: number): void => {
      now += ms * 1000
      t.mock.timers.tick(ms)
    }
    for (const { kind, repeat, stepMs, ...more } of steps) {
      if (kind === 'pause') pass(repeat)
      else if (kind === 'flush') crowd.flush()
      else {
        for (let n = 0; n < repeat; n++) {
          const status = 'status' in more ? more.status : undefined
          const nick = `n${heard.length}`
          heard.push({ kind, nick, status })
          readAtOf.set(nick, now)
          crowd.hear({ kind, nick, ...(status === undefined ? {} : { status }) }, now)
          if (kind !== 'join' && kind !== 'leave') assert.deepEqual(told.at(-1), heard.at(-1))
          pass(stepMs)
        }
      }
    }
    crowd.flush()
    assert.deepEqual(told, heard)
    assert.deepEqual(readAts, readAts.toSorted((a, b) => a - b))
  }))
})
