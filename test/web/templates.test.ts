import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { VIEWS } from '../../src/web/templates.ts'

const templates = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.eta'))
  .map(file => ({ file, text: readFileSync(join(VIEWS, file), 'utf8') }))

test('there are templates to look at', () => {
  assert.ok(templates.length > 10)
})

for (const { file, text } of templates) {
  test(`${file} prints without escaping only other templates`, () => {
    for (const [, code = ''] of text.matchAll(/<%[-_]?\s*~([\s\S]*?)%>/g)) {
      assert.match(code.trim().replace(/^it\.drawn\(line\.row, \(\) => (.*)\)$/, '$1'), /^(?:include\('[\w./-]+'(?:, \{[\s\S]*\})?\)|it\.body)$/)
    }
  })

  test(`${file} has no style, script or handler that the content security policy forbids`, () => {
    assert.doesNotMatch(text, /\sstyle=|<style|\son[a-z]+=|<script(?! src=")|javascript:/)
  })

  test(`${file} quotes every attribute that a value is put into`, () => {
    assert.doesNotMatch(text.replaceAll('=>', ''), /=<%/)
  })
}
