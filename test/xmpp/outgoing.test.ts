import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { checkStanza, MAX_STANZA_BYTES } from '../../src/xmpp/outgoing.ts'

const COMPONENT = { mode: 'component', address: 'hansard@logs.example.org/hansard', domain: 'logs.example.org' } as const
const BOT = { mode: 'bot', address: 'bot@example.org/hansard', domain: undefined } as const

describe('a stanza to be sent', () => {
  it('is from our address unless it says another one of ours', () => {
    assert.equal(checkStanza(xml('presence', { to: 'r@c/n' }), COMPONENT, {}), '<presence to="r@c/n" from="hansard@logs.example.org/hansard"/>')
    assert.equal(checkStanza(xml('iq', { to: 'a@b', from: 'r\\40c@LOGS.example.org' }), COMPONENT, { id: '7' }), '<iq to="a@b" from="r\\40c@LOGS.example.org" id="7"/>')
  })

  it('of a bot leaves it to the server to say from whom', () => {
    assert.equal(checkStanza(xml('iq', { from: 'whoever@example.org' }), BOT, { id: '1' }), '<iq id="1"/>')
  })

  const bad: ReadonlyArray<readonly [string, Element, typeof COMPONENT | typeof BOT]> = [
    ['from a foreign domain', xml('message', { to: 'a@b', from: 'x@example.org' }), COMPONENT],
    ['from a domain that only ends like ours', xml('message', { to: 'a@b', from: 'x@evillogs.example.org' }), COMPONENT],
    ['from no address', xml('message', { to: 'a@b', from: '@' }), COMPONENT],
    ['of a component to nobody', xml('message', {}), COMPONENT],
    ['to no address', xml('message', { to: 'a b@c' }), BOT],
    ['that is no stanza', xml('stream:error', { to: 'a@b' }), BOT],
    ['that is too long', xml('message', { to: 'a@b' }, xml('body', {}, 'é'.repeat(MAX_STANZA_BYTES.bot / 2))), BOT]
  ]
  for (const [what, stanza, sender] of bad) {
    it(`${what} is refused`, () => { assert.throws(() => checkStanza(stanza, sender, {}), { code: 'ERR_STANZA', message: /^Cannot send a / }) })
  }

  it('does not put what it says into the error', () => {
    const secret = xml('message', { to: 'a@b' }, xml('body', {}, 'between us'.repeat(100_000)))
    assert.throws(() => checkStanza(secret, COMPONENT, {}), (error: Error) => !error.message.includes('between'))
  })
})
