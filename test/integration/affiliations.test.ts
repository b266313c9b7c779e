import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { buildInfoRequest, buildItemsRequest, parseItems } from '../../src/xmpp/disco.ts'
import { child, xml } from '../../src/xmpp/element.ts'
import { STATUS, parseMucUser } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseRsmResult } from '../../src/xmpp/rsm.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'
import { connectTalker } from '../servers/talker.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { eventually, openStage, seeArchiveIn, SERVERS } from './stage.ts'
import type { Stage } from './stage.ts'

const BOT = 'hansard@logs.localhost'
const CLOSED = { membersonly: '1', persistentroom: '1' }
const ROOMS = ['owned', 'led', 'joined', 'plain', 'open'] as const
type Name = typeof ROOMS[number]

for (const { name, start } of SERVERS) {
  describe(`who may read, as rooms on ${name} have it`, { skip: requireServer(name) }, () => {
    let server: XmppServer
    let stage: Stage
    let alice: Talker
    let bob: Talker
    let carol: Talker

    before(async () => {
      server = await start()
      alice = await connectTalker(server, 'alice')
      for (const room of ROOMS) {
        await alice.join(jidOf(room), 'Alice')
        await alice.configureRoom(jidOf(room), { persistentroom: '1' })
      }
      stage = await openStage(server, { rooms: ROOMS.map(slug => ({ slug })) })
      bob = await stage.talker('bob')
      carol = await stage.talker('carol')
    })
    after(async () => {
      try {
        await alice.stop()
        await stage.stop()
      } finally {
        await server.stop()
      }
    })

    /** What the archive of the room answers: how much it has, or with which error. */
    async function asks (who: Talker, room: string): Promise<string> {
      const query = xml('query', { xmlns: NS.MAM }, xml('set', { xmlns: NS.RSM }, xml('max', {}, '0')))
      try {
        const fin = child(await who.request(xml('iq', { type: 'set', to: archiveOf(room) }, query)), 'fin', NS.MAM)
        return `${fin === undefined ? undefined : parseRsmResult(fin)?.count} messages`
      } catch (error) {
        return describeError(error)
      }
    }

    async function answers (who: Talker, room: Name, wanted: string): Promise<void> {
      let last = ''
      await eventually(async () => (last = await asks(who, room)) === wanted || undefined, `${room} answers ${wanted}`)
        .catch((error: unknown) => { throw new Error(`${String(error)}; the last answer: ${last}`) })
    }

    /** The room gets one message, and becomes as closed as the fields say, and the bot this to it. */
    async function furnish (room: Name, bot: 'owner' | 'admin' | 'member' | 'none', fields: Record<string, string>): Promise<void> {
      await seeArchiveIn(jidOf(room), alice)
      await alice.say(jidOf(room), `said in ${room}`)
      await answers(alice, room, '1 messages')
      if (bot !== 'none') await alice.affiliate(jidOf(room), BOT, bot)
      await alice.configureRoom(jidOf(room), fields)
    }

    async function site (path: string): Promise<number> {
      const { status } = await fetch(`${stage.url}${path}`)
      return status
    }

    for (const [room, bot] of [['owned', 'owner'], ['led', 'admin']] as const) {
      test(`a members-only room is read by its members where the bot is its ${bot}, and as long as they are members`, async () => {
        await furnish(room, bot, CLOSED)
        await alice.affiliate(jidOf(room), 'bob@localhost', 'member')
        // Until the archive knows that the room is closed it answers everybody.
        await answers(carol, room, 'cancel item-not-found')
        await answers(bob, room, '1 messages')
        assert.equal(await asks(carol, room), await asks(carol, 'nowhere'))
        // Prosody tells its owners to owners only.
        if (name === 'ejabberd' || bot === 'owner') await answers(alice, room, '1 messages')
        else assert.equal(await asks(alice, room), 'cancel item-not-found')

        assert.equal(await site(`/r/${room}/`), 404)
        assert.equal(await site('/r/nowhere/'), 404)
        assert.ok(!(await (await fetch(`${stage.url}/`)).text()).includes(room))
        assert.deepEqual([await lists(bob, room), await lists(carol, room)], [true, false])

        await alice.affiliate(jidOf(room), 'bob@localhost', 'none')
        await answers(bob, room, 'cancel item-not-found')
        assert.equal(await lists(bob, room), false)
        await assert.rejects(bob.request(buildInfoRequest(archiveOf(room))), { condition: 'item-not-found' })
      })
    }

    test('who is removed from the room is put out of the room that mirrors it', async () => {
      await alice.affiliate(jidOf('owned'), 'bob@localhost', 'member')
      await answers(bob, 'owned', '1 messages')
      await bob.join(archiveOf('owned'), 'Bob')
      await assert.rejects(carol.join(archiveOf('owned'), 'Carol'), { condition: 'item-not-found' })
      await alice.say(jidOf('owned'), 'among members')
      await bob.waitFor(stanza => child(stanza, 'body')?.getText() === 'among members')
      await alice.affiliate(jidOf('owned'), 'bob@localhost', 'none')
      await bob.waitFor(stanza => stanza.attrs['from'] === `${archiveOf('owned')}/Bob` && stanza.attrs['type'] === 'unavailable' &&
        parseMucUser(stanza)?.statuses.has(STATUS.AFFILIATION_CHANGED) === true)
    })

    test('where the bot is a member, others are known when addresses are no secret there', async () => {
      await furnish('joined', 'member', { ...CLOSED, whois: 'moderators' })
      await alice.affiliate(jidOf('joined'), 'bob@localhost', 'member')
      await answers(bob, 'joined', 'cancel item-not-found')
      await alice.configureRoom(jidOf('joined'), { ...CLOSED, whois: 'anyone' })
      await answers(bob, 'joined', '1 messages')
      assert.equal(await asks(carol, 'joined'), 'cancel item-not-found')
      await alice.affiliate(jidOf('joined'), 'bob@localhost', 'none')
      await answers(bob, 'joined', 'cancel item-not-found')
    })

    test('a room that closes to the bot is closed to all', async () => {
      await furnish('plain', 'none', CLOSED)
      await alice.affiliate(jidOf('plain'), 'bob@localhost', 'member')
      for (const who of [alice, bob, carol]) await answers(who, 'plain', 'cancel item-not-found')
      assert.equal(await site('/r/plain/'), 404)
    })

    test('a bot that is nobody any more knows of nobody', async () => {
      await alice.affiliate(jidOf('owned'), 'bob@localhost', 'member')
      await answers(bob, 'owned', '2 messages')
      await alice.affiliate(jidOf('owned'), BOT, 'none')
      await answers(bob, 'owned', 'cancel item-not-found')
      await answers(alice, 'owned', 'cancel item-not-found')
    })

    test('who is banned from an open room reads it no more, until the ban is lifted', async () => {
      await furnish('open', 'admin', {})
      await answers(carol, 'open', '1 messages')
      await alice.ban(jidOf('open'), 'carol@localhost')
      await answers(carol, 'open', 'cancel item-not-found')
      assert.equal(await asks(bob, 'open'), '1 messages')
      assert.equal(await site('/r/open/'), 200)
      await alice.affiliate(jidOf('open'), 'carol@localhost', 'none')
      await answers(carol, 'open', '1 messages')
    })

    async function lists (who: Talker, room: Name): Promise<boolean> {
      return parseItems(await who.request(buildItemsRequest('logs.localhost'))).some(({ jid }) => jid === archiveOf(room))
    }
  })
}

for (const { name, start } of SERVERS) {
  test(`a bot with an account on ${name} answers the members of a closed room that it owns`, { skip: requireServer(name) }, async () => {
    const server = await start()
    const [alice, bob, carol] = await Promise.all([connectTalker(server, 'alice'), connectTalker(server, 'bob'), connectTalker(server, 'carol')])
    await alice.join(jidOf('owned'), 'Alice')
    await alice.configureRoom(jidOf('owned'), CLOSED)
    for (const [who, affiliation] of [['hansard', 'owner'], ['bob', 'member']] as const) await alice.affiliate(jidOf('owned'), `${who}@localhost`, affiliation)
    const stage = await openStage(server, { mode: 'bot', rooms: [{ slug: 'owned' }] })
    try {
      await seeArchiveIn(jidOf('owned'), alice)
      const ask = (who: Talker): Promise<string> => who.request(xml('iq', { type: 'set', to: 'hansard@localhost/hansard' },
        xml('query', { xmlns: NS.MAM, node: jidOf('owned') }, xml('set', { xmlns: NS.RSM }, xml('max', {}, '0'))))).then(() => 'answered', describeError)
      for (const who of [alice, bob]) await eventually(async () => await ask(who) === 'answered' || undefined, 'a member is answered')
      assert.equal(await ask(carol), 'cancel item-not-found')
    } finally {
      await Promise.all([alice, bob, carol].map(talker => talker.stop()))
      await stage.stop()
      await server.stop()
    }
  })
}

function jidOf (room: string): string {
  return `${room}@conference.localhost`
}

function archiveOf (room: string): string {
  return `${room}\\40conference.localhost@logs.localhost`
}

function describeError (error: unknown): string {
  if (error instanceof StanzaError) return `${error.type} ${error.condition}`
  throw error
}
