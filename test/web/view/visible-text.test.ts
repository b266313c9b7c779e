import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { visibleLine, visibleText } from '../../../src/web/view/visible-text.ts'

test('direction overrides and embeddings are shown instead of obeyed', () => {
  assert.equal(visibleText('invoice\u202Etxt.exe'), 'invoice\uFFFDtxt.exe')
  assert.equal(visibleText('\u202A\u202B\u202C\u202D'), '\uFFFD\uFFFD\uFFFD\uFFFD')
})

test('marks and joiners that scripts need stay', () => {
  for (const text of ['می\u200Cخواهم', '👩\u200D💻', '\u200Eabc\u200F', '\u2067שלום\u2069']) assert.equal(visibleText(text), text)
})

test('control characters become pictures, tabs stay, every line end is one', () => {
  assert.equal(visibleText('a\u0000b\u0007\u001Bc\u007F\u0085d\u009Be'), 'a␀b␇␛c␡\nd\uFFFDe')
  assert.equal(visibleText('a\r\nb\rc\u2028d\te'), 'a\nb\nc\nd\te')
})

test('a line is one line', () => {
  assert.equal(visibleLine(' a\n\n b\tc '), 'a  b c')
})

test('no text keeps a control character but tabs and line feeds', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => {
    assert.doesNotMatch(visibleText(text), /[^\P{Cc}\n\t]|[\u202A-\u202E]/u)
    assert.doesNotMatch(visibleLine(text), /\p{Cc}/u)
  }))
})
