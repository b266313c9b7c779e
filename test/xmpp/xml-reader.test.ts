import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createXmlReader } from '../../src/xmpp/xml-reader.ts'

/** What was read, in one line; neighbouring texts are joined. */
function read (pieces: readonly string[]): string {
  let seen = ''
  let text = ''
  const flush = (): void => {
    if (text !== '') seen += JSON.stringify(text)
    text = ''
  }
  const reader = createXmlReader({
    open (name, attributes) {
      flush()
      seen += `<${name}${Object.entries(attributes).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join('')}>`
    },
    close () {
      flush()
      seen += '</>'
    },
    text (piece) { text += piece }
  })
  for (const piece of pieces) reader.write(piece)
  flush()
  return seen
}

const WELL_FORMED: ReadonlyArray<readonly [what: string, xml: string, seen: string]> = [
  ['elements, attributes in both quotes and an empty element', "<a b='1' c=\"2\"><d/><e >x</e ></a>", '<a b="1" c="2"><d></><e>"x"</></>'],
  ['the named references', '<a>&lt;&amp;&gt;&quot;&apos;</a>', '<a>"<&>\\"\'"</>'],
  ['references by number', '<a>&#65;&#x42;&#x1f389;&#128512;</a>', '<a>"AB🎉😀"</>'],
  ['a reference behind a reference', '<a>&amp;lt;</a>', '<a>"&lt;"</>'],
  ['references in attributes', "<a b='&quot;x&#39; &lt;'/>", '<a b="\\"x\' <"></>'],
  ['a carriage return that was written as a reference', '<a>x&#13;&#10;y</a>', '<a>"x\\r\\ny"</>'],
  ['ends of lines of three kinds', '<a>1\r\n2\r3\n4</a>', '<a>"1\\n2\\n3\\n4"</>'],
  ['white space in an attribute', "<a b='1\r\n2\t3\n4'/>", '<a b="1 2 3 4"></>'],
  ['CDATA and the text behind it', '<a>1<![CDATA[<&amp;]] >]]>2<![CDATA[]]>3</a>', '<a>"1<&amp;]] >23"</>'],
  ['a greater-than sign and quotes in text', '<a>x > "y\' ]] </a>', '<a>"x > \\"y\' ]] "</>'],
  ['a greater-than sign in an attribute', "<a b='>'/>", '<a b=">"></>'],
  ['prefixes and letters of other scripts', "<x:å xmlns:x='urn:é'>漢</x:å>", '<x:å xmlns:x="urn:é">"漢"</>'],
  ['an XML declaration', "<?xml version='1.0' encoding='utf-8'?><a/>", '<a></>'],
  ['characters that XML forbids, as U+FFFD', '<a>\u0001&#0;&#x1F;&#xD800;&#x110000;\uffff</a>', `<a>"${'\ufffd'.repeat(6)}"</>`],
  ['attributes with the names of what every object has', "<a constructor='1' toString='2'/>", '<a constructor="1" toString="2"></>']
]

const REFUSED: ReadonlyArray<readonly [what: string, xml: string]> = [
  ['an end tag of another name', '<a></b>'],
  ['an end tag without its beginning', '<a></a></a>'],
  ['an attribute without quotes', '<a b=1/>'],
  ['an attribute without a value', '<a b/>'],
  ['an attribute given twice', "<a b='1' b='2'/>"],
  ['attributes without a space between them', "<a b='1'c='2'/>"],
  ['a less-than sign in an attribute', "<a b='<'/>"],
  ['a tag without a name', '<a>< b/></a>'],
  ['a name that begins with a digit', '<1/>'],
  ['a name with two colons', '<a:b:c/>'],
  ['an ampersand that begins no reference', '<a>R&D</a>'],
  ['an entity of its own', '<a>&lol;</a>'],
  ['a comment', '<a><!-- x --></a>'],
  ['a document type', '<!DOCTYPE lolz [<!ENTITY lol "lol">]><a/>'],
  ['a processing instruction', '<a><?php echo 1 ?></a>'],
  ['a declaration in the wrong place', "<a/><?xml version='1.0'?>"]
]

describe('the XML reader', () => {
  for (const [what, xml, seen] of WELL_FORMED) {
    it(`reads ${what}, wherever it is cut`, () => {
      assert.equal(read([xml]), seen)
      assert.equal(read([...xml].join('\0').split('\0').filter(piece => piece !== '')), seen)
      for (let at = 1; at < xml.length; at += 1) assert.equal(read([xml.slice(0, at), xml.slice(at)]), seen)
    })
  }

  for (const [what, xml] of REFUSED) {
    it(`refuses ${what}, wherever it is cut`, () => {
      assert.throws(() => read([xml]), { code: 'ERR_STANZA' })
      for (let at = 1; at < xml.length; at += 1) assert.throws(() => read([xml.slice(0, at), xml.slice(at)]), { code: 'ERR_STANZA' })
    })
  }

  it('never does anything but read or refuse', () => {
    const pieces = fc.array(fc.constantFrom('<', '>', '/', 'a', ' ', '=', "'", '"', '&', ';', '#', '!', '?', '[CDATA[', ']]>', 'é', '🎉', '\r'), { maxLength: 40 })
    fc.assert(fc.property(pieces, pieces => {
      try {
        read(pieces)
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'ERR_STANZA')
      }
    }), { numRuns: 2000 })
  })

  it('reads long text that comes in small pieces', () => {
    const text = 'x'.repeat(500_000)
    assert.equal(read(['<a>', ...text.match(/.{1,1400}/g) ?? [], '</a>']), `<a>"${text}"</>`)
  })
})
