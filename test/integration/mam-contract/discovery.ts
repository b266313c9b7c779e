import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { archiveJidOf, parseRoomJid } from '../../../src/model/address.ts'
import { valueOf } from '../../../src/xmpp/data-form.ts'
import { parseInfo, parseItems } from '../../../src/xmpp/disco.ts'
import { child, children, elementsOf, parseXml } from '../../../src/xmpp/element.ts'
import type { Element } from '../../../src/xmpp/element.ts'
import { NS } from '../../../src/xmpp/namespaces.ts'
import { ask, at, ROOMS } from './stage.ts'
import type { ContractStage } from './stage.ts'

const INFO = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
const ITEMS = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
const FORM = "<query xmlns='urn:xmpp:mam:2'/>"
const METADATA = "<metadata xmlns='urn:xmpp:mam:2'/>"

export function testDiscovery (stage: () => ContractStage): void {
  describe('discovery', () => {
    const get = (to: string, payload: string, talker = stage().alice) =>
      talker.request(parseXml(`<iq type='get' to='${to}'>${payload}</iq>`))

    test('XEP-0030, XEP-0128: an archive says what it is, what it can do, and where it is on the web', async () => {
      const answer = await get(stage().archive('talk'), INFO)
      assert.equal(answer.attrs['from'], stage().archive('talk'))
      const { identities, features, forms } = parseInfo(answer)
      assert.deepEqual(identities, [{ category: 'conference', type: 'text', name: 'talk' }])
      for (const feature of [
        NS.DISCO_INFO, 'urn:xmpp:mam:2', 'urn:xmpp:mam:2#extended', 'urn:xmpp:sid:0', 'urn:xmpp:occupant-id:0', 'urn:xmpp:fulltext:0',
        'urn:xmpp:message-retract:1', 'urn:xmpp:message-retract:1#tombstone'
      ]) assert.ok(features.has(feature), feature)
      const form = (type: string) => forms.find(({ formType }) => formType === type)
      assert.equal(valueOf(form(NS.MUC_ROOM_INFO), 'muc#roominfo_logs'), 'http://logs.example.org/r/talk/')
      assert.ok(form(NS.MAM)?.fields.has('fulltext'), 'Fluux looks here for the search')
    })

    test('XEP-0106: the service lists the archives that are public, by addresses that escape the room', async () => {
      const items = parseItems(await get('logs.localhost', ITEMS))
      assert.deepEqual(items.map(({ jid, name }) => [jid, name]), ROOMS.filter(name => name !== 'off').map(name => [`${name}\\40conference.localhost@logs.localhost`, name]))
      const { identities, features } = parseInfo(await get('logs.localhost', INFO))
      assert.deepEqual(identities.map(({ category, type }) => [category, type]), [['component', 'generic']])
      assert.ok(features.has(NS.DISCO_ITEMS) && features.has(NS.MUC) && features.has(NS.MAM), 'Libervia looks for MAM here')
    })

    test('the form of a query has every field, takes any ids without offering some, and need not be asked for', async () => {
      const query = child(await get(stage().archive('talk'), FORM), 'query', NS.MAM) as Element
      const form = child(query, 'x', NS.DATA_FORM) as Element
      assert.equal(form.attrs['type'], 'form')
      assert.deepEqual(children(form, 'field').map(({ attrs }) => [attrs['var'], attrs['type']]), [
        ['FORM_TYPE', 'hidden'], ['with', 'jid-single'], ['start', 'text-single'], ['end', 'text-single'], ['before-id', 'text-single'],
        ['after-id', 'text-single'], ['ids', 'list-multi'], ['{urn:xmpp:fulltext:0}fulltext', 'text-single']
      ])
      const ids = children(form, 'field').find(({ attrs }) => attrs['var'] === 'ids') as Element
      assert.deepEqual(elementsOf(ids).map(({ name }) => name), ['validate'], 'no options')
    })

    test('metadata tell the first and the last, as precisely as results; of an empty archive nothing', async () => {
      assert.deepEqual(elementsOf(child(await get(stage().archive('empty'), METADATA), 'metadata', NS.MAM) as Element), [])
      await stage().fill('one', [{ uid: 'joined', kind: 'join', time: at(0) }, { uid: 'only', time: at(1.000001) }])
      const { stamps } = await ask(stage().alice, stage().archive('one'))
      const edges = elementsOf(child(await get(stage().archive('one'), METADATA), 'metadata', NS.MAM) as Element)
      assert.deepEqual(edges.map(({ name, attrs }) => [name, attrs]), ['start', 'end'].map(name => [name, { id: 'only', timestamp: stamps[0] }]))
    })

    test('R-62: a closed room is for its members; who is not among them, or was put out, finds nothing there, as where no room is', async () => {
      const { directory, alice } = stage()
      const bob = await stage().talker('bob', 'reader')
      const room = stage().room('members')
      await stage().fill('members', [{}])
      const nowhere = archiveJidOf(parseRoomJid('nowhere@conference.localhost'), 'logs.localhost')
      const answers = async (talker: typeof alice, archive: string) => {
        const found = await Promise.allSettled([INFO, ITEMS, FORM, METADATA, "<ping xmlns='urn:xmpp:ping'/>"].map(payload => get(archive, payload, talker)))
        const page = await Promise.allSettled([ask(talker, archive)])
        return [...found, ...page].map(result => result.status === 'fulfilled' ? 'there' : String(result.reason))
      }
      const unknown = await answers(bob, nowhere)
      const affiliation = (name: 'member' | 'admin' | 'owner' | 'none' | 'outcast') => new Map([['alice@localhost' as never, name]])
      const readable = Array.from({ length: 6 }, () => 'there')
      for (const [name, isOpen, expected] of [
        ['member', false, readable], ['admin', false, readable], ['owner', false, readable], ['none', false, unknown], ['outcast', false, unknown],
        ['outcast', true, unknown], ['none', true, readable]
      ] as const) {
        directory.learn(room, { isOpen, affiliations: affiliation(name) })
        assert.deepEqual(await answers(alice, stage().archive('members')), expected, `${name}, ${String(isOpen)}`)
      }
      directory.learn(room, { isOpen: false })
      assert.deepEqual(await answers(alice, stage().archive('members')), unknown, 'its lists are not known')
      assert.deepEqual(await answers(bob, stage().archive('off')), unknown)
      assert.ok(unknown.every(text => text.includes('item-not-found')), unknown.join())
    })
  })
}
