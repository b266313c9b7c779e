import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseDateTime } from '../../src/model/archive-time.ts'
import { attribute, child, elementsOf, parseXml, textOf } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildMamQuery, parseMamFin, parseMamResult } from '../../src/xmpp/mam.ts'
import type { MamResult } from '../../src/xmpp/mam.ts'
import { parseStanzaError } from '../../src/xmpp/stanza-error.ts'

const ROOM = 'lab@conference.localhost'
const MAM = 'urn:xmpp:mam:2'
const RSM = 'http://jabber.org/protocol/rsm'

const message = (inner: string): Element => parseXml(`<message xmlns='jabber:client' from='${ROOM}'>${inner}</message>`)
const forwarded = (inner: string): string => `<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded>`
const result = (inner: string, attributes = "id='a' queryid='q'"): string => `<result xmlns='${MAM}' ${attributes}>${inner}</result>`
const fin = (attributes: string, set: string): Element => parseXml(`<iq type='result'><fin xmlns='${MAM}' ${attributes}><set xmlns='${RSM}'>${set}</set></fin></iq>`)
const SAID = "<message xmlns='jabber:client' type='groupchat'><body>hi</body></message>"
const STAMP = "<delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:07:05Z'/>"

describe('a question to an archive', () => {
  it('names the page, and the time where one is given', () => {
    const query = (content: string): string => `<iq type="set" to="${ROOM}"><query xmlns="${MAM}" queryid="q">${content}</query></iq>`
    assert.equal(String(buildMamQuery({ to: ROOM, queryId: 'q', after: '<a>', max: 50 })),
      query(`<set xmlns="${RSM}"><max>50</max><after>&lt;a&gt;</after></set>`))
    assert.equal(String(buildMamQuery({ to: ROOM, queryId: 'q', before: '', max: 1 })), query(`<set xmlns="${RSM}"><max>1</max><before/></set>`))
    const start = parseDateTime('2026-11-21T07:07:05.000001Z')
    const form = (fields: string): string => `<x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE" type="hidden"><value>${MAM}</value></field>${fields}</x>`
    const field = (name: string, time: string): string => `<field var="${name}"><value>${time}</value></field>`
    assert.equal(String(buildMamQuery({ to: ROOM, queryId: 'q', start, max: 50 })),
      query(`${form(field('start', '2026-11-21T07:07:05.000001Z'))}<set xmlns="${RSM}"><max>50</max></set>`))
    assert.equal(String(buildMamQuery({ to: ROOM, queryId: 'q', start, end: start + 1, after: 'a', max: 50 })),
      query(`${form(field('start', '2026-11-21T07:07:05.000001Z') + field('end', '2026-11-21T07:07:05.000002Z'))}<set xmlns="${RSM}"><max>50</max><after>a</after></set>`))
  })
})

describe('a result of an archive', () => {
  it('is an id, a time and one message', () => {
    const read = parseMamResult(message(result(forwarded(STAMP + SAID)))) as MamResult
    assert.deepEqual([read.queryId, read.id, read.stamp], ['q', 'a', parseDateTime('2026-11-21T07:07:05Z')])
    assert.equal(textOf(read.stanza, 'body'), 'hi')
    assert.equal(parseMamResult(message(result(forwarded(SAID), "id='a'")))?.queryId, undefined)
  })

  it('has no time when none can be read', () => {
    for (const stamp of ['', STAMP.replace('2026-11', '2026-13')]) {
      const read = parseMamResult(message(result(forwarded(stamp + SAID)))) as MamResult
      assert.deepEqual([read.id, read.stamp], ['a', undefined])
    }
  })

  const none: ReadonlyArray<readonly [what: string, stanza: Element]> = [
    ['something said', message('<body>hi</body>')],
    ['two results in one', message(result(forwarded(SAID)) + result(forwarded(SAID)))],
    ['a result without an id', message(result(forwarded(SAID), "queryid='q'"))],
    ['a result of another version', parseXml(String(message(result(forwarded(SAID)))).replaceAll(MAM, 'urn:xmpp:mam:1'))],
    ['a result without a message', message(result(forwarded(STAMP)))],
    ['a result with two messages', message(result(forwarded(STAMP + SAID + SAID)))],
    ['a result with nothing forwarded', message(result(''))],
    ['a presence', parseXml(String(message(result(forwarded(SAID)))).replace(/^<message|message>$/g, word => word.replace('message', 'presence')))]
  ]
  for (const [what, stanza] of none) {
    it(`is not ${what}`, () => { assert.equal(parseMamResult(stanza), undefined) })
  }
})

describe('the end of a page', () => {
  it('tells whether the archive goes on, and where', () => {
    assert.deepEqual(parseMamFin(fin('', '<first>a</first><last>b</last>')), { complete: false, rsm: { first: 'a', last: 'b' } })
    assert.deepEqual(parseMamFin(fin("complete='true'", '<count>0</count>')), { complete: true, rsm: { count: 0 } })
    assert.deepEqual(parseMamFin(fin("complete='1' stable='false'", '')), { complete: true, stable: false, rsm: {} })
    assert.deepEqual(parseMamFin(fin("complete='yes' stable='true'", '')), { complete: false, stable: true, rsm: {} })
  })

  it('is no end when the answer says nothing of the archive', () => {
    for (const answer of ["<iq type='result'/>", '<iq type=\'result\'><fin xmlns=\'urn:xmpp:mam:1\' complete=\'true\'/></iq>']) {
      assert.throws(() => parseMamFin(parseXml(answer)), { code: 'ERR_STANZA' })
    }
  })
})

interface Page {
  readonly query: Element
  readonly results: readonly MamResult[]
  readonly answer: Element
}

/** What a component asked a real server's archive, and what it was told. */
function readPages (server: 'prosody' | 'ejabberd'): Page[] {
  const capture = parseXml(readFileSync(join(import.meta.dirname, `fixtures/mam-${server}.xml`), 'utf8'))
  const stanzas = elementsOf(capture).map(step => elementsOf(step)[0] as Element)
  const queries = stanzas.filter(stanza => child(stanza, 'query', MAM) !== undefined && stanza.attrs['type'] === 'set')
  return queries.map(query => {
    const answer = stanzas.find(({ attrs }) => attrs['id'] === query.attrs['id'] && attrs['type'] !== 'set') as Element
    const between = stanzas.slice(stanzas.indexOf(query) + 1, stanzas.indexOf(answer))
    return { query, answer, results: between.map(stanza => parseMamResult(stanza) as MamResult) }
  })
}

for (const server of ['prosody', 'ejabberd'] as const) {
  describe(`the archive of ${server}`, () => {
    const pages = readPages(server)
    const given = pages.filter(({ answer }) => answer.attrs['type'] === 'result')

    it('is asked as it was asked when it answered', () => {
      const asked = [{}, { before: '' }, { after: '0qvDQQ9ftIDF1cgT2CK_NfZA' }, { after: '1795244866507655' }, { start: parseDateTime('2020-01-01T00:00:00Z') }]
      const queries = new Set(pages.map(({ query }) => child(query, 'query', MAM)).map(String))
      const same = asked.map(query => String(child(buildMamQuery({ to: ROOM, queryId: 'q', max: 2, ...query }), 'query', MAM)).replaceAll('.000000Z', 'Z'))
      assert.equal(same.filter(query => queries.has(query)).length, 4, [...queries].join('\n'))
    })

    it('gives messages with their ids and times', () => {
      const results = pages.flatMap(({ results }) => results)
      assert.ok(results.length > 30)
      for (const read of results) {
        assert.equal(read.queryId, 'q')
        assert.equal(attribute(read.stanza, 'type'), 'groupchat')
        // The ids of ejabberd are times.
        assert.equal(server === 'ejabberd' ? String(read.stamp) : typeof read.stamp, server === 'ejabberd' ? read.id : 'number')
      }
    })

    it('names the first and the last of each page, and says which is the last page', () => {
      const fins = given.map(({ answer, results }) => ({ ...parseMamFin(answer), results }))
      assert.ok(fins.length > 10)
      for (const { rsm, results } of fins) assert.deepEqual([rsm.first, rsm.last], [results[0]?.id, results.at(-1)?.id])
      assert.deepEqual(new Set(fins.map(({ complete }) => complete)), new Set([true, false]))
    })

    it('answers for an id that it does not know: an error, or a page that goes on', () => {
      const { answer, results } = pages.find(({ query }) => String(query).includes('no-such-id')) as Page
      if (server === 'prosody') assert.equal(parseStanzaError(answer).condition, 'item-not-found')
      else assert.equal(results.length, 2)
    })
  })
}
