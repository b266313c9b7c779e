import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hasCode } from '../../../src/model/errors.ts'
import { luceneQuery } from '../../../src/search/nouveau/lucene.ts'
import { createNouveauIndex } from '../../../src/search/nouveau/nouveau.ts'
import { luceneToken } from '../../../src/search/nouveau/token.ts'
import { parseQuery } from '../../../src/search/query.ts'
import { indexContract } from '../index-contract.ts'
import { ROOMS, add, ask, talk } from '../index-under-test.ts'
import { startFakeNouveau } from './fake-nouveau.ts'
import { parseLucene } from './lucene-syntax.ts'

indexContract({
  name: 'nouveau',
  lacks: ['relevance'],
  async open (t, languages = ['en']) {
    const server = await startFakeNouveau()
    t.after(() => server.close())
    return createNouveauIndex({ url: server.url, languages })
  }
})

describe('Queries for Lucene', () => {
  test('have only what the translation says as syntax, whatever is asked', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('"', '*', '-', '\\', ':', 'from:', 'to:', 'in:', 'is:kick', 'has:link', ' OR ', 'AND', 'NOT', '(', ')', '[a TO b]', '~', '^2', '/re.*/', '{', 'fn:phrase(a)', '検索'))
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      try {
        const query = luceneQuery({ query: parseQuery(pieces.join('')), rooms: ROOMS, streams: ['talk', 'presence'] }, ['en'])
        if (query !== undefined) parseLucene(query.text)
      } catch (error) {
        assert.ok(hasCode(error, 'ERR_QUERY'), String(error))
      }
    }), { numRuns: 2000 })
  })

  test('tokens are letters and digits, differ where the words differ, and begin as they begin', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ unit: 'binary', maxLength: 30 }), (a, b) => {
      assert.match(luceneToken(a), /^[a-zX0-9]*$/)
      assert.equal(luceneToken(a) === luceneToken(b), a === b)
      assert.equal(luceneToken(a).startsWith(luceneToken(b)), a.startsWith(b))
      assert.ok(luceneToken(a + b).startsWith(luceneToken(a)))
    }))
  })

  for (const [asked, expected] of [
    ['"stream error"', 'word:"stream error"'],
    ['arch*', 'word:arch*'],
    ['Foo::Bar', 'code:fooX003aX003abar'],
    ['hi -from:bob', 'AND NOT nick:bob'],
    ['on:2024-05-17 hi', 'time:[1715904000000000 TO 1715990399999999]'],
    ['hi', 'room:loungeX0040conferenceX002eexampleX002eorg']
  ] as const) {
    test(`${asked} asks for ${expected}`, () => {
      const text = luceneQuery({ query: parseQuery(asked), rooms: ROOMS }, ['en'])?.text ?? ''
      assert.ok(text.includes(expected), text)
    })
  }
})

describe('The Nouveau engine', () => {
  test('says what the server lacks', async t => {
    const server = await startFakeNouveau({ hasNouveau: false })
    t.after(() => server.close())
    const index = createNouveauIndex({ url: server.url, languages: ['en'] })
    await add(index, talk('hello'))
    await assert.rejects(ask(index, 'hello'), { code: 'ERR_SEARCH', message: /status 404 \(not_found, nouveau is not enabled\); expected a CouchDB of 3\.4/ })
  })

  test('never tells the password when the server is away', async () => {
    const server = await startFakeNouveau()
    await server.close()
    const index = createNouveauIndex({ url: server.url, languages: ['en'] })
    await assert.rejects(index.checkpoint(), (error: Error) => /Cannot reach the search at http:\/\/127/.test(error.message) && !error.message.includes('secret'))
  })

  test('asks again for everything when other languages are configured', async t => {
    const server = await startFakeNouveau()
    t.after(() => server.close())
    await add(createNouveauIndex({ url: server.url, languages: ['en'] }), talk('hello'))
    assert.equal(await createNouveauIndex({ url: server.url, languages: ['de'] }).checkpoint(), undefined)
    assert.equal(await createNouveauIndex({ url: server.url, languages: ['en'] }).checkpoint(), '+')
  })
})
