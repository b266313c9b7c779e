import assert from 'node:assert/strict'
import test from 'node:test'
import { ARCHIVE_FORM } from '../../src/mirror/info.ts'
import type { BareJid } from '../../src/model/address.ts'
import { formatTime } from '../../src/model/archive-time.ts'
import { valueOf } from '../../src/xmpp/data-form.ts'
import type { DataForm } from '../../src/xmpp/data-form.ts'
import { parseInfo } from '../../src/xmpp/disco.ts'
import { elementsOf, parseXml, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { LOUNGE, message } from '../helpers/events.ts'
import { ARCHIVE, DOMAIN, NOW, QUIET, SECRET, setUp, UNKNOWN } from './mirror-under-test.ts'

const ANN = 'ann@example.net/phone'
const PING = '<ping xmlns="urn:xmpp:ping"/>'
const INFO = `<query xmlns="${NS.DISCO_INFO}"/>`
const CARD = '<vCard xmlns="vcard-temp"/>'
const OWNER = `<query xmlns="${NS.MUC_OWNER}"/>`

function infoOf (payload: Element | undefined): ReturnType<typeof parseInfo> {
  return parseInfo(xml('iq', {}, payload))
}

test('a visitor learns from a ping to itself whether it is still here (XEP-0410)', async t => {
  const { ask, join } = setUp(t)
  await assert.rejects(ask('get', PING, `${ARCHIVE}/Ann`), { condition: 'not-acceptable', type: 'cancel' })
  await join(ANN, 'Ann')
  assert.equal(await ask('get', PING, `${ARCHIVE}/Ann`, ANN), undefined)
  await assert.rejects(ask('get', PING, `${ARCHIVE}/Ann`, 'ann@example.net/desk'), { condition: 'not-acceptable' })
  await assert.rejects(ask('get', PING, `${ARCHIVE}/Other`, ANN), { condition: 'item-not-found' })
})

test('a room says of itself all that clients show before a join', async t => {
  const { ask, join, store } = setUp(t)
  await store.append([
    message({ uid: 's', kind: 'subject', body: 'Tea', time: formatTime(NOW - 3e6) }),
    message({ uid: 'a', time: formatTime(NOW - 2e6) }),
    message({ uid: 'b', time: formatTime(NOW - 1e6) })
  ])
  await join(ANN, 'Ann')
  const { identities, features, forms } = infoOf(await ask('get', INFO))
  assert.deepEqual(identities, [{ category: 'conference', type: 'text', name: 'The lounge' }])
  for (const feature of [
    NS.MAM, NS.STANZA_ID, NS.OCCUPANT_ID, NS.MUC, NS.MUC_STABLE_ID, `${NS.MUC}#self-ping-optimization`, 'muc_moderated', 'muc_open', 'muc_public',
    'muc_persistent', 'muc_semianonymous', 'muc_unsecured'
  ]) assert.ok(features.has(feature), feature)
  const room = forms.find(({ formType }) => formType === NS.MUC_ROOM_INFO)
  assert.deepEqual(
    ['description', 'subject', 'occupants', 'logs'].map(name => valueOf(room, `muc#roominfo_${name}`)),
    ['for all', 'Tea', '1', 'https://logs.example.org/r/lounge/'])
  const extent = forms.find(({ formType }) => formType === ARCHIVE_FORM)
  assert.deepEqual(['first', 'last', 'count'].map(name => valueOf(extent, name)), [formatTime(NOW - 3e6), formatTime(NOW - 1e6), '3'])
})

test('a room tells what its own room says of its language and of who looks after it', async t => {
  const { ask, directory } = setUp(t)
  const told = async () => {
    const { features, forms } = infoOf(await ask('get', INFO, ARCHIVE))
    const { fields } = forms.find(({ formType }) => formType === NS.MUC_ROOM_INFO) as DataForm
    return [fields.get('muc#roominfo_lang'), fields.get('muc#roominfo_contactjid'), features.has('muc_open'), features.has('muc_membersonly')]
  }
  assert.deepEqual(await told(), [undefined, undefined, true, false])
  const ann = 'ann@example.net' as BareJid
  const contacts = [ann, 'ben@example.com' as BareJid]
  directory.learn(LOUNGE, { isOpen: false, affiliations: new Map([[ann, 'member']]), language: 'de', contacts })
  assert.deepEqual(await told(), [['de'], contacts, false, true])
})

test('an empty archive has neither first nor last, an unlisted one says that it is hidden', async t => {
  const { ask } = setUp(t)
  const { features, forms } = infoOf(await ask('get', INFO, QUIET))
  assert.deepEqual([features.has('muc_hidden'), features.has('muc_public')], [true, false])
  const extent = forms.find(({ formType }) => formType === ARCHIVE_FORM)
  assert.deepEqual(['first', 'last', 'count'].map(name => valueOf(extent, name)), [undefined, undefined, '0'])
})

test('however often a room is asked, the archive is counted once in some seconds', async t => {
  const { ask, store, state } = setUp(t)
  const count = async () => {
    const { forms } = infoOf(await ask('get', INFO))
    return valueOf(forms.find(({ formType }) => formType === ARCHIVE_FORM), 'count')
  }
  assert.equal(await count(), '0')
  await store.append([message()])
  assert.equal(await count(), '0')
  state.now += 5e6
  assert.equal(await count(), '1')
})

for (const node of ['x-roomuser-item', `${NS.MUC}#traffic`]) {
  test(`the node ${node} is there and empty`, async t => {
    const { ask } = setUp(t)
    const answer = await ask('get', `<query xmlns="${NS.DISCO_INFO}" node="${node}"/>`)
    assert.deepEqual([answer?.attrs['node'], elementsOf(answer as Element)], [node, []])
  })
}

const REFUSED: ReadonlyArray<readonly [string, 'get' | 'set', string, string, string]> = [
  ['the configuration', 'get', OWNER, ARCHIVE, 'forbidden'],
  ['a destruction', 'set', `<query xmlns="${NS.MUC_OWNER}"><destroy/></query>`, ARCHIVE, 'forbidden'],
  ['a kick', 'set', `<query xmlns="${NS.MUC_ADMIN}"><item nick="x" role="none"/></query>`, ARCHIVE, 'forbidden'],
  ['the list of members', 'get', `<query xmlns="${NS.MUC_ADMIN}"><item affiliation="member"/></query>`, ARCHIVE, 'forbidden'],
  ['the card of somebody', 'get', CARD, `${ARCHIVE}/alice`, 'item-not-found'],
  ['the card of the room', 'get', CARD, ARCHIVE, 'item-not-found'],
  ['an avatar', 'get', '<pubsub xmlns="http://jabber.org/protocol/pubsub"/>', `${ARCHIVE}/alice`, 'item-not-found']
]
for (const [name, type, payload, to, condition] of REFUSED) {
  test(`${name} is refused with ${condition}, to visitors as to others`, async t => {
    const { ask, join } = setUp(t)
    await assert.rejects(ask(type, payload, to), { name: 'StanzaError', condition })
    await join(ANN, 'Ann')
    await assert.rejects(ask(type, payload, to, ANN), { name: 'StanzaError', condition })
  })
}

test('a refused room answers each request as one that does not exist', async t => {
  const { ask } = setUp(t)
  for (const room of [SECRET, UNKNOWN]) {
    for (const [to, payload] of [[`${room}/Ann`, PING], [room, INFO], [room, OWNER], [`${room}/Ann`, CARD]] as const) {
      await assert.rejects(ask('get', payload, to), { condition: 'item-not-found', type: 'cancel', text: '' })
    }
  }
})

test('what is no matter of a room is left to others', async t => {
  const { mirror } = setUp(t)
  const request = (to: string, payload: string, from = ANN) => mirror.respond({ type: 'get', from, to, id: 'i', payload: parseXml(payload) })
  for (const [to, payload] of [
    [ARCHIVE, PING], [ARCHIVE, '<query xmlns="urn:xmpp:mam:2"/>'], [ARCHIVE, `<query xmlns="${NS.DISCO_ITEMS}"/>`], [DOMAIN, INFO],
    [`hansard@${DOMAIN}/hansard`, PING], ['elsewhere.example.org', INFO], ['@@', INFO], [ARCHIVE, `<query xmlns="${NS.DISCO_INFO}" node="other"/>`]
  ] as const) assert.equal(request(to, payload), undefined, `${to} ${payload}`)
  assert.equal(request(ARCHIVE, INFO, '@@'), undefined)
})

test('a store that fails is an error without details', async t => {
  const fail = () => Promise.reject(new Error('secret'))
  const { ask } = setUp(t, { store: { page: fail, get: fail, count: fail } })
  await assert.rejects(ask('get', INFO), { condition: 'internal-server-error', text: '' })
})
