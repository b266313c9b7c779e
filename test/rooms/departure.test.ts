import assert from 'node:assert/strict'
import test from 'node:test'
import { ofJoinError, ofPresence } from '../../src/rooms/departure.ts'
import { hearPresence } from '../../src/rooms/presence.ts'
import type { HeardPresence } from '../../src/rooms/presence.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'

const ERRORS: ReadonlyArray<readonly [string, string, RegExp]> = [
  ['conflict', 'rename', /taken/],
  ['not-acceptable', 'rename', /nick/],
  ['not-authorized', 'slowly', /rooms\[\].password/],
  ['forbidden', 'slowly', /banned/],
  ['registration-required', 'slowly', /member/],
  ['gone', 'slowly', /destroyed/],
  ['not-allowed', 'slowly', /create the room/],
  ['item-not-found', 'soon', /does not exist/],
  ['remote-server-not-found', 'soon', /rooms\[\].jid/],
  ['remote-server-timeout', 'soon', /does not answer/],
  ['service-unavailable', 'soon', /full/],
  ['some-new-condition', 'soon', /some-new-condition/],
  ['constructor', 'soon', /constructor/]
]

for (const [condition, again, problem] of ERRORS) {
  test(`a join refused with ${condition} is tried again ${again}, and says what helps`, () => {
    const departure = ofJoinError(new StanzaError(condition, 'cancel', 'their words'))
    assert.equal(departure.again, again)
    assert.match(departure.problem, problem)
    assert.match(departure.problem, /«their words»/)
  })
}

test('a long text of the other side is cut', () => {
  assert.ok(ofJoinError(new StanzaError('forbidden', 'auth', 'x'.repeat(10_000))).problem.length < 300)
})

function leaving (...codes: number[]): HeardPresence {
  const status = codes.map(code => `<status code="${code}"/>`).join('')
  const stanza = parseXml('<presence type="unavailable"><x xmlns="http://jabber.org/protocol/muc#user">' +
    `<item affiliation="none" role="none"><actor nick="carol"/><reason>spam</reason></item>${status}</x></presence>`)
  return hearPresence(stanza, 'hansard', {
    name: undefined, description: undefined, isOpen: true, hasMam: true, hasStanzaIds: true, hasOccupantIds: true
  }) as HeardPresence
}

const CODES: ReadonlyArray<readonly [number[], string, RegExp]> = [
  [[110, 301], 'slowly', /banned by carol \(«spam»\)/],
  [[110, 307], 'slowly', /kicked by carol/],
  [[110, 321], 'slowly', /members-only/],
  [[110, 322], 'slowly', /members-only/],
  [[110, 307, 333], 'soon', /let go/],
  [[110, 333], 'soon', /let go/],
  [[110, 332], 'soon', /let go/],
  [[110], 'soon', /let go/],
  [[], 'soon', /let go/]
]

for (const [codes, again, problem] of CODES) {
  test(`thrown out with ${codes.join(' ') || 'no code'} we come back ${again}`, () => {
    const departure = ofPresence(leaving(...codes))
    assert.equal(departure.again, again)
    assert.match(departure.problem, problem)
  })
}

test('we do not follow a destroyed room to its alternative, but name it', () => {
  const departure = ofPresence({ ...leaving(110), destroy: { alternate: 'new@conference.localhost', reason: undefined } })
  assert.equal(departure.again, 'never')
  assert.match(departure.problem, /new@conference\.localhost/)
})
