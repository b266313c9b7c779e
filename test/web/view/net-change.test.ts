import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { english } from '../../../src/web/language/en.ts'
import { foldOf } from '../../../src/web/view/fold.ts'
import { netChange } from '../../../src/web/view/net-change.ts'
import type { Movement } from '../../../src/web/view/net-change.ts'
import { plainText } from '../../../src/web/view/parts.ts'

function run (...moves: string[]): Movement[] {
  return moves.map(move => {
    const [sign = '', nick = '', newNick] = move.split(' ')
    return sign === '+' ? { kind: 'join', nick } : sign === '-' ? { kind: 'leave', nick } : { kind: 'nick', nick, newNick: newNick ?? '' }
  })
}

const CASES: ReadonlyArray<readonly [moves: string[], line: string]> = [
  [['+ a'], 'a joined'],
  [['- a'], 'a left'],
  [['+ a', '- b', '+ c'], 'a, c joined; b left'],
  [['+ a', '- a'], 'a came and went'],
  [['- a', '+ a'], 'a left and came back'],
  [['= a b'], 'a → b renamed'],
  [['= a b', '= b c'], 'a → c renamed'],
  [['= a b', '= b a'], 'a left and came back'],
  [['+ a', '= a b'], 'b joined'],
  [['= a b', '- b'], 'a left'],
  [['- a', '+ a', '- a'], 'a left'],
  [['= a b', '+ a'], 'a joined; a → b renamed']
]

for (const [moves, line] of CASES) {
  test(`${moves.join(', ')} comes to: ${line}`, () => {
    assert.equal(plainText(foldOf(netChange(run(...moves)), english).names), line)
  })
}

test('a net split is one line with a summary and at most twelve names of a kind', () => {
  const nicks = Array.from({ length: 3000 }, (_, n) => `n${n}`)
  const fold = foldOf(netChange(run(...nicks.map(nick => `- ${nick}`), '+ new')), english)
  assert.equal(fold.summary, '1 joined, 3,000 left')
  assert.match(plainText(fold.names), /^new joined; n0, n1, .*n11 and 2,988 more left$/)
})

test('thirteen names are written out: «1 more» would be no shorter', () => {
  const fold = foldOf(netChange(run(...Array.from({ length: 13 }, (_, n) => `+ n${n}`))), english)
  assert.match(plainText(fold.names), /n12 joined$/)
})

test('whoever is named has moved, and who was there before plus who joined minus who left are there after', () => {
  const nick = fc.constantFrom('a', 'b', 'c', 'd')
  const start = fc.uniqueArray(nick)
  const step = fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const, 'nick' as const), nick, newNick: nick })
  fc.assert(fc.property(start, fc.array(step, { maxLength: 12 }), (before, steps) => {
    const present = new Set<string>(before)
    const moves = steps.filter(({ kind, nick, newNick }) => {
      const isPossible = kind === 'join' ? !present.has(nick) : kind === 'leave' ? present.has(nick) : present.has(nick) && !present.has(newNick)
      if (isPossible && kind === 'join') present.add(nick)
      if (isPossible && kind !== 'join') present.delete(nick)
      if (isPossible && kind === 'nick') present.add(newNick)
      return isPossible
    })
    const change = netChange(moves)
    const after = new Set<string>(before)
    for (const nick of change.left) after.delete(nick)
    for (const { from } of change.renamed) after.delete(from)
    for (const { to } of change.renamed) after.add(to)
    for (const nick of change.joined) after.add(nick)
    assert.deepEqual([...after].sort(), [...present].sort())
  }))
})
