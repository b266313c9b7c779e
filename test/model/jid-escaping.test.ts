import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { escapeLocal, unescapeLocal } from '../../src/model/jid-escaping.ts'

// The examples of XEP-0106 §5, and the cases around a backslash.
const TABLE: Readonly<Record<string, string>> = {
  'space cadet': 'space\\20cadet',
  'call me "ishmael"': 'call\\20me\\20\\22ishmael\\22',
  'at&t guy': 'at\\26t\\20guy',
  "d'artagnan": 'd\\27artagnan',
  '/.fanboy': '\\2f.fanboy',
  '::foo::': '\\3a\\3afoo\\3a\\3a',
  '<foo>': '\\3cfoo\\3e',
  'user@host': 'user\\40host',
  'c:\\net': 'c\\3a\\net',
  'c:\\\\net': 'c\\3a\\\\net',
  'c:\\cool stuff': 'c\\3a\\cool\\20stuff',
  'c:\\5commas': 'c\\3a\\5c5commas',
  'a\\20b': 'a\\5c20b',
  'a\\2fb': 'a\\5c2fb',
  'a\\ b': 'a\\\\20b',
  'a\\5cb': 'a\\5c5cb',
  plain: 'plain',
  '': ''
}

test('texts are escaped and unescaped as in XEP-0106', () => {
  for (const [text, escaped] of Object.entries(TABLE)) {
    assert.equal(escapeLocal(text), escaped)
    assert.equal(unescapeLocal(escaped), text)
  }
})

test('capital hexadecimal digits are understood', () => {
  assert.equal(unescapeLocal('a\\2Fb\\3Ac\\5C'), 'a/b:c\\')
  assert.equal(unescapeLocal(escapeLocal('a\\2Fb')), 'a\\2Fb')
})

test('every text comes back from its escaped form, which has no forbidden character', () => {
  const unit = fc.oneof(fc.constantFrom('\\', '2', '0', '5', 'c', 'C', 'f', 'é', '👍', ' ', '@', '/', ':', '\\5c', '\\20'), fc.string({ unit: 'binary-ascii', maxLength: 1 }))
  fc.assert(fc.property(fc.array(unit), units => {
    const text = units.join('')
    const escaped = escapeLocal(text)
    assert.equal(unescapeLocal(escaped), text)
    assert.doesNotMatch(escaped, /[ "&'/:<>@]/)
  }), { numRuns: 1000 })
})
