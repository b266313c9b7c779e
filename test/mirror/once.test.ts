import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { formatTime } from '../../src/model/archive-time.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { textOf } from '../../src/xmpp/element.ts'
import { message } from '../helpers/events.ts'
import { ARCHIVE, MUC, NO_HISTORY, NOW, settle, setUp } from './mirror-under-test.ts'

const WHO = ['ann@example.net/1', 'ann@example.net/2', 'ben@example.com/1'] as const

const who = fc.constantFrom(...WHO)
const step = fc.oneof(
  fc.record({ what: fc.constant('record' as const) }),
  fc.record({ what: fc.constant('tell' as const) }),
  fc.record({ what: fc.constant('join' as const), who, x: fc.constantFrom(MUC, NO_HISTORY) }),
  fc.record({ what: fc.constant('leave' as const), who }),
  fc.record({ what: fc.constant('wait' as const) })
)

test('whoever comes and goes while a slow store tells what it has: each thing reaches each visitor once, in order', async t => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 18 }), async steps => {
    const { store, hear, tell, to } = setUp(t)
    const recorded: ArchivedEvent[] = []
    const untold: ArchivedEvent[] = []
    const here = new Map<string, string>()
    for (const step of steps) {
      if (step.what === 'record') {
        const n = recorded.length
        const [result] = await store.append([message({ uid: `u${n}`, body: String(n), time: formatTime(NOW + n) })])
        const { event } = result as { event: ArchivedEvent }
        recorded.push(event)
        untold.push(event)
      } else if (step.what === 'tell') {
        const event = untold.shift()
        if (event !== undefined) tell(event)
      } else if (step.what === 'join') {
        hear(`<presence from="${step.who}" to="${ARCHIVE}/${step.who.slice(0, 3)}">${step.x}</presence>`)
        here.set(step.who, step.x)
      } else if (step.what === 'leave') {
        hear(`<presence type="unavailable" from="${step.who}" to="${ARCHIVE}/x"/>`)
        here.delete(step.who)
      } else {
        await settle()
      }
    }
    while (untold.length > 0) tell(untold.shift() as ArchivedEvent)
    await settle()
    const all = recorded.map(({ body }) => body)
    for (const [session, x] of here) {
      const got = to(session)
      const stay = got.slice(got.findLastIndex(({ name, attrs }) => name === 'presence' && attrs['type'] === undefined))
      const bodies = stay.flatMap(stanza => textOf(stanza, 'body') ?? [])
      assert.deepEqual(bodies, x === MUC ? all : all.slice(all.length - bodies.length), session)
    }
    for (const session of WHO) {
      if (here.has(session)) continue
      assert.ok(to(session).length === 0 || to(session).at(-1)?.attrs['type'] === 'unavailable')
    }
  }), { numRuns: 100 })
})
