import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { child, children, parseXml, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildJoin, parseMucUser } from '../../src/xmpp/muc.ts'
import type { HistoryLimit } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseStanzaError, StanzaError } from '../../src/xmpp/stanza-error.ts'
import { stanzaIdBy } from '../../src/xmpp/stanza-id.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { eventually, openStage, seeArchiveIn, SERVERS } from './stage.ts'
import type { Stage } from './stage.ts'

const BOT = 'hansard@logs.localhost'
const ROOM = 'lounge@conference.localhost'
const DOORS = 'doors@conference.localhost'
const MIRROR = mirrorOf(ROOM)
const HIDDEN = mirrorOf('hidden@conference.localhost')
const NOWHERE = mirrorOf('nowhere@conference.localhost')
const SAID = ['one', 'two', 'three', 'four']

const owner = (payload = '') => `<query xmlns="${NS.MUC_OWNER}">${payload}</query>`
const admin = (item: string) => `<query xmlns="${NS.MUC_ADMIN}"><item ${item}/></query>`

/** What a visitor may ask a room or its occupants, and the answer. */
const QUESTIONS: ReadonlyArray<readonly [string, 'get' | 'set', string, string, string]> = [
  ['the configuration', 'get', '', owner(), 'auth forbidden'],
  ['a configuration', 'set', '', owner('<x xmlns="jabber:x:data" type="submit"/>'), 'auth forbidden'],
  ['a destruction', 'set', '', owner('<destroy/>'), 'auth forbidden'],
  ['the list of the banned', 'get', '', admin('affiliation="outcast"'), 'auth forbidden'],
  ['the list of those with voice', 'get', '', admin('role="participant"'), 'auth forbidden'],
  ['a kick', 'set', '', admin('nick="Alice" role="none"'), 'auth forbidden'],
  ['a ban', 'set', '', admin('jid="alice@localhost" affiliation="outcast"'), 'auth forbidden'],
  ['to be registered', 'get', '', '<query xmlns="jabber:iq:register"/>', 'cancel service-unavailable'],
  ['a search', 'get', '', '<query xmlns="jabber:iq:search"/>', 'cancel service-unavailable'],
  ['the version', 'get', '', `<query xmlns="${NS.VERSION}"/>`, 'cancel service-unavailable'],
  ['a card', 'get', '/Alice', '<vCard xmlns="vcard-temp"/>', 'cancel item-not-found'],
  ['an avatar', 'get', '/Alice', '<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="urn:xmpp:avatar:metadata"/></pubsub>', 'cancel item-not-found'],
  ['what a speaker’s client can do', 'get', '/Alice', `<query xmlns="${NS.DISCO_INFO}"/>`, 'cancel feature-not-implemented'],
  ['the version of a speaker’s client', 'get', '/Alice', `<query xmlns="${NS.VERSION}"/>`, 'cancel feature-not-implemented'],
  ['the archive of a speaker', 'set', '/Alice', `<query xmlns="${NS.MAM}"/>`, 'cancel feature-not-implemented'],
  ['a ping to a speaker', 'get', '/Alice', `<ping xmlns="${NS.PING}"/>`, 'cancel item-not-found'],
  ['a ping to oneself', 'get', '/Bob', `<ping xmlns="${NS.PING}"/>`, 'ok'],
  ['a ping to the room', 'get', '', `<ping xmlns="${NS.PING}"/>`, 'ok']
]

const MESSAGES: ReadonlyArray<readonly [string, string, string, string, string]> = [
  ['a message', 'groupchat', '', '<body>hello</body>', 'auth forbidden'],
  ['a subject', 'groupchat', '', '<subject>mine</subject>', 'auth forbidden'],
  ['a private message', 'chat', '/Alice', '<body>psst</body>', 'auth forbidden'],
  ['an invitation', 'normal', '', `<x xmlns="${NS.MUC_USER}"><invite to="carol@localhost"/></x>`, 'auth forbidden'],
  ['a request for voice', 'normal', '', '<x xmlns="jabber:x:data" type="submit"><field var="muc#role"><value>participant</value></field></x>', 'auth forbidden']
]

/** What somebody asks for who joins, and how much of four messages it gets. */
const HISTORIES: ReadonlyArray<readonly [string, HistoryLimit, number]> = [
  ['nothing in particular', {}, 4],
  ['no stanzas', { maxstanzas: 0 }, 0],
  ['no characters', { maxchars: 0 }, 0],
  ['no seconds', { seconds: 0 }, 0],
  ['two stanzas', { maxstanzas: 2 }, 2],
  ['what was said within a day', { seconds: 86_400 }, 4],
  ['what was said since long ago', { since: 0 }, 4],
  ['what will be said', { since: Date.parse('2100-01-01') * 1_000 }, 0]
]

for (const { name, start } of SERVERS) {
  describe(`the rules of mirror rooms behind ${name}`, { skip: requireServer(name) }, () => {
    let server: XmppServer
    let stage: Stage
    let alice: Talker
    let bob: Talker
    let carol: Talker

    before(async () => {
      server = await start()
      stage = await openStage(server, { rooms: [{ slug: 'lounge' }, { slug: 'doors' }, { slug: 'hidden', level: 'off' }] })
      alice = await stage.talker('alice')
      bob = await stage.talker('bob')
      carol = await stage.talker('carol')
      for (const room of [ROOM, DOORS]) {
        await alice.join(room, 'Alice')
        await alice.configureRoom(room, { persistentroom: '1' })
        await seeArchiveIn(room, alice)
      }
      await alice.subject(ROOM, 'Tea')
      for (const text of SAID) await alice.say(ROOM, text)
      await eventually(async () => (await stage.record()).some(({ body }) => body === SAID.at(-1)) || undefined, 'the record has all')
      await bob.join(MIRROR, 'Bob')
    })
    after(async () => {
      try {
        await stage.stop()
      } finally {
        await server.stop()
      }
    })

    async function ask (who: Talker, type: 'get' | 'set', to: string, payload: string): Promise<string> {
      return who.request(xml('iq', { type, to }, parseXml(payload))).then(() => 'ok', nameOf)
    }

    async function send (who: Talker, message: Element): Promise<string> {
      const id = message.attrs['id'] = `rule-${Math.random()}`
      await who.send(message)
      return nameOf(parseStanzaError(await who.waitFor(({ attrs }) => attrs['id'] === id && attrs['type'] === 'error')))
    }

    for (const [what, type, nick, payload, answer] of QUESTIONS) {
      test(`${what}: ${answer}, and nothing at all where one may not read`, async () => {
        assert.equal(await ask(bob, type, `${MIRROR}${nick}`, payload), answer)
        for (const room of [HIDDEN, NOWHERE]) assert.equal(await ask(bob, type, `${room}${nick}`, payload), 'cancel item-not-found', room)
      })
    }

    for (const [what, type, nick, payload, answer] of MESSAGES) {
      test(`${what} of a visitor: ${answer}; of others: not-acceptable; nobody hears it`, async () => {
        const message = (room: string) => parseXml(`<message type="${type}" to="${room}${nick}">${payload}</message>`)
        const before = alice.received().length
        assert.equal(await send(bob, message(MIRROR)), answer)
        assert.equal(await send(carol, message(MIRROR)), 'modify not-acceptable')
        for (const room of [HIDDEN, NOWHERE]) assert.equal(await send(bob, message(room)), 'cancel item-not-found')
        await ask(alice, 'get', ROOM, `<query xmlns="${NS.DISCO_INFO}"/>`)
        assert.equal(alice.received().length, before)
      })
    }

    for (const [what, history, count] of HISTORIES) {
      test(`who asks for ${what} gets ${count} messages and the subject, also when it is here already`, async () => {
        for (let round = 0; round < 2; round++) {
          const from = carol.received().length
          await carol.join(MIRROR, 'Carol', { history })
          const subject = await eventually(async () => carol.received().slice(from).find(isSubject), 'the subject')
          assert.equal(textOf(subject, 'subject'), 'Tea')
          const stanzas = carol.received().slice(from)
          assert.deepEqual(stanzas.map(({ name }) => name), ['presence', ...Array.from({ length: count + 1 }, () => 'message')])
          assert.deepEqual(bodiesOf(stanzas), SAID.slice(SAID.length - count))
          assert.equal(idsOf(stanzas[0] as Element).length, 1)
        }
        await carol.leave(MIRROR)
      })
    }

    test('live, in the history and in the archive a message has the same ids', async () => {
      await alice.say(ROOM, 'said to all', { id: 'all-1' })
      const live = await bob.waitFor(stanza => stanza.attrs['id'] === 'all-1' && stanza.attrs['from'] === `${MIRROR}/Alice`)
      const taken = parseXml(`<retract xmlns="${NS.RETRACT}" id="${stanzaIdBy(live, MIRROR)}"/>`)
      const from = carol.received().length
      await carol.join(MIRROR, 'Carol')
      const history = await eventually(async () => carol.received().slice(from).find(({ attrs }) => attrs['id'] === 'all-1'), 'the history')
      await bob.request(xml('iq', { type: 'set', to: MIRROR }, parseXml(
        `<query xmlns="${NS.MAM}"><set xmlns="${NS.RSM}"><max>1</max><before/></set></query>`)))
      const result = bob.received().flatMap(stanza => child(stanza, 'result', NS.MAM) ?? []).at(-1) as Element
      const archived = child(child(result, 'forwarded', NS.FORWARD) as Element, 'message', NS.CLIENT) as Element
      assert.equal(result.attrs['id'], stanzaIdBy(live, MIRROR))
      for (const stanza of [history, archived]) {
        assert.deepEqual(
          [stanzaIdBy(stanza, MIRROR), idsOf(stanza), stanza.attrs['id'], stanza.attrs['from']],
          [stanzaIdBy(live, MIRROR), idsOf(live), 'all-1', `${MIRROR}/Alice`])
      }
      assert.deepEqual(idsOf(live).length, 1)
      assert.deepEqual([live, history].map(stanza => child(stanza, 'delay', NS.DELAY)?.attrs['from']), [undefined, MIRROR])

      await alice.say(ROOM, 'taken back', { id: 'all-2', payloads: [taken] })
      const retraction = await carol.waitFor(stanza => stanza.attrs['id'] === 'all-2' && stanza.attrs['from'] === `${MIRROR}/Alice`)
      assert.deepEqual([child(retraction, 'retract', NS.RETRACT)?.attrs['id'], idsOf(retraction)], [stanzaIdBy(live, MIRROR), idsOf(live)])
      await carol.leave(MIRROR)
    })

    test('a presence as of old, without a word of joining, does not join', async () => {
      await carol.send(xml('presence', { to: `${MIRROR}/Carol` }))
      const answer = await carol.waitFor(({ attrs }) => attrs['from'] === `${MIRROR}/Carol` && attrs['type'] === 'unavailable')
      assert.deepEqual(codesOf(answer).includes(110), true)
      assert.equal(await ask(carol, 'get', `${MIRROR}/Carol`, `<ping xmlns="${NS.PING}"/>`), 'cancel not-acceptable')
    })

    test('a room without a nick is not joined, a nick with spaces around it is made one without', async () => {
      const from = carol.received().length
      await carol.send(buildJoin(MIRROR))
      const error = await eventually(async () => carol.received().slice(from).find(({ attrs }) => attrs['type'] === 'error'), 'the refusal')
      assert.equal(parseStanzaError(error).condition, 'jid-malformed')
      await carol.send(buildJoin(`${MIRROR}/ Carol `, { history: { maxstanzas: 0 } }))
      const self = await carol.waitFor(stanza => codesOf(stanza).includes(210))
      assert.deepEqual([self.attrs['from'], codesOf(self)], [`${MIRROR}/Carol`, [110, 170, 210]])
    })

    test('who loses the right to read is put out at once and told why, and nobody else', async () => {
      const mirror = mirrorOf(DOORS)
      await alice.affiliate(DOORS, BOT, 'owner')
      await alice.affiliate(DOORS, 'bob@localhost', 'member')
      await alice.configureRoom(DOORS, { membersonly: '1' })
      await enters(bob, mirror, 'Bob')
      await alice.configureRoom(DOORS, { membersonly: '0' })
      await enters(carol, mirror, 'Carol')

      await alice.configureRoom(DOORS, { membersonly: '1' })
      assert.deepEqual(await end(carol, `${mirror}/Carol`), [110, 322])
      await assert.rejects(carol.join(mirror, 'Carol'), { condition: 'item-not-found' })
      await alice.say(DOORS, 'among us')
      await bob.waitFor(stanza => textOf(stanza, 'body') === 'among us')
      assert.ok(!bodiesOf(carol.received()).includes('among us'))

      await alice.affiliate(DOORS, 'bob@localhost', 'none')
      assert.deepEqual(await end(bob, `${mirror}/Bob`), [110, 321])

      await alice.configureRoom(DOORS, { membersonly: '0' })
      await enters(bob, mirror, 'Bob')
      await carol.join(mirror, 'Carol')
      const before = carol.received().length
      await alice.ban(DOORS, 'carol@localhost')
      assert.deepEqual(await end(carol, `${mirror}/Carol`, before), [110, 301])
      await assert.rejects(carol.join(mirror, 'Carol'), { condition: 'item-not-found' })
      assert.equal(await ask(bob, 'get', `${mirror}/Bob`, `<ping xmlns="${NS.PING}"/>`), 'ok')
    })

    /** As soon as the room is known to let it in. */
    async function enters (who: Talker, room: string, nick: string): Promise<void> {
      await eventually(async () => who.join(room, nick).catch((error: unknown) => {
        assert.equal(nameOf(error), 'cancel item-not-found')
        return undefined
      }), `${nick} is in ${room}`)
    }

    async function end (who: Talker, occupant: string, from = 0): Promise<number[]> {
      return codesOf(await eventually(async () => who.received().slice(from).find(isGone), `${occupant} is put out`))

      function isGone ({ attrs }: Element): boolean {
        return attrs['from'] === occupant && attrs['type'] === 'unavailable'
      }
    }
  })
}

function mirrorOf (room: string): string {
  return `${room.replace('@', '\\40')}@logs.localhost`
}

function nameOf (error: unknown): string {
  return error instanceof StanzaError ? `${error.type} ${error.condition}` : String(error)
}

function codesOf (stanza: Element): number[] {
  return [...parseMucUser(stanza)?.statuses ?? []].sort()
}

function idsOf (stanza: Element): Array<string | undefined> {
  return children(stanza, 'occupant-id', NS.OCCUPANT_ID).map(({ attrs }) => attrs['id'])
}

function isSubject (stanza: Element): boolean {
  return stanza.name === 'message' && child(stanza, 'subject') !== undefined
}

function bodiesOf (stanzas: readonly Element[]): string[] {
  return stanzas.flatMap(stanza => textOf(stanza, 'body') ?? [])
}
