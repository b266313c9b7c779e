import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { xml, parseXml } from '../../src/xmpp/element.ts'
import { buildRsm, buildRsmResult, parseRsm, parseRsmResult } from '../../src/xmpp/rsm.ts'

const query = (set: string): ReturnType<typeof parseXml> => parseXml(`<query xmlns='urn:xmpp:mam:2'>${set}</query>`)
const set = (inner: string): string => `<set xmlns='http://jabber.org/protocol/rsm'>${inner}</set>`

describe('a result set request', () => {
  const cases: Array<[string, object | undefined]> = [
    ['', undefined],
    [set(''), {}],
    [set('<max>50</max>'), { max: 50 }],
    [set('<max>0</max>'), { max: 0 }],
    [set('<max> 10\n</max>'), { max: 10 }],
    [set('<max>99999999999999999999</max>'), { max: Number.MAX_SAFE_INTEGER }],
    [set('<before/>'), { before: '' }],
    [set('<before>True</before>'), { before: 'True' }],
    [set('<after>a b&amp;c</after>'), { after: 'a b&c' }],
    [set('<after/>'), {}],
    [set('<index>370</index><max>10</max>'), { max: 10, index: 370 }],
    [set('<after>1</after><before>9</before>'), { after: '1', before: '9' }],
    ["<set xmlns='urn:example:other'><max>50</max></set>", undefined]
  ]
  for (const [text, expected] of cases) {
    it(`is read from ${text === '' ? 'a query without one' : text.replace(/ xmlns='[^']*rsm'/, '')}`, () => { assert.deepEqual(parseRsm(query(text)), expected) })
  }

  for (const number of ['', '-1', '1.5', 'ten', '1e3', '0x10', '٣']) {
    it(`is bad-request with the number "${number}"`, () => {
      assert.throws(() => parseRsm(query(set(`<max>${number}</max>`))), { condition: 'bad-request', type: 'modify' })
      assert.throws(() => parseRsm(query(set(`<index>${number}</index>`))), { condition: 'bad-request' })
    })
  }

  it('is written as it is read', () => {
    for (const request of [{}, { max: 10 }, { max: 0, before: '' }, { after: '<id>' }, { index: 3, before: 'x' }]) {
      assert.deepEqual(parseRsm(xml('query', {}, buildRsm(request))), request)
    }
  })
})

describe('a result set', () => {
  it('is written as it is read', () => {
    for (const result of [{}, { count: 0 }, { first: 'a', last: 'b', index: 0, count: 16 }, { first: 'a', last: 'a' }]) {
      assert.deepEqual(parseRsmResult(xml('fin', {}, buildRsmResult(result))), result)
    }
  })

  it('of an empty page has only a count', () => {
    assert.equal(buildRsmResult({ count: 0 }).toString(), '<set xmlns="http://jabber.org/protocol/rsm"><count>0</count></set>')
  })

  it('with numbers that are none counts them as not given', () => {
    assert.deepEqual(parseRsmResult(query(set("<first index='x'>a</first><last>b</last><count>-3</count>"))), { first: 'a', last: 'b' })
    assert.deepEqual(parseRsmResult(query('')), {})
  })
})
