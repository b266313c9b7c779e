import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { ArchivedEvent } from '../../src/model/event.ts'
import type { SearchIndex, SearchRequest } from '../../src/search/search-index.ts'
import { LOUNGE } from '../helpers/events.ts'
import { OTHER, add, ask, at, realTalk, recorded, talk } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

async function ranked (
  index: SearchIndex, events: readonly ArchivedEvent[], query: string, request: Partial<SearchRequest> = {}
): Promise<string[]> {
  const { hits } = await ask(index, query, { order: 'relevance', ...request })
  const bodies = new Map(events.map(event => [event._id, event.body ?? '']))
  return hits.map(id => bodies.get(id) ?? 'unknown')
}

export function relevanceContract (engine: IndexUnderTest): void {
  test('what says the word more often, or in fewer words, stands before what only mentions it', async t => {
    const index = await engine.open(t)
    const events = talk(
      'apple apple', 'an apple beside very many other words that say nothing of it at all, and go on and on', 'apple', 'a pear', 'one apple among a few')
    await add(index, events)
    const bodies = await ranked(index, events, 'apple')
    assert.deepEqual(bodies.slice(0, 2).sort(), ['apple', 'apple apple'])
    assert.deepEqual(bodies.slice(2), ['one apple among a few', events[1]?.body])
  })

  test('of alternatives the rarer one stands first, and both before one', async t => {
    const index = await engine.open(t)
    const events = talk('rare thing', 'rare common', ...Array.from({ length: 30 }, (_, n) => `common number${n}`))
    await add(index, events)
    assert.deepEqual((await ranked(index, events, 'common OR rare')).slice(0, 2), ['rare common', 'rare thing'])
  })

  test('equals stand with the newest first, and so does what was found without words', async t => {
    const index = await engine.open(t)
    const events = talk('same one', 'same two', 'same three')
    await add(index, events)
    for (const query of ['same', 'from:alice', 'after:2020']) assert.deepEqual(await ranked(index, events, query), ['same three', 'same two', 'same one'])
  })

  test('page after page gives every hit once in the same order, though more comes meanwhile', async t => {
    const index = await engine.open(t)
    const events = realTalk()
    await add(index, events)
    const all = await ask(index, 'the', { order: 'relevance', limit: 1000 })
    assert.ok(all.total > 100 && all.complete && all.ranked?.hits === all.total)
    const { ranked } = await ask(index, 'the', { order: 'relevance', limit: 1 })
    assert.ok(ranked)
    const paged = []
    for (let skip = 0, isOver = false; !isOver; skip += 30) {
      await add(index, [recorded({ body: 'the the the', time: at(skip), uid: `later${skip}` })])
      const page = await ask(index, 'the', { order: 'relevance', limit: 30, skip, before: ranked.before })
      assert.deepEqual(page.ranked, ranked)
      paged.push(...page.hits)
      isOver = page.complete
    }
    assert.deepEqual(paged, all.hits)
    assert.deepEqual((await ask(index, 'the', { order: 'relevance', limit: 30, skip: 5000, before: ranked.before })).hits, [])
  })

  test('it holds the bounds, the rooms of the reader and what is excluded', async t => {
    const index = await engine.open(t)
    const events = [
      recorded({ body: 'apple one', time: at(1) }), recorded({ body: 'apple two', room: OTHER, time: at(2) }),
      recorded({ body: 'apple three', time: at(3) }), recorded({ body: 'apple four pear', time: at(4) })]
    await add(index, events)
    const request = { rooms: [LOUNGE], start: at(1), end: at(4) }
    assert.deepEqual(await ranked(index, events, 'apple -pear', request), ['apple three', 'apple one'])
    assert.deepEqual(await ranked(index, events, 'apple -pear', { ...request, start: at(2) }), ['apple three'])
    const page = await ask(index, 'nothing', { order: 'relevance' })
    assert.deepEqual([page.hits, page.total, page.complete], [[], 0, true])
  })
}
