import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import lunr from 'lunr'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { ROOMS, add, ask, realTalk } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

/** A condition as it is typed and as a plain scan understands it. */
interface Condition {
  readonly typed: string
  holds (event: ArchivedEvent): boolean
}

function wordsOf (text: string): string[] {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function stemOf (word: string): string {
  return /^[a-z]{3,24}$/.test(word) ? String(lunr.stemmer(new lunr.Token(word, {}))) : word
}

function hasRun (words: readonly string[], run: readonly string[]): boolean {
  return words.some((_, start) => run.every((word, offset) => words[start + offset] === word))
}

const LINK = /(?<![\w:.+-])(?:https?|ftp|xmpp|mailto|gemini|magnet):\S/i

// As people write it: «nick: …», «nick, …», «one, nick: …», «… @nick …».
function isAddressed (text: string, nick: string): boolean {
  const name = nick.toLowerCase()
  const first = /^(?:\s*@?[^\s:,@][^\s:,]*(?: [^\s:,]+){0,2}[:,](?=\s|$))+/.exec(text)?.[0].toLowerCase() ?? ''
  const named = first.split(/[:,](?=\s|$)/).map(part => part.trim().replace(/^@/, ''))
  const at = [...text.toLowerCase().matchAll(/(?<![\p{L}\p{N}_.])@([\p{L}\p{N}][\p{L}\p{N}_.-]*)/gu)].map(match => match[1]?.replace(/[.-]+$/, ''))
  return named.includes(name) || at.includes(name)
}

export function scanContract (engine: IndexUnderTest): void {
  test('generated queries over real talk find exactly what reading all of it finds', async t => {
    const index = await engine.open(t)
    const events = realTalk()
    for (let from = 0; from < events.length; from += 250) await add(index, events.slice(from, from + 250))

    const event = fc.constantFrom(...events)
    // Words in quotes: other forms of a word are tried elsewhere.
    const phrase = fc.tuple(event, fc.nat(50), fc.integer({ min: 1, max: 3 })).map(([event, start, length]): Condition => {
      const words = wordsOf(event.body ?? '')
      const from = words.length === 0 ? 0 : start % words.length
      const run = words.slice(from, from + length)
      return { typed: `"${run.join(' ')}"`, holds: event => run.length > 0 && hasRun(wordsOf(event.body ?? ''), run) }
    }).filter(({ typed }) => typed !== '""')
    // A word as typed finds its other forms: what lunr's English stemmer makes the same of.
    const word = fc.tuple(event, fc.nat(50)).map(([event, at]): Condition => {
      const words = wordsOf(event.body ?? '').filter(word => /^[a-z]{3,24}$/.test(word))
      const typed = words[at % Math.max(words.length, 1)] ?? 'the'
      const wanted = new Set([typed, stemOf(typed)])
      return { typed, holds: event => wordsOf(event.body ?? '').some(word => wanted.has(word) || stemOf(word) === stemOf(typed)) }
    }).filter(({ typed }) => !/^(?:or)$/i.test(typed))
    const prefix = fc.tuple(event, fc.nat(50), fc.integer({ min: 2, max: 5 })).map(([event, at, length]): Condition => {
      const words = wordsOf(event.body ?? '').filter(word => word.length >= 2)
      const start = (words[at % Math.max(words.length, 1)] ?? 'the').slice(0, length)
      return { typed: `${start}*`, holds: event => wordsOf(event.body ?? '').some(word => word.startsWith(start)) }
    })
    const from = event.map(({ nick }): Condition =>
      ({ typed: `from:"${nick.toUpperCase()}"`, holds: event => event.nick.toLowerCase() === nick.toLowerCase() }))
    const room = fc.constantFrom(...ROOMS).map((room): Condition => ({ typed: `in:${room}`, holds: event => event.room === room }))
    const day = event.map(({ time }) => time.slice(0, 10))
    const date = fc.oneof(
      day.map((day): Condition => ({ typed: `on:${day}`, holds: event => event.time.startsWith(day) })),
      day.map((day): Condition => ({ typed: `before:${day}`, holds: event => event.time.slice(0, 10) < day })),
      day.map((day): Condition => ({ typed: `after:${day}`, holds: event => event.time.slice(0, 10) > day })))
    const link = fc.constant<Condition>({ typed: 'has:link', holds: event => LINK.test(event.body ?? '') })
    const to = event.map(({ nick }): Condition => ({ typed: `to:"${nick}"`, holds: event => isAddressed(event.body ?? '', nick) }))
    const either = (one: Condition, other: Condition): Condition =>
      ({ typed: `${one.typed} OR ${other.typed}`, holds: event => one.holds(event) || other.holds(event) })
    const or = fc.tuple(fc.oneof(word, phrase, prefix, from, room, link, to), fc.oneof(word, phrase, prefix, from, room, to))
      .map(([one, other]) => either(one, other))
    const not = (condition: Condition): Condition => ({ typed: `-${condition.typed}`, holds: event => !condition.holds(event) })
    const wanted = fc.oneof(
      { weight: 4, arbitrary: word }, { weight: 4, arbitrary: phrase }, { weight: 2, arbitrary: prefix }, { weight: 2, arbitrary: or },
      from, to, room, link, date)
    const query = fc.tuple(
      fc.uniqueArray(wanted, { minLength: 1, maxLength: 3, selector: ({ typed }) => / OR /.test(typed) ? 'or' : typed.replace(/^(from|in):.*/, '$1') }),
      fc.array(fc.oneof(word, phrase, prefix, from, room, to, link).map(not), { maxLength: 2 })
    ).map(([wanted, excluded]) => [...wanted, ...excluded])

    await fc.assert(fc.asyncProperty(query, fc.subarray(ROOMS), fc.constantFrom('newest', 'oldest'), async (conditions, rooms, order) => {
      const expected = events
        .filter(event => rooms.includes(event.room) && conditions.every(condition => condition.holds(event)))
        .map(event => event._id)
      if (order === 'newest') expected.reverse()
      const page = await ask(index, conditions.map(({ typed }) => typed).join(' '), { rooms, order, limit: 25 })
      assert.deepEqual(page, { hits: expected.slice(0, 25), total: expected.length, totalIsExact: true, complete: expected.length <= 25 })
    }), { numRuns: 600 })
  })
}
