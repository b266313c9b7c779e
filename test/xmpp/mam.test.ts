import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDateTime } from '../../src/model/archive-time.ts'
import { attribute, child, parseXml, textOf } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildMamQuery, parseMamFin, parseMamResult } from '../../src/xmpp/mam.ts'
import type { MamResult } from '../../src/xmpp/mam.ts'
import { readScenes } from '../helpers/captures.ts'

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

for (const server of ['prosody', 'ejabberd'] as const) {
  describe(`the archive of ${server}`, () => {
    const steps = readScenes(server).flatMap(({ name, steps }) => steps.map(step => ({ scene: name, ...step })))

    it('is read: every result with its id and time', () => {
      const results = steps.filter(({ stanza }) => child(stanza, 'result', MAM) !== undefined).map(({ stanza }) => parseMamResult(stanza))
      assert.ok(results.length > 100)
      for (const read of results) {
        assert.equal(read?.queryId, 'q')
        assert.match(read.id, server === 'prosody' ? /^[\w-]{24}$/ : /^\d{16}$/)
        assert.equal(attribute(read.stanza, 'type'), 'groupchat')
        // Of ejabberd the id is the time.
        assert.ok(server === 'prosody' ? read.stamp !== undefined : String(read.stamp) === read.id, String(read.stamp))
      }
    })

    it('is read: where each page ends, and that the last is the last', () => {
      const ends = steps.filter(({ stanza }) => child(stanza, 'fin', MAM) !== undefined).map(({ scene, stanza }) => ({ scene, ...parseMamFin(stanza) }))
      assert.ok(ends.length > 5)
      assert.ok(ends.some(({ complete, rsm }) => !complete && rsm.last !== undefined), 'a page in the middle')
      for (const { complete, rsm, scene } of ends) assert.ok(complete || rsm.last !== undefined, scene)
    })
  })
}
