import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Element, parseXml, xml } from '../../src/xmpp/element.ts'
import { legalText } from '../../src/xmpp/legal-text.ts'
import { serialize } from '../../src/xmpp/serialize.ts'

describe('writing an element', () => {
  it('keeps every text and attribute through a round trip', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 }).map(legalText)
    fc.assert(fc.property(text, text, (body, value) => {
      const element = xml('message', { to: value }, xml('body', {}, body))
      const back = parseXml(serialize(element))
      assert.equal(back.attrs['to'], value)
      assert.equal((back.children[0] as Element).getText(), body)
    }), { numRuns: 1000 })
  })

  it('turns what XML cannot carry into U+FFFD, also where it did not come from our own builder', () => {
    const element = new Element('body', { a: '\u0000' })
    element.append('\u0001x\ud800y\uffff')
    assert.equal(serialize(element), '<body a="\ufffd">\ufffdx\ufffdy\ufffd</body>')
  })

  it('leaves out the namespace that the stream gives, but keeps those inside', () => {
    const inner = parseXml("<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></forwarded>")
    for (const xmlns of ['jabber:client', 'jabber:component:accept']) {
      assert.equal(serialize(xml('message', { xmlns }, inner)), '<message><forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client"/></forwarded></message>')
    }
  })

  it('sets and removes attributes of the outermost element without touching it', () => {
    const element = xml('iq', { from: 'a@b', id: '1' })
    assert.equal(serialize(element, { from: undefined, id: '2', to: 'c@d' }), '<iq id="2" to="c@d"/>')
    assert.deepEqual(element.attrs, { from: 'a@b', id: '1' })
  })

  const bad: ReadonlyArray<readonly [string, Element]> = [
    ['a prefix that nothing declares', xml('x:y')],
    ['a prefix of an attribute that nothing declares', xml('y', { 'x:a': '1' })],
    ['a name with a space', xml('a b')],
    ['an empty name', xml('')],
    ['a name that is markup', xml('a/><b')],
    ['an attribute that is markup', xml('a', { 'b="" c': '1' })],
    ['a depth that nobody means', Array.from({ length: 300 }).reduce<Element>(inner => xml('a', {}, inner), xml('a'))]
  ]
  for (const [what, element] of bad) {
    it(`refuses ${what}`, () => { assert.throws(() => serialize(xml('message', {}, element)), { code: 'ERR_STANZA' }) })
  }

  it('knows prefixes that are declared outside, and xml:lang', () => {
    const text = '<a xmlns:x="urn:x" xml:lang="en"><x:b x:c="1"><x:d/></x:b></a>'
    assert.equal(serialize(parseXml(text)), text)
  })
})
