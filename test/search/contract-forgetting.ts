import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { eventId } from '../../src/model/event.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import type { SearchIndex } from '../../src/search/search-index.ts'
import { OTHER, add, ask, at, found, recorded } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

// Stems, words with accents, code and a name, none of which anybody else says; and words that stay.
const SAID = 'Xylophagous qwertzings Zwölfjährige kvetch::Plugh wibble@frobozz.example 密語 stay'
const TRACES = ['xylophag', 'qwertz', 'zwölfj', 'zwolfj', 'kvetch', 'plugh', 'wibble', 'frobozz', '密']
const NICK = 'Ozymandias'

const BEFORE = recorded({ body: SAID, nick: NICK, time: at(1), uid: 'said' })
const OTHERS = [
  ...Array.from({ length: 600 }, (_, n) => recorded({ body: `others stay, number${n} of ${n % 7} stays`, time: at(1000 + n), nick: `n${n % 50}` })),
  recorded({ body: SAID.replaceAll(/[^a-z ]/gi, ''), room: OTHER, time: at(0), nick: 'zoe' })
]
const { body: _, ...silent } = BEFORE

/** What may happen to a message, and what is then found by the word that others say too. */
const ENDS: ReadonlyArray<readonly [string, ArchivedEvent | undefined]> = [
  ['taken out', undefined],
  ['removed', { ...silent, removed: { by: 'moderator', time: at(9) } }],
  ['corrected', { ...BEFORE, nick: 'bob', standing: { latest: { body: 'stay', uid: 'c', time: at(9) }, edits: 1 } }],
  ['found to be part of another', { ...BEFORE, appliesTo: 'other' }],
  ['found to be encrypted', { ...BEFORE, encrypted: 'urn:xmpp:omemo:2' }]
]

async function change (index: SearchIndex, event: ArchivedEvent | undefined): Promise<void> {
  const from = await index.checkpoint()
  assert.equal(await index.apply([{ id: BEFORE._id, event }], from, `${from}.`), true)
}

export function forgettingContract (engine: IndexUnderTest): void {
  const { bytes } = engine
  const traces = (words: readonly string[]) => {
    const text = bytes?.().toString().toLowerCase() ?? ''
    return words.filter(word => text.includes(word.toLowerCase()))
  }
  // The promise names a second; the test waits for it, and a machine that is busy may take longer.
  const forgotten = async (words: readonly string[]) => {
    while (traces(words).length > 0) await setTimeout(20)
  }

  for (const [how, after] of ENDS) {
    test(`nothing is left of what was said in a message that is ${how}, in files and searches`, { skip: bytes === undefined }, async t => {
      const index = await engine.open(t)
      await add(index, [...OTHERS.slice(0, -1), BEFORE])
      const spoken = [...TRACES, NICK]
      assert.deepEqual(traces(spoken), spoken, 'the test looks where the words are')
      assert.equal((await ask(index, 'xylophagous')).total, 1)
      await change(index, after)
      for (const query of ['xylophagous', 'qwertz*', 'zwolfjahrige', 'kvetch::plugh', '密語', '"wibble@frobozz.example"', `from:${NICK}`]) {
        assert.equal((await ask(index, query)).total, 0, query)
      }
      await forgotten(spoken)
      assert.equal((await ask(index, 'stay from:n1')).total, 12, 'what others say stays, in all its forms')
    })
  }

  test('words and forms that others say stay', async t => {
    const index = await engine.open(t)
    await add(index, [...OTHERS, BEFORE])
    await change(index, undefined)
    assert.deepEqual(await found(index, OTHERS, 'qwertzing from:zoe'), [OTHERS.at(-1)?.body])
    assert.deepEqual(await found(index, OTHERS, '"xylophagous qwertzings"'), [OTHERS.at(-1)?.body])
  })

  test('a nick stays while somebody has it', async t => {
    const index = await engine.open(t)
    const other = recorded({ body: 'said by the same', nick: NICK, time: at(2) })
    await add(index, [BEFORE, other])
    await change(index, undefined)
    assert.deepEqual(await found(index, [other], `from:${NICK}`), ['said by the same'])
  })

  test('what comes again after it was forgotten is found again, in all its forms', async t => {
    const index = await engine.open(t)
    await add(index, [BEFORE])
    await change(index, undefined)
    await add(index, [BEFORE])
    assert.deepEqual((await ask(index, `qwertzing from:${NICK}`)).hits, [BEFORE._id])
  })

  test('nothing is left after close()', { skip: bytes === undefined }, async t => {
    const index = await engine.open(t)
    await add(index, [...OTHERS.slice(0, -1), BEFORE])
    await change(index, undefined)
    await index.close()
    assert.deepEqual(traces([...TRACES, NICK]), [])
  })

  test('whole rooms are forgotten as they are taken out, however many messages had a word', { skip: bytes === undefined }, async t => {
    const index = await engine.open(t)
    const events = Array.from({ length: 1500 }, (_, n) => recorded({ body: `plugh ${n % 2 === 0 ? 'kvetch' : 'wibble'} frobozz${n}`, nick: `Ozy${n}`, time: at(n) }))
    for (let from = 0; from < events.length; from += 100) await add(index, events.slice(from, from + 100))
    const from = await index.checkpoint()
    const kept = new Set([events[3]?._id, events[77]?._id])
    const gone = events.filter(({ _id }) => !kept.has(_id)).map(({ _id: id }) => ({ id, event: undefined }))
    assert.equal(await index.apply(gone, from, 'gone'), true)
    assert.equal((await ask(index, 'plugh')).total, 2)
    assert.equal((await ask(index, 'kvetch')).total, 0)
    await forgotten(['kvetch', 'frobozz1', 'frobozz4', 'ozy1', 'ozy42'])
  })

  test('an event of a room nobody has spoken in is forgotten without complaint', async t => {
    const index = await engine.open(t)
    assert.equal(await index.apply([{ id: eventId(OTHER, 'talk', at(5)), event: undefined }], undefined, 'one'), true)
  })
}
