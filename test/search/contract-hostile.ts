import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { hasCode } from '../../src/model/errors.ts'
import { SYNTAX, TROUBLESOME, UNREADABLE } from './hostile-queries.ts'
import { add, ask, found, talk } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

export function hostileContract (engine: IndexUnderTest): void {
  test('nothing that is typed is syntax of the engine', async t => {
    const index = await engine.open(t)
    const events = talk('hello there', 'nothing else')
    await add(index, events)
    for (const query of SYNTAX) {
      const bodies = await found(index, events, query).catch((error: unknown) => {
        assert.ok(hasCode(error, 'ERR_QUERY'), `${query}: ${String(error)}`)
        return [] as string[]
      })
      assert.ok(!bodies.includes('nothing else'), query)
    }
  })

  test('any text either is refused with ERR_QUERY or gives a page', async t => {
    const index = await engine.open(t)
    await add(index, talk('hello there', 'nothing else'))
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('"', '“', '*', '-', '+', '\\', ':', 'from:', 'in:', 'on:', 'before:2024', 'has:link', ' ', '\0', '\ud800', '\u202e', '検', '👩‍💻', "'", 'NEAR(', '^'))
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async pieces => {
      try {
        const page = await ask(index, pieces.join(''))
        assert.ok(page.total >= page.hits.length)
      } catch (error) {
        assert.ok(hasCode(error, 'ERR_QUERY'), String(error))
      }
    }), { numRuns: 400 })
  })

  for (const [name, query] of UNREADABLE) {
    test(`${name} are refused, with the place`, async t => {
      const index = await engine.open(t)
      await assert.rejects(async () => ask(index, query), { code: 'ERR_QUERY', message: /^Cannot read the query at character \d+: / })
    })
  }

  // What takes longer than the box of a search rejects with another code.
  for (const [name, query] of TROUBLESOME) {
    test(`${name} in a query find nothing that they should not`, async t => {
      const index = await engine.open(t)
      const events = talk('hello there', 'nothing else', 'a '.repeat(2000), '@a,'.repeat(2000), 'a, '.repeat(2000))
      await add(index, events)
      assert.ok(!(await found(index, events, query)).includes('nothing else'))
    })
  }

  test('any text can be indexed and is found by itself in quotes', async t => {
    const index = await engine.open(t)
    const body = fc.string({ unit: 'binary', maxLength: 60 }).filter(text => /[a-z]{2}/.test(text) && !/["“”„‟«»]/.test(text))
    const events = talk(...fc.sample(body, 200))
    await add(index, events)
    for (const event of events) {
      const { hits } = await ask(index, `"${event.body ?? ''}"`, { limit: 500 })
      assert.ok(hits.includes(event._id), JSON.stringify(event.body))
    }
  })

  test('a text of one endless word and one of a million characters do no harm', async t => {
    const index = await engine.open(t)
    const events = talk('x'.repeat(1_000_000), 'lorem ipsum '.repeat(90_000), 'plain')
    await add(index, events)
    assert.equal((await ask(index, `"${'lorem ipsum '.repeat(160)}"`)).total, 1)
    assert.equal((await ask(index, 'x'.repeat(1990))).total, 1)
    assert.equal((await ask(index, 'plain')).total, 1)
  })

  test('words of nothing match nothing, beside others they are left out', async t => {
    const index = await engine.open(t)
    const events = talk('hello ...', 'else')
    await add(index, events)
    for (const query of ['', '  ', '"..."', '… ,', '*', '" "']) {
      assert.deepEqual(await found(index, events, query), [], query)
    }
    assert.deepEqual(await found(index, events, 'from:alice "..."'), [])
    assert.deepEqual(await found(index, events, 'hello ...'), ['hello ...'])
    assert.deepEqual(await found(index, events, 'hello -"..."'), ['hello ...'])
  })
}
