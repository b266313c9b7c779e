import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { BOUNDS } from '../../src/mirror/bounds.ts'
import { HansardError } from '../../src/model/errors.ts'
import { child, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'
import { ARCHIVE, codesOf, NO_HISTORY, QUIET, settle, setUp } from './mirror-under-test.ts'

const ANN = 'ann@example.net/phone'
const BEN = 'ben@example.com/desk'

/** A mirror whose minutes pass by hand. */
function setUpWithTime (t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const mirror = setUp(t)
  const { state, asked } = mirror
  async function minutes (count: number): Promise<Array<string | undefined>> {
    const before = asked.length
    for (let n = 0; n < count; n++) {
      state.now += 60e6
      t.mock.timers.tick(60_000)
      await settle()
    }
    return asked.slice(before).map(({ attrs }) => attrs['to'])
  }
  function answerWith (condition?: string): void {
    state.answer = condition === undefined ? async () => xml('iq') : () => Promise.reject(new StanzaError(condition, 'cancel'))
  }
  return { ...mirror, minutes, answerWith, hour: BOUNDS.silence / 60e6 }
}

test('a visitor is asked soon after it came, and again when it was silent for long, once for all its rooms', async t => {
  const { join, hear, asked, minutes, hour } = setUpWithTime(t)
  await join(ANN, 'Ann')
  hear(`<presence from="${ANN}" to="${QUIET}/Ann">${NO_HISTORY}</presence>`)
  assert.deepEqual(await minutes(1), [ANN])
  const [ping] = asked as [Element]
  assert.ok(ping.attrs['type'] === 'get' && child(ping, 'ping', NS.PING) !== undefined)
  assert.ok([ARCHIVE, QUIET].some(room => room === ping.attrs['from']))
  assert.deepEqual(await minutes(hour - 1), [])
  assert.deepEqual(await minutes(1), [ANN])
})

test('who says something, or asks, is not asked', async t => {
  const { join, hear, ask, minutes, hour } = setUpWithTime(t)
  await join(ANN, 'Ann')
  await join(BEN, 'Ben')
  await minutes(1)
  await minutes(hour - 1)
  hear(`<message type="groupchat" from="${ANN}" to="${ARCHIVE}"><active xmlns="http://jabber.org/protocol/chatstates"/></message>`)
  await ask('get', '<ping xmlns="urn:xmpp:ping"/>', `${ARCHIVE}/Ben`, BEN)
  assert.deepEqual(await minutes(hour - 1), [])
  assert.deepEqual(await minutes(1), [ANN, BEN])
})

test('whose server says that it is gone is put out of all rooms', async t => {
  const { join, hear, to, mirror, minutes, answerWith } = setUpWithTime(t)
  await join(ANN, 'Ann')
  hear(`<presence from="${ANN}" to="${QUIET}/Ann">${NO_HISTORY}</presence>`)
  await settle()
  answerWith('remote-server-not-found')
  await minutes(1)
  assert.equal(mirror.status().visitors, 0)
  assert.deepEqual(to(ANN).slice(-2).map(stanza => [stanza.attrs['from'], codesOf(stanza)]), [[`${ARCHIVE}/Ann`, [110, 333]], [`${QUIET}/Ann`, [110, 333]]])
  assert.deepEqual(await minutes(2), [])
})

test('service-unavailable is what clients say that know no pings: it counts only where there was another answer before', async t => {
  const { join, mirror, minutes, answerWith, hour } = setUpWithTime(t)
  await join(ANN, 'Ann')
  answerWith('service-unavailable')
  await minutes(2 * hour)
  assert.equal(mirror.status().visitors, 1)
  answerWith()
  await minutes(hour)
  answerWith('service-unavailable')
  await minutes(hour)
  assert.equal(mirror.status().visitors, 0)
})

for (const [name, error] of [
  ['that the client knows no pings', new StanzaError('feature-not-implemented', 'cancel')],
  ['nothing at all', new HansardError('ERR_XMPP_TIMEOUT', 'Cannot ask: no answer')],
  ['because there is no stream', new HansardError('ERR_XMPP_OFFLINE', 'Cannot send: there is no stream')]
] as const) {
  test(`an answer of ${name} lets the visitor stay`, async t => {
    const { join, state, mirror, minutes, hour } = setUpWithTime(t)
    await join(ANN, 'Ann')
    state.answer = () => Promise.reject(error)
    await minutes(2 * hour)
    assert.equal(mirror.status().visitors, 1)
  })
}

test('only so many are asked each minute, and nobody after the end', async t => {
  const { hear, mirror, minutes } = setUpWithTime(t)
  for (let n = 0; n < BOUNDS.asked + 10; n++) hear(`<presence from="u${n}@example.net/x" to="${ARCHIVE}/u${n}">${NO_HISTORY}</presence>`)
  await settle()
  assert.equal((await minutes(1)).length, BOUNDS.asked)
  assert.equal((await minutes(1)).length, 10)
  await mirror.stop()
  assert.deepEqual(await minutes(120), [])
})
