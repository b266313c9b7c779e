import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { silentLogger } from '../../src/log.ts'
import type { BareJid } from '../../src/model/address.ts'
import { buildForm, findForm } from '../../src/xmpp/data-form.ts'
import { createComponentConnection } from '../../src/xmpp/component.ts'
import { attribute, child, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseRsmResult } from '../../src/xmpp/rsm.ts'
import { startProsody } from '../servers/prosody.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { discover, knownOf, query, refusalOf, rsm, search } from './delegated-room.ts'
import type { Fetched, Known } from './delegated-room.ts'
import { eventually, openStage, seeArchiveIn } from './stage.ts'
import type { Stage } from './stage.ts'

const LOUNGE = 'lounge@conference.localhost'
const DEN = 'den@conference.localhost'
const VAULT = 'vault@conference.localhost'
const SECRET = 'secret@conference.localhost'
const FREE = 'free@conference.localhost'
const HOST = 'conference.localhost' as BareJid
const OURS = ['lounge', 'den', 'vault'].map(slug => ({ slug }))
const SAID = ['good morning', 'die Straße nach Süden', '日本語も話します', '<b>&amp; so on', 'the quick brown fox', '👩‍🚀', 'good night']

const run = promisify(execFile)

describe('rooms that answer from the archive at their own address', { skip: requireServer('prosody') }, () => {
  let server: XmppServer
  let stage: Stage
  let alice: Talker
  let bob: Talker
  let carol: Talker
  const live: Known[] = []

  before(async () => {
    server = await startProsody({
      onConflict: 'kick_old',
      delegation: {
        hansard_archive_component: 'logs.localhost',
        hansard_archive_rooms: ['Lounge', 'den@conference.localhost', 'vault', 'secret', 'other@elsewhere.example']
      }
    })
    stage = await openStage(server, { rooms: [...OURS, { slug: 'secret', level: 'off' }], delegatedFrom: [HOST] })
    alice = await stage.talker('alice')
    bob = await stage.talker('bob')
    carol = await stage.talker('carol')
    await Promise.all([LOUNGE, DEN, VAULT, SECRET].map(room => enterWithArchive(alice, room)))
    await alice.join(FREE, 'alice')
    for (const text of SAID) live.push(knownOf(await alice.say(LOUNGE, text), LOUNGE))
    await eventually(async () => await everything(bob, LOUNGE) === SAID.length || undefined, 'all is in the record')
  })

  after(async () => {
    await stage.stop()
    await server.stop()
  })

  test('say so in their disco#info, each feature once, and others do not', async () => {
    const { features, forms, text } = await discover(bob, LOUNGE)
    for (const feature of [NS.MAM, `${NS.MAM}#extended`, NS.FULLTEXT, NS.STANZA_ID, NS.OCCUPANT_ID]) {
      assert.ok(features.has(feature), feature)
      assert.equal(text.split(`"${feature}"`).length - 1, 1, feature)
    }
    assert.deepEqual(forms.map(({ formType }) => formType).sort(), ['http://jabber.org/protocol/muc#roominfo', NS.MAM])
    const other = await discover(bob, FREE)
    assert.deepEqual([other.features.has(NS.MAM), other.features.has(NS.FULLTEXT)], [true, false])
    assert.equal(findForm(await formOf(bob, FREE))?.fields.has(`{${NS.FULLTEXT}}fulltext`), false)
  })

  test('offer the form of the archive, and its first and last message', async () => {
    const fields = findForm(await formOf(bob, LOUNGE))?.fields
    for (const name of ['with', 'start', 'end', 'before-id', 'after-id', 'ids', `{${NS.FULLTEXT}}fulltext`]) assert.ok(fields?.has(name), name)
    const answer = await bob.request(xml('iq', { type: 'get', to: LOUNGE }, xml('metadata', { xmlns: NS.MAM })))
    const metadata = child(answer, 'metadata', NS.MAM) as Element
    assert.equal(attribute(child(metadata, 'start'), 'id'), live[0]?.id)
    assert.equal(attribute(child(metadata, 'end'), 'id'), live.at(-1)?.id)
  })

  test('give page after page what was heard live, with the ids of the room', async () => {
    assert.ok(live.every(({ id, occupant, from }) => id !== undefined && occupant !== undefined && from === `${LOUNGE}/alice`))
    assert.equal(new Set(live.map(({ id }) => id)).size, SAID.length)
    const forward: Fetched[] = []
    for (let last = ''; forward.at(-1)?.fin.attrs['complete'] !== 'true'; last = forward.at(-1)?.messages.at(-1)?.id ?? '') {
      forward.push(await query(bob, LOUNGE, rsm(last === '' ? { max: '3' } : { max: '3', after: last })))
    }
    assert.deepEqual(forward.map(({ messages }) => messages.length), [3, 3, 1])
    assert.deepEqual(forward.flatMap(({ messages }) => messages), live)
    assert.ok(forward.every(({ fin }) => parseRsmResult(fin).count === SAID.length))

    const newest = await query(bob, LOUNGE, rsm({ max: '2', before: '' }))
    assert.deepEqual([newest.messages, newest.fin.attrs['complete']], [live.slice(-2), undefined])
    const counted = await bob.request(xml('iq', { type: 'set', to: LOUNGE }, xml('query', { xmlns: NS.MAM }, rsm({ max: '0' }))))
    assert.deepEqual(parseRsmResult(child(counted, 'fin', NS.MAM) as Element), { count: SAID.length })
  })

  test('are walked by slixmpp', async () => {
    const { stdout } = await run('/usr/bin/python3', [
      join(import.meta.dirname, 'mam_walk.py'), server.host, String(server.c2sPort), 'carol@localhost', 'carol', LOUNGE, '2'
    ])
    const lines = stdout.trim().split('\n').map(line => JSON.parse(line) as { uid: string, body: string, from: string })
    assert.deepEqual(lines.slice(0, -1).map(({ uid, body, from }) => ({ id: uid, from, body })),
      live.map(({ id, from, body }) => ({ id, from, body })))
    assert.deepEqual(lines.at(-1), { pages: 4, complete: 1 })
  })

  test('find words, and messages by nick and by id', async () => {
    const bodies = async (...payloads: Element[]) => (await query(bob, LOUNGE, ...payloads)).messages.map(({ body }) => body)
    const field = (name: string, ...values: string[]) => buildForm('submit', NS.MAM, [{ var: name, values }])
    await eventually(async () => (await bodies(search('night'))).length > 0 || undefined, 'the last message is in the index')
    assert.deepEqual(await bodies(search('good')), ['good morning', 'good night'])
    assert.deepEqual(await bodies(search('nothing like that')), [])
    assert.deepEqual(await bodies(field('with', `${LOUNGE}/alice`)), SAID)
    assert.deepEqual(await bodies(field('with', `${LOUNGE}/bob`)), [])
    assert.deepEqual(await bodies(field('ids', live[4]?.id ?? '', live[1]?.id ?? '')), [SAID[1], SAID[4]])
  })

  test('refuse what the archive refuses, as it does', async () => {
    const field = (name: string, value: string) => buildForm('submit', NS.MAM, [{ var: name, values: [value] }])
    assert.equal(await refusalOf(query(bob, LOUNGE, rsm({ after: 'no such id' }))), 'item-not-found/cancel')
    assert.equal(await refusalOf(query(bob, LOUNGE, field('colour', 'blue'))), 'feature-not-implemented/cancel')
    assert.equal(await refusalOf(query(bob, LOUNGE, field('start', 'yesterday'))), 'bad-request/modify')
    assert.equal(await refusalOf(query(bob, LOUNGE, field('with', 'alice@localhost'))), 'forbidden/auth')
    assert.equal(await refusalOf(query(bob, SECRET)), 'item-not-found/cancel')
    assert.equal(await refusalOf(query(bob, 'vault@elsewhere.localhost')), 'not-allowed/cancel')
  })

  test('that are not delegated answer as before', async () => {
    await alice.say(FREE, 'only here')
    assert.deepEqual((await query(bob, FREE)).messages.map(({ body }) => body), ['only here'])
    assert.equal(await refusalOf(query(bob, 'nowhere@conference.localhost')), 'item-not-found/cancel')
  })

  test('answer who comes from another domain', async () => {
    const crowd = createComponentConnection({
      host: server.host, port: server.componentPort, domain: server.crowdDomain, secret: server.secret, log: silentLogger
    })
    crowd.start()
    await crowd.waitOnline(15_000)
    const ids: Array<string | undefined> = []
    crowd.onStanza(stanza => { ids.push(child(stanza, 'result', NS.MAM)?.attrs['id']) })
    const from = `visitor@${server.crowdDomain}/x`
    const answer = await crowd.request(xml('iq', { type: 'set', from, to: LOUNGE }, xml('query', { xmlns: NS.MAM }, rsm({ max: '4' }))))
    assert.deepEqual(ids, live.slice(0, 4).map(({ id }) => id))
    assert.equal(parseRsmResult(child(answer, 'fin', NS.MAM) as Element).last, ids.at(-1))
    assert.equal(await refusalOf(crowd.request(xml('iq', { type: 'set', from, to: LOUNGE }, xml('query', { xmlns: NS.MAM }, rsm({ after: 'x' }))))),
      'item-not-found/cancel')
    await crowd.stop()
  })

  test('that became members-only are read by members, through the room alone', async () => {
    assert.equal((await fetch(`${stage.url}/r/den/`)).status, 200)
    await alice.say(DEN, 'among us')
    await eventually(async () => await everything(bob, DEN) === 1 || undefined, 'the message is in the record')
    await alice.affiliate(DEN, 'hansard@logs.localhost', 'member')
    await alice.affiliate(DEN, 'bob@localhost', 'member')
    await alice.configureRoom(DEN, { membersonly: '1' })
    await eventually(async () => (await fetch(`${stage.url}/r/den/`)).status === 404 || undefined, 'the site shows it no longer')
    assert.deepEqual((await query(bob, DEN)).messages.map(({ body }) => body), ['among us'])
    assert.equal(await refusalOf(query(carol, DEN)), 'forbidden/auth')
    assert.equal((await discover(carol, DEN)).features.has(NS.FULLTEXT), false)
    assert.equal(await refusalOf(carol.request(xml('iq', { type: 'get', to: DEN }, xml('metadata', { xmlns: NS.MAM })))), 'forbidden/auth')
    // Unasked, the archive itself would say no as well: the host vouches for nothing.
    assert.equal(await refusalOf(query(carol, 'den\\40conference.localhost@logs.localhost')), 'item-not-found/cancel')
  })

  test('with a password are read by those whom it let in', async () => {
    await alice.say(VAULT, 'open sesame')
    await eventually(async () => await everything(bob, VAULT) === 1 || undefined, 'the message is in the record')
    await alice.configureRoom(VAULT, { roomsecret: 'sesame' })
    await eventually(async () => (await fetch(`${stage.url}/r/vault/`)).status === 404 || undefined, 'the site shows it no longer')
    assert.equal(await refusalOf(query(bob, VAULT)), 'forbidden/auth')
    await bob.join(VAULT, 'bob', { password: 'sesame' })
    assert.deepEqual((await query(bob, VAULT)).messages.map(({ body }) => body), ['open sesame'])
    await bob.leave(VAULT)
    assert.equal(await refusalOf(query(bob, VAULT)), 'forbidden/auth')
  })

  test('answer no outcast', async () => {
    await alice.ban(LOUNGE, 'carol@localhost')
    assert.equal(await refusalOf(query(carol, LOUNGE)), 'forbidden/auth')
    await alice.affiliate(LOUNGE, 'carol@localhost', 'none')
    assert.equal((await query(carol, LOUNGE)).messages.length, SAID.length)
  })

  test('still fill what the archive missed from their own record', async () => {
    const options = { rooms: [{ slug: 'lounge', catchUp: 'all' as const }], delegatedFrom: [HOST] }
    await stage.app.stop()
    assert.equal(await refusalOf(query(bob, LOUNGE)), 'remote-server-timeout/wait')
    const missed = knownOf(await alice.say(LOUNGE, 'while it was away'), LOUNGE)
    const again = await openStage(server, options)
    try {
      // A record that begins anew, so that everything in it comes from the room.
      await eventually(async () => (await everything(bob, LOUNGE)) === SAID.length + 1 || undefined, 'all is in the record')
      assert.deepEqual((await query(bob, LOUNGE)).messages, [...live, missed])
    } finally {
      await again.stop()
    }
  })

  test('trouble their server with nothing but the mistake in its settings', () => {
    const complaints = readFileSync(server.log, 'utf8').split('\n').filter(line => /\terror\t|traceback/i.test(line))
    assert.deepEqual(complaints.map(line => line.split('\t').at(-1)),
      ['hansard_archive_rooms: "other@elsewhere.example" is no room of conference.localhost'])
  })

  test('say to wait when the archive does not know their host', async () => {
    const stranger = await openStage(server, { rooms: OURS })
    try {
      await eventually(async () => await refusalOf(query(bob, LOUNGE)) === 'service-unavailable/wait' || undefined, 'the archive refuses the host')
    } finally {
      await stranger.stop()
    }
  })
})

describe('rooms without an archive of their own', { skip: requireServer('prosody') }, () => {
  test('answer as well, with ids that only the archive knows', async () => {
    const server = await startProsody({
      noMam: true,
      delegation: { hansard_archive_component: 'logs.localhost', hansard_archive_rooms: ['*'] }
    })
    const stage = await openStage(server, { delegatedFrom: [HOST] })
    try {
      const alice = await stage.talker('alice')
      await enterWithArchive(alice, LOUNGE)
      const live = [knownOf(await alice.say(LOUNGE, 'one'), LOUNGE), knownOf(await alice.say(LOUNGE, 'two'), LOUNGE)]
      assert.deepEqual(live.map(({ id }) => id), [undefined, undefined])
      await eventually(async () => await everything(alice, LOUNGE) === 2 || undefined, 'both are in the record')
      const { features } = await discover(alice, LOUNGE)
      assert.deepEqual([NS.MAM, NS.FULLTEXT, NS.STANZA_ID].map(feature => features.has(feature)), [true, true, false])
      const { messages } = await query(alice, LOUNGE)
      assert.deepEqual(messages.map(({ body, occupant }) => ({ body, occupant })), live.map(({ body, occupant }) => ({ body, occupant })))
      const after = await query(alice, LOUNGE, rsm({ after: messages[0]?.id ?? '' }))
      assert.deepEqual(after.messages, messages.slice(1))
      assert.equal(await refusalOf(query(alice, 'unheard@conference.localhost')), 'item-not-found/cancel')
    } finally {
      await stage.stop()
      await server.stop()
    }
  })
})

async function enterWithArchive (talker: Talker, room: string): Promise<void> {
  await talker.join(room, 'alice')
  await seeArchiveIn(room, talker)
}

async function formOf (talker: Talker, room: string): Promise<Element> {
  const answer = await talker.request(xml('iq', { type: 'get', to: room }, xml('query', { xmlns: NS.MAM })))
  return child(answer, 'query', NS.MAM) as Element
}

/** How many messages the room's archive has, as it says. */
async function everything (talker: Talker, room: string): Promise<number | undefined> {
  const { fin } = await query(talker, room, rsm({ max: '0' })).catch(() => ({ fin: undefined }))
  return fin === undefined ? undefined : parseRsmResult(fin).count
}
