import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { silentLogger } from '../../src/log.ts'
import { HansardError } from '../../src/model/errors.ts'
import { createAffiliations } from '../../src/rooms/affiliations.ts'
import { child, parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'
import { LAB } from '../helpers/fake-room-server.ts'
import { withTimers } from './on-stage.ts'

const FORBIDDEN = new StanzaError('forbidden', 'auth')
const TIMEOUT = new HansardError('ERR_XMPP_TIMEOUT', 'Cannot ask: no answer')
const BUSY = new StanzaError('resource-constraint', 'wait')

type Lists = Record<string, readonly string[] | Error>

/** A room whose lists the test sets, and that answers when the test says so. */
function setUp (t: TestContext, lists: Lists) {
  const tick = withTimers(t)
  const waiting: Array<() => void> = []
  const seen: unknown[] = []
  const state = { lists, isSlow: false, isCut: false, asked: 0 }
  const affiliations = createAffiliations({
    room: LAB,
    connection: {
      async request (iq: Element) {
        state.asked += 1
        const query = child(iq, 'query', NS.MUC_ADMIN)
        const affiliation = (query === undefined ? undefined : child(query, 'item'))?.attrs['affiliation'] ?? ''
        const list = state.lists[affiliation] ?? []
        if (state.isSlow) await new Promise<void>(resolve => { waiting.push(resolve) })
        if (list instanceof Error) throw list
        if (state.isCut) return parseXml('<iq type="result"/>')
        return parseXml(`<iq type="result"><query xmlns="${NS.MUC_ADMIN}">` +
          `${list.map(jid => `<item affiliation="${affiliation}" jid="${jid}"/>`).join('')}</query></iq>`)
      }
    },
    onKnown () { seen.push(known()) },
    log: silentLogger
  })
  t.after(() => { affiliations.outside() })

  function known (): unknown {
    return affiliations.known === undefined ? undefined : Object.fromEntries(affiliations.known)
  }

  const answer = (): void => { for (const resolve of waiting.splice(0)) resolve() }
  return { affiliations, known, seen, state, tick, answer }
}

test('an owner, an admin and a member of the room learn who belongs to it; others do not even ask', async t => {
  for (const [own, isTold] of [['owner', true], ['admin', true], ['member', true], ['none', false], ['outcast', false], [undefined, false]] as const) {
    await t.test(String(own), async t => {
      const { affiliations, known, state, tick } = setUp(t, { owner: ['o@x'], admin: ['a@x'], member: ['m@x', 'n@x'], outcast: ['bad.example'] })
      affiliations.inside(own)
      await tick(0)
      assert.deepEqual(known(), isTold
        ? { 'o@x': 'owner', 'a@x': 'admin', 'm@x': 'member', 'n@x': 'member', 'bad.example': 'outcast' }
        : undefined)
      assert.equal(state.asked, isTold ? 4 : 0)
    })
  }
})

test('a list that the room keeps back hides who is on it, and no other', async t => {
  const { affiliations, known, tick } = setUp(t, { owner: FORBIDDEN, admin: ['a@x'], member: ['m@x'], outcast: FORBIDDEN })
  affiliations.inside('admin')
  await tick(0)
  assert.deepEqual(known(), { 'a@x': 'admin', 'm@x': 'member' })
})

test('where no list is told nothing is known, which is not the same as nobody', async t => {
  const { affiliations, known, seen, state, tick } = setUp(t, { owner: FORBIDDEN, admin: FORBIDDEN, member: FORBIDDEN, outcast: FORBIDDEN })
  affiliations.inside('member')
  await tick(0)
  assert.equal(known(), undefined)
  assert.deepEqual(seen, [])
  state.lists = {}
  affiliations.changed()
  await tick(1_000)
  assert.deepEqual(known(), {})
})

test('who is on two lists is what is less', async t => {
  const { affiliations, known, tick } = setUp(t, { owner: ['a@x', 'b@x', 'c@x'], admin: ['b@x'], outcast: ['c@x'] })
  affiliations.inside('owner')
  await tick(0)
  assert.deepEqual(known(), { 'a@x': 'owner', 'b@x': 'admin', 'c@x': 'outcast' })
})

test('more people than can be kept count as unknown', async t => {
  const { affiliations, known, state, tick } = setUp(t, { member: Array.from({ length: 50_000 }, (_, n) => `m${n}@x`) })
  affiliations.inside('owner')
  await tick(0)
  assert.equal(affiliations.known?.size, 50_000)
  state.lists = { ...state.lists, outcast: ['one@x'] }
  affiliations.changed()
  await tick(1_000)
  assert.equal(affiliations.known?.size, 50_000, 'long lists are asked for at longer intervals')
  await tick(5_000)
  assert.equal(known(), undefined)
})

test('a list too long for the stream, of which only the frame comes, is unknown and not empty', async t => {
  const { affiliations, known, state, tick } = setUp(t, { owner: ['o@x'] })
  affiliations.inside('owner')
  await tick(0)
  state.isCut = true
  affiliations.changed()
  await tick(1_000)
  assert.equal(known(), undefined)
})

test('a change is asked for at once, many changes together, and the last is not missed', async t => {
  const { affiliations, known, seen, state, tick, answer } = setUp(t, { member: ['m@x'] })
  affiliations.inside('owner')
  await tick(0)
  await tick(1_000)
  state.isSlow = true
  affiliations.changed()
  await tick(0)
  // The answer under way is from before this one.
  state.lists = { member: ['n@x'] }
  for (let n = 0; n < 1_000; n++) affiliations.changed()
  assert.equal(state.asked, 8)
  answer()
  await tick(0)
  assert.deepEqual(known(), { 'm@x': 'member' })
  await tick(1_000)
  answer()
  await tick(0)
  assert.deepEqual(known(), { 'n@x': 'member' })
  assert.equal(state.asked, 12)
  assert.equal(seen.length, 3)
})

test('after we have left nothing is known, whatever answers come then', async t => {
  const { affiliations, known, seen, state, tick, answer } = setUp(t, { member: ['m@x'] })
  affiliations.inside('owner')
  await tick(0)
  affiliations.outside()
  assert.equal(known(), undefined)
  assert.deepEqual(seen, [{ 'm@x': 'member' }, undefined])
  affiliations.changed()
  assert.equal(state.asked, 4)

  state.isSlow = true
  affiliations.inside('owner')
  affiliations.outside()
  answer()
  await tick(5_000)
  assert.equal(known(), undefined)
  state.isSlow = false
  affiliations.inside()
  await tick(0)
  assert.deepEqual(known(), { 'm@x': 'member' })
})

test('an answer from before we left does not overtake that of our return', async t => {
  const { affiliations, known, state, tick, answer } = setUp(t, { member: ['old@x'] })
  state.isSlow = true
  affiliations.inside('owner')
  affiliations.outside()
  state.isSlow = false
  state.lists = { member: ['new@x'] }
  affiliations.inside('owner')
  await tick(0)
  answer()
  await tick(0)
  assert.deepEqual(known(), { 'new@x': 'member' })
})

test('what we are to the room ourselves decides: nobody is told, and who is something again asks again', async t => {
  const { affiliations, known, state, tick } = setUp(t, { member: ['m@x'] })
  affiliations.inside('admin')
  await tick(0)
  affiliations.inside('admin')
  await tick(2_000)
  assert.equal(state.asked, 4)
  affiliations.inside('none')
  assert.equal(known(), undefined)
  affiliations.inside('member')
  await tick(0)
  assert.deepEqual(known(), { 'm@x': 'member' })
})

test('a question without an answer is asked again, later and later; until then who is on that list is unknown', async t => {
  const { affiliations, known, state, tick } = setUp(t, { owner: ['o@x'], member: ['m@x'] })
  affiliations.inside('owner')
  await tick(0)
  for (const failure of [TIMEOUT, BUSY]) {
    state.lists = { owner: ['o@x'], member: failure }
    affiliations.changed()
    await tick(1_000)
    assert.deepEqual(known(), { 'o@x': 'owner' })
    state.lists = { owner: ['o@x'], member: ['m@x'] }
    await tick(1_000)
    await tick(10_000)
    assert.deepEqual(known(), { 'o@x': 'owner', 'm@x': 'member' })
    await tick(1_000)
  }
  state.lists = { owner: TIMEOUT, admin: TIMEOUT, member: TIMEOUT, outcast: TIMEOUT }
  affiliations.changed()
  await tick(0)
  assert.equal(known(), undefined)
})

test('what nobody told us of is found out after a while', async t => {
  const { affiliations, known, state, tick } = setUp(t, { member: ['m@x'] })
  affiliations.inside('owner')
  await tick(0)
  state.lists = {}
  await tick(1_000)
  await tick(900_000)
  assert.deepEqual(known(), {})
})
