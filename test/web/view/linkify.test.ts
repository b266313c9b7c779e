import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { linkify } from '../../../src/web/view/linkify.ts'

const CASES: ReadonlyArray<readonly [text: string, ...links: string[]]> = [
  ['see https://example.org/a.', 'https://example.org/a'],
  ['(https://example.org/a)', 'https://example.org/a'],
  ['(see https://en.wikipedia.org/wiki/Go_(game)).', 'https://en.wikipedia.org/wiki/Go_(game)'],
  ['https://en.wikipedia.org/wiki/Set_(mathematics)', 'https://en.wikipedia.org/wiki/Set_(mathematics)'],
  ['<https://example.org/a?b=c&d=e#f>, and', 'https://example.org/a?b=c&d=e#f'],
  ['"https://example.org/" «https://example.net/»', 'https://example.org/', 'https://example.net/%C2%BB'],
  ['HTTPS://EXAMPLE.ORG/Path!', 'https://example.org/Path'],
  ['http://[2001:db8::1]:8080/x', 'http://[2001:db8::1]:8080/x'],
  ['join xmpp:lounge@conference.example.org?join now', 'xmpp:lounge@conference.example.org?join'],
  ['mailto:alice@example.org, please', 'mailto:alice@example.org'],
  ['https://example.org/日本語。', 'https://example.org/%E6%97%A5%E6%9C%AC%E8%AA%9E'],
  ['two: http://a.example/ http://b.example/', 'http://a.example/', 'http://b.example/'],
  ['a\nhttp://a.example/x\nb', 'http://a.example/x'],
  ['javascript:alert(1) data:text/html,x vbscript:x file:///etc/passwd'],
  ['xhttp://example.org/ http:// https:// xmpp: mailto:?'],
  ['plain words, nothing else'],
  ['']
]

for (const [text, ...links] of CASES) {
  test(`${links.length} links in ${JSON.stringify(text)}`, () => {
    const parts = linkify(text)
    assert.deepEqual(parts.flatMap(part => part.href ?? []), links)
    assert.equal(parts.map(part => part.text).join(''), text)
  })
}

test('the parts of any text are the text, and links have one of four schemes', () => {
  const fragments = fc.constantFrom('http://', 'https://', 'xmpp:', 'mailto:', 'a', '(', ')', '[', ']', '.', ' ', '\n', '"', '<', '\u202E', '@', '/', '😺')
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(fragments).map(all => all.join(''))), text => {
    const parts = linkify(text)
    assert.equal(parts.map(part => part.text).join(''), text)
    for (const { href } of parts) if (href !== undefined) assert.match(href, /^(?:https?:\/\/|xmpp:|mailto:)/)
  }))
})

test('ten thousand brackets after an address take no noticeable time', () => {
  const text = `http://example.org/${')('.repeat(10_000)}${')'.repeat(10_000)}`
  assert.equal(linkify(text).map(part => part.text).join(''), text)
})
