import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseXml } from '../../../src/xmpp/element.ts'
import { NS } from '../../../src/xmpp/namespaces.ts'
import { StanzaError } from '../../../src/xmpp/stanza-error.ts'
import { ask, at, field, queryXml, refusal, submit } from './stage.ts'
import type { ContractStage } from './stage.ts'

const OTHER_FORM = "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:1</value></field>"

const WRONG: ReadonlyArray<readonly [string, string, string, string]> = [
  ['a field that nobody knows', queryXml({ form: field('colour', 'blue') }), 'feature-not-implemented', 'cancel'],
  ['the field include-groupchat', queryXml({ form: field('include-groupchat', 'true') }), 'feature-not-implemented', 'cancel'],
  ['another FORM_TYPE', queryXml({ form: submit('', OTHER_FORM) }), 'bad-request', 'modify'],
  ['no FORM_TYPE', queryXml({ form: submit(field('start', at(0)), '') }), 'bad-request', 'modify'],
  ['a form that is not submitted', queryXml({ form: submit('', undefined, 'form') }), 'bad-request', 'modify'],
  ['a start that is no time', queryXml({ form: field('start', 'yesterday') }), 'bad-request', 'modify'],
  ['an end without a zone', queryXml({ form: field('end', '2026-08-21T09:00:00') }), 'bad-request', 'modify'],
  ['a day that is none', queryXml({ form: field('start', '2026-02-30T09:00:00Z') }), 'bad-request', 'modify'],
  ['with that is no address', queryXml({ form: field('with', '@@') }), 'bad-request', 'modify'],
  ['a text that is empty', queryXml({ form: field('{urn:xmpp:fulltext:0}fulltext', ' ') }), 'bad-request', 'modify'],
  ['a maximum below nothing', queryXml({ set: '<max>-1</max>' }), 'bad-request', 'modify'],
  ['a maximum that is no number', queryXml({ set: '<max>all</max>' }), 'bad-request', 'modify'],
  ['a node', '<query xmlns="urn:xmpp:mam:2" node="x"/>', 'item-not-found', 'cancel'],
  ['an older MAM', '<query xmlns="urn:xmpp:mam:1"/>', 'service-unavailable', 'cancel'],
  ['the oldest MAM', '<query xmlns="urn:xmpp:mam:0"/>', 'service-unavailable', 'cancel'],
  ['preferences', '<prefs xmlns="urn:xmpp:mam:2" default="always"/>', 'feature-not-implemented', 'cancel']
]

const RIGHT: ReadonlyArray<readonly [string, string]> = [
  ['FORM_TYPE without a type', submit(field('start', at(0)), "<field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>")],
  ['a form of FORM_TYPE alone', submit('')],
  ['fields that were left blank', submit("<field var='with'/><field var='start'/><field var='after-id'/>")]
]

export function testErrors (stage: () => ContractStage): void {
  describe('what is wrong', () => {
    for (const [name, payload, condition, type] of WRONG) {
      test(`R-34, R-40, §6.7: a query with ${name} is ${condition}`, async () => {
        const error = await refusal(stage().alice, stage().archive('talk'), payload)
        assert.deepEqual([error.condition, error.type], [condition, type])
      })
    }

    for (const [name, form] of RIGHT) {
      test(`R-34: a query with ${name} is right`, async () => { assert.ok((await ask(stage().alice, stage().archive('talk'), { form })).isComplete) })
    }

    test('preferences cannot be asked for, and a form not set', async () => {
      assert.equal((await refusal(stage().alice, stage().archive('talk'), '<prefs xmlns="urn:xmpp:mam:2"/>', 'get')).condition, 'feature-not-implemented')
    })

    test('an occupant of the archive has none of its own', async () => {
      for (const nick of ['alice', 'nobody']) {
        assert.equal((await refusal(stage().alice, `${stage().archive('talk')}/${nick}`, queryXml({}))).condition, 'feature-not-implemented')
      }
    })

    test('a request with two payloads, or none, is a bad request, and harms nobody', async () => {
      for (const payload of [`${queryXml({})}${queryXml({})}`, '']) {
        const { condition, type } = await refusal(stage().alice, stage().archive('talk'), payload)
        assert.deepEqual([condition, type], ['bad-request', 'modify'])
      }
      assert.ok((await ask(stage().alice, stage().archive('talk'))).isComplete)
    })

    test('a store or an index that fails is told so, without its secrets and before any result, never as an empty page', async () => {
      const seen = stage().alice.received().length
      for (const [what, payload] of [['store', queryXml({})], ['index', queryXml({ form: field('fulltext', 'apple') })]] as const) {
        stage().fail(what)
        const { condition, type, text } = await refusal(stage().alice, stage().archive('talk'), payload)
        stage().fail()
        assert.deepEqual([condition, type], ['internal-server-error', 'wait'], what)
        assert.ok(!text.includes('secret'))
      }
      assert.ok(stage().alice.received().slice(seen).every(({ name }) => name !== 'message'))
    })

    test('R-56: where something is missing from the time of a page, it is not stable', async () => {
      const archive = stage().archive('gone')
      const room = stage().room('gone')
      await stage().fill('gone', Array.from({ length: 4 }, (_, n) => ({ time: at(n * 10) })))
      assert.equal((await ask(stage().alice, archive)).fin.attrs['stable'], undefined)
      await stage().store.putGaps([{ room, from: at(10), to: at(20), cause: 'disconnected' }])
      for (const [asked, stable] of [
        [{}, 'false'], [{ set: '<max>3</max>' }, 'false'], [{ set: '<max>1</max>' }, undefined], [{ set: '<after>u2</after>' }, undefined],
        [{ form: field('start', at(12)) + field('end', at(13)) }, 'false']
      ] as const) assert.equal((await ask(stage().alice, archive, asked)).fin.attrs['stable'], stable, JSON.stringify(asked))
      await stage().store.putGaps([{ room, from: at(10), to: at(20), cause: 'disconnected', filled: at(60) }])
      assert.equal((await ask(stage().alice, archive)).fin.attrs['stable'], undefined)
    })

    test('R-57: while what was heard waits for its place, no walk on ends with a message, and pages are not stable', async () => {
      const archive = stage().archive('behind')
      await stage().fill('behind', [{}, {}])
      stage().setBehind('behind')
      const page = await ask(stage().alice, archive)
      assert.deepEqual([page.uids, page.isComplete, page.fin.attrs['stable']], [['u0', 'u1'], false, 'false'])
      const rest = await ask(stage().alice, archive, { set: '<after>u1</after>' })
      assert.deepEqual([rest.uids, rest.isComplete, rest.fin.attrs['stable']], [[], true, 'false'])
      stage().setBehind(undefined)
      const { isComplete, fin } = await ask(stage().alice, archive)
      assert.deepEqual([isComplete, fin.attrs['stable']], [true, undefined])
    })

    test('R-55: who asks too much is told in how many seconds to go on, while others are served', async () => {
      const carol = await stage().talker('carol', 'flood')
      await stage().fill('floods', [{}])
      const archive = stage().archive('floods')
      const asked = Array.from({ length: 1200 }, () => carol.request(parseXml(`<iq type='set' to='${archive}'>${queryXml({ set: '<max>0</max>' })}</iq>`)))
      const answers = await Promise.allSettled(asked)
      const refused = answers.flatMap(answer => answer.status === 'rejected' ? [answer.reason as unknown] : [])
      assert.ok(refused.length > 0)
      for (const error of refused) {
        assert.ok(error instanceof StanzaError)
        assert.deepEqual([error.condition, error.type, error.application?.name], ['resource-constraint', 'wait', 'rate-limit'])
        assert.match(error.application?.attrs['retry-after'] ?? '', /^[1-9]\d*$/)
      }
      assert.equal((await ask(stage().alice, archive)).uids.length, 1)
      const ping = await carol.request(parseXml(`<iq type='get' to='${archive}'><ping xmlns='${NS.PING}'/></iq>`))
      assert.equal(ping.attrs['type'], 'result')
    })
  })
}
