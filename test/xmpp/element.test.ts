import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { attribute, child, childOf, children, copy, parseXml, textOf, without, xml } from '../../src/xmpp/element.ts'
import { readScenes } from '../helpers/captures.ts'

describe('reading an element', () => {
  it('keeps texts as they were meant', () => {
    assert.equal(parseXml('<body>it&apos;s &quot;q&quot; <![CDATA[<]]>&#13; end</body>').getText(), 'it\'s "q" <\r end')
  })

  for (const text of ['', ' ', 'text', '<a>', '<a></b>', '<a/><b/>', '<a/>text', 'text<a/>', '<a', '<a/><', '<!DOCTYPE a><a/>', '<a>&b;</a>', '<a>'.repeat(300) + '</a>'.repeat(300)]) {
    it(`refuses ${JSON.stringify(text.slice(0, 30))}`, () => { assert.throws(() => parseXml(text), { code: 'ERR_STANZA' }) })
  }

  it('reads every stanza that was captured', () => {
    for (const server of ['prosody', 'ejabberd'] as const) assert.ok(readScenes(server).every(({ steps }) => steps.length > 0))
  })
})

describe('an element', () => {
  const message = parseXml("<message xmlns='jabber:client' type=''><body>1</body><body xmlns='urn:example'>2</body><x xmlns='urn:example'/><body>3</body></message>")

  it('finds its children by name and namespace', () => {
    assert.equal(textOf(message, 'body'), '1')
    assert.equal(textOf(message, 'body', 'urn:example'), '2')
    assert.deepEqual(children(message, 'body').map(body => body.getText()), ['1', '3'])
    assert.equal(child(message, 'x'), undefined)
    assert.equal(childOf(message, 'urn:example')?.getText(), '2')
    assert.equal(attribute(message, 'type'), undefined)
    assert.equal(attribute(undefined, 'type'), undefined)
  })

  it('is copied whole, and without what is not wanted', () => {
    const body = child(message, 'body')
    assert.ok(body)
    assert.equal(copy(body).toString(), '<body xmlns="jabber:client">1</body>')
    assert.equal(without(message, element => element.getNS() === 'urn:example').toString(), '<message xmlns="jabber:client" type=""><body>1</body><body>3</body></message>')
    assert.equal(children(message, 'body').length, 2)
  })

  it('is built from children of every kind, without what is undefined', () => {
    assert.equal(xml('a', { b: 1, c: undefined }, 'x', undefined, [xml('d'), ['y', undefined]]).toString(), '<a b="1">x<d/>y</a>')
    assert.equal(xml('a', { b: '\u0000' }, 'x\u0008').toString(), '<a b="\ufffd">x\ufffd</a>')
  })
})
