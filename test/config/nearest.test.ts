import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nearest } from '../../src/config/nearest.ts'

const KEYS = ['title', 'url', 'description', 'level', 'aliases', 'real_jids']

test('a word is taken for the nearest key, or for none', () => {
  const table: Record<string, string | undefined> = {
    titel: 'title',
    Title: 'title',
    desciption: 'description',
    descriptions: 'description',
    realjids: 'real_jids',
    alias: 'aliases',
    uri: 'url',
    colour: undefined,
    x: undefined,
    '': undefined
  }
  for (const [word, key] of Object.entries(table)) assert.equal(nearest(word, KEYS), key, word)
})

test('a key is nearest to itself, and to itself with one letter changed, left out, added or swapped', () => {
  const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz')
  fc.assert(fc.property(fc.constantFrom(...KEYS), fc.nat(), letter, fc.constantFrom(0, 1, 2, 3, 4), (key, seed, other, how) => {
    const at = seed % (key.length - 1)
    const [before, character, rest] = [key.slice(0, at), key.charAt(at), key.slice(at + 1)]
    const swapped = before + rest.charAt(0) + character + rest.slice(1)
    const words = [key, before + other + rest, before + rest, before + other + character + rest, swapped]
    assert.equal(nearest(words[how] ?? key, KEYS), key)
  }))
})
