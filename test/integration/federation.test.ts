import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parseRoomJid } from '../../src/model/address.ts'
import type { BareJid } from '../../src/model/address.ts'
import { buildInfoRequest, parseInfo } from '../../src/xmpp/disco.ts'
import { child, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { startProsody } from '../servers/prosody.ts'
import { connectTalker } from '../servers/talker.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { knownOf, query, refusalOf, rsm } from './delegated-room.ts'
import type { Known } from './delegated-room.ts'
import { eventually, openStage, seeArchiveIn } from './stage.ts'
import type { Stage } from './stage.ts'

const LOUNGE = 'lounge@conference.localhost'
const MIRROR = 'lounge\\40conference.localhost@logs.localhost'
const FAR = 'garden@conference.far.example'
const SAID = ['one', 'zwei', '三']

describe('between two servers', { skip: requireServer('prosody') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-federation-'))
  const federation = join(folder, 'ports')
  let near: XmppServer
  let far: XmppServer
  let stage: Stage
  let alice: Talker
  let eve: Talker
  const live: Known[] = []

  before(async () => {
    writeFileSync(federation, '')
    far = await startProsody({ federation, domain: 'far.example' })
    near = await startProsody({
      federation,
      onConflict: 'kick_old',
      delegation: { hansard_archive_component: 'logs.localhost', hansard_archive_rooms: ['lounge'] }
    })
    eve = await connectTalker(far, 'alice', { resource: 'far' })
    await eve.join(FAR, 'eve')
    await eve.configureRoom(FAR, { persistentroom: '1' })
    stage = await openStage(near, {
      rooms: [{ slug: 'lounge' }, { slug: 'garden', jid: parseRoomJid(FAR), catchUp: 'all' }],
      delegatedFrom: ['conference.localhost' as BareJid]
    })
    alice = await stage.talker('alice')
    await alice.join(LOUNGE, 'alice')
    await seeArchiveIn(LOUNGE, alice)
    for (const text of SAID) live.push(knownOf(await alice.say(LOUNGE, text), LOUNGE))
    await recorded('三')
  })
  after(async () => {
    await eve.stop()
    await stage.stop()
    await Promise.all([near.stop(), far.stop()])
    rmSync(folder, { recursive: true, force: true })
  })

  async function recorded (body: string): Promise<void> {
    await eventually(async () => (await stage.record()).some(event => event.body === body) || undefined, `${body} is in the record`)
  }

  test('a room of the other server is recorded, its past too', async () => {
    await seeArchiveIn(FAR, eve)
    await eve.say(FAR, 'roses')
    await recorded('roses')
  })

  test('a reader of the other server reads a room at its own address', async () => {
    assert.deepEqual((await query(eve, LOUNGE)).messages, live)
    assert.deepEqual((await query(eve, LOUNGE, rsm({ max: '1', before: '' }))).messages, live.slice(-1))
    assert.equal(await refusalOf(query(eve, LOUNGE, rsm({ after: 'no such id' }))), 'item-not-found/cancel')
  })

  test('an outcast of the other server is refused, alone of it', async () => {
    const bob = await connectTalker(far, 'bob')
    try {
      await alice.ban(LOUNGE, 'bob@far.example')
      assert.equal(await refusalOf(query(bob, LOUNGE)), 'forbidden/auth')
      assert.equal((await query(eve, LOUNGE)).messages.length, live.length)
    } finally {
      await bob.stop()
    }
  })

  test('a mirror room is joined from the other server, read and followed', async () => {
    await eve.join(MIRROR, 'Eve')
    const history = eve.received().filter(stanza => stanza.attrs['from'] === `${MIRROR}/alice`).map(stanza => textOf(stanza, 'body'))
    assert.deepEqual(history, SAID)
    const before = eve.received().length
    await eve.request(xml('iq', { type: 'set', to: MIRROR }, xml('query', { xmlns: NS.MAM })))
    const results = eve.received().slice(before).flatMap(stanza => child(stanza, 'result', NS.MAM) ?? [])
    assert.deepEqual(results.map(result => textOf(child(child(result, 'forwarded', NS.FORWARD) as Element, 'message', NS.CLIENT) as Element, 'body')), SAID)
    await alice.say(LOUNGE, 'heard afar')
    await eve.waitFor(stanza => stanza.attrs['from'] === `${MIRROR}/alice` && textOf(stanza, 'body') === 'heard afar')
  })

  test('when the other server restarts, its room is entered again, and what was missed there is fetched', async () => {
    await eve.stop()
    await far.restart()
    eve = await connectTalker(far, 'alice', { resource: 'far' })
    await eve.join(FAR, 'eve')
    await eve.say(FAR, 'tulips')
    await recorded('tulips')
  })

  test('a visitor whose server died without a word is forgotten', async () => {
    const visitors = async (): Promise<string | undefined> => {
      const { forms } = parseInfo(await alice.request(buildInfoRequest(MIRROR)))
      return forms.find(({ formType }) => formType === NS.MUC_ROOM_INFO)?.fields.get('muc#roominfo_occupants')?.[0]
    }
    await eve.join(MIRROR, 'Ghost')
    assert.equal(await visitors(), '1')
    await far.kill()
    await alice.say(LOUNGE, 'is anybody there?')
    await eventually(async () => await visitors() === '0' || undefined, 'the ghost is gone')
  })
})
