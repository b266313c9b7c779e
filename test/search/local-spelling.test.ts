import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import Database from 'better-sqlite3'
import { createSpelling } from '../../src/search/local-spelling.ts'

function lexicon (t: TestContext, words: Iterable<string>) {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-spelling-'))
  const seeks: string[] = []
  const db = new Database(join(folder, 'words.db'), { verbose: statement => { seeks.push(String(statement)) } })
  t.after(() => {
    db.close()
    rmSync(folder, { recursive: true })
  })
  db.exec('CREATE TABLE lexicon (word TEXT PRIMARY KEY, df INTEGER NOT NULL) WITHOUT ROWID; BEGIN')
  const put = db.prepare('INSERT OR IGNORE INTO lexicon VALUES (?, 1)')
  for (const word of words) put.run(word)
  db.exec('COMMIT')
  seeks.length = 0
  return { spelling: createSpelling(db), seeks }
}

test('words one letter away are found, others are not', t => {
  const { spelling } = lexicon(t, ['cat', 'cart', 'at', 'act', 'cut', 'ca', 'cats', 'dog', 'carts', 'кот', 'c\u{10ffff}t'])
  assert.deepEqual(spelling.alike('cat').sort(), ['act', 'at', 'ca', 'cart', 'cats', 'cut', 'c\u{10ffff}t'].sort())
  assert.deepEqual(spelling.alike('кит'), ['кот'])
  assert.deepEqual(lexicon(t, []).spelling.alike('cat'), [])
})

// Names with digits, as lunr's machine of a whole list mixes up: a 1 to state 27 and a 12 to state 7 are the same to it.
test('with ten thousand words full of digits none is found that is not there, and none is missed', t => {
  const words = Array.from({ length: 10_000 }, (_, n) => `${'abcdefghij'.charAt(n % 10)}${(n * 7919) % 100_003}`)
  const { spelling } = lexicon(t, words)
  const known = new Set(words)
  for (const word of words.filter((_, n) => n % 97 === 0)) {
    const alike = spelling.alike(word)
    assert.ok(alike.every(other => known.has(other) && other !== word))
    const replaced = [...word].flatMap((_, at) => [...'0123456789abcdefghij'].map(letter => word.slice(0, at) + letter + word.slice(at + 1)))
    for (const other of replaced) assert.equal(alike.includes(other), known.has(other) && other !== word, `${word}: ${other}`)
  }
})

test('however many words there are, and whatever is typed, at most five thousand are looked at', t => {
  const words = Array.from({ length: 20_000 }, (_, n) => String.fromCodePoint(0x4e00 + n) + 'tail')
  const { spelling, seeks } = lexicon(t, words)
  for (const typed of ['xtail', 'x'.repeat(24), '*'.repeat(24), 'a*b', '\ud800'.repeat(12), '']) {
    seeks.length = 0
    spelling.alike(typed)
    assert.ok(seeks.length <= 5_001, `${typed}: ${seeks.length}`)
  }
})
