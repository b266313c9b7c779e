import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { buildInfoRequest, parseInfo } from '../../src/xmpp/disco.ts'
import { child, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildJoin, parseMucUser, STATUS } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseStanzaError } from '../../src/xmpp/stanza-error.ts'
import type { StanzaError } from '../../src/xmpp/stanza-error.ts'
import { stanzaIdBy } from '../../src/xmpp/stanza-id.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { eventually, openStage, seeArchiveIn, SERVERS } from './stage.ts'
import type { Stage } from './stage.ts'

const PYTHON = '/usr/bin/python3'
const ROOM = 'lounge@conference.localhost'
const MIRROR = 'lounge\\40conference.localhost@logs.localhost'
const HIDDEN = 'hidden\\40conference.localhost@logs.localhost'

for (const { name, start } of SERVERS) {
  describe(`mirror rooms behind ${name}`, { skip: requireServer(name) || requireSlixmpp() }, () => {
    let server: XmppServer
    let stage: Stage
    let alice: Talker

    before(async () => {
      server = await start()
      stage = await openStage(server, { rooms: [{ slug: 'lounge' }, { slug: 'hidden', level: 'off' }] })
      alice = await stage.talker('alice')
      await alice.join(ROOM, 'Alice')
      await alice.configureRoom(ROOM, { persistentroom: '1' })
      await seeArchiveIn(ROOM, alice)
      await alice.subject(ROOM, 'Tea & biscuits')
      for (let n = 1; n <= 3; n++) await alice.say(ROOM, `message ${n} 🎉`)
      await eventually(async () => (await stage.record()).some(({ body }) => body === 'message 3 🎉') || undefined, 'the record has all')
    })
    after(async () => {
      try {
        await stage.stop()
      } finally {
        await server.stop()
      }
    })

    test('slixmpp joins, sees history, subject and what is said, asks the archive, pings itself and leaves', async () => {
      const visit = visitWith(server, 'bob', 'Bob B')
      const features = await visit.next('features') as string[]
      for (const feature of [NS.MUC, NS.MAM, NS.STANZA_ID]) assert.ok(features.includes(feature), feature)
      const joined = await visit.next('joined') as { self: string, codes: number[], history: Array<Record<string, unknown>> } & Record<string, unknown>
      assert.deepEqual(
        [joined.self, joined.codes, joined['role'], joined['subject'], joined['occupants']],
        [`${MIRROR}/Bob B`, [110, 170], 'visitor', 'Tea & biscuits', [`${MIRROR}/Bob B`]])
      const recorded = (await stage.record()).filter(({ kind }) => kind === 'message')
      assert.deepEqual(joined.history, recorded.map(({ body, uid }) => ({ body, from: `${MIRROR}/Alice`, ids: [uid], delayed: true })))
      assert.deepEqual(recorded.map(({ body }) => body), [1, 2, 3].map(n => `message ${n} 🎉`))
      const echo = await alice.say(ROOM, 'said live')
      const id = stanzaIdBy(echo, ROOM)
      assert.deepEqual(await visit.next('live'), { from: `${MIRROR}/Alice`, body: 'said live', ids: [id], delayed: false })
      assert.deepEqual(await visit.next('archived'), { uid: id, body: 'said live' })
      assert.equal(await visit.next('ping'), 'here')
      assert.equal(await visit.next('left'), 'not-acceptable')
      assert.equal(await visit.end, 0)
    })

    test('a reader reads only, and sees corrections, reactions and payloads as they come', async () => {
      const carol = await stage.talker('carol', 'reader')
      const { isNew } = await carol.join(MIRROR, 'Carol', { history: { seconds: 0 } })
      assert.equal(isNew, false)
      await carol.waitFor(isSubject)
      assert.equal(carol.received().filter(isTalk).length, 0, 'no history was asked for')
      await assert.rejects(carol.say(MIRROR, 'let me speak'), { condition: 'forbidden', type: 'auth' })
      await assert.rejects(carol.subject(MIRROR, 'mine'), { condition: 'forbidden' })
      await assert.rejects(carol.kick(MIRROR, 'Alice'), { condition: 'forbidden' })
      await carol.changeNick(MIRROR, 'Carola')
      await carol.presence(MIRROR, { show: 'away' })
      const typing = xml('message', { type: 'groupchat', to: MIRROR }, xml('active', { xmlns: NS.CHAT_STATES }))
      await carol.send(typing)

      await alice.say(ROOM, 'teh', { id: 'm1' })
      await alice.say(ROOM, 'the', { id: 'm2', payloads: [xml('replace', { xmlns: NS.CORRECT, id: 'm1' }), xml('x', { xmlns: 'urn:example:unknown' })] })
      const corrected = await carol.waitFor(stanza => stanza.attrs['id'] === 'm2')
      assert.equal(child(corrected, 'replace', NS.CORRECT)?.attrs['id'], 'm1')
      assert.ok(child(corrected, 'x', 'urn:example:unknown'))
      assert.equal(parseMucUser(corrected), undefined)
      assert.deepEqual([...String(corrected).matchAll(/<occupant-id /g)].length, 1)
      assert.equal(carol.received().filter(({ attrs }) => attrs['type'] === 'error').length, 2, 'a chat state has no answer')
      await alice.subject(ROOM, 'Coffee')
      await carol.waitFor(stanza => textOf(stanza, 'subject') === 'Coffee')
      await alice.subject(ROOM, 'Tea & biscuits')
      await carol.leave(MIRROR)
    })

    test('two sessions of one account and another account with their nick', async () => {
      const phone = await stage.talker('bob', 'phone')
      const desk = await stage.talker('bob', 'desk')
      const carol = await stage.talker('carol', 'c')
      await phone.join(MIRROR, 'Bob')
      await desk.join(MIRROR, 'Bob')
      await assert.rejects(carol.join(MIRROR, 'Bob'), { condition: 'conflict' })
      await alice.say(ROOM, 'to both')
      for (const session of [phone, desk]) await session.waitFor(stanza => textOf(stanza, 'body') === 'to both')
      const info = parseInfo(await carol.request(buildInfoRequest(MIRROR)))
      assert.ok(info.forms.some(form => form.fields.get('muc#roominfo_occupants')?.[0] === '2'))
      await phone.stop()
      await eventually(async () => {
        const { forms } = parseInfo(await carol.request(buildInfoRequest(MIRROR)))
        return forms.some(form => form.fields.get('muc#roominfo_occupants')?.[0] === '1') || undefined
      }, 'who went offline is gone')
      await desk.leave(MIRROR)
      await carol.join(MIRROR, 'Bob')
      await carol.leave(MIRROR)
    })

    test('a room that is shown to nobody is refused as one that does not exist', async () => {
      const bob = await stage.talker('bob', 'curious')
      for (const room of [HIDDEN, 'nosuch\\40conference.localhost@logs.localhost']) {
        await bob.send(buildJoin(`${room}/Bob`))
        const answer = await bob.waitFor(({ attrs }) => attrs['from'] === `${room}/Bob`)
        const { condition, type, text } = parseStanzaError(answer)
        assert.deepEqual([answer.attrs['type'], condition, type, text], ['error', 'item-not-found', 'cancel', ''])
        await assert.rejects(bob.request(buildInfoRequest(room)), { condition: 'item-not-found' })
      }
    })

    test('a visitor that vanished with the whole server is forgotten with the next word', async () => {
      const ghost = await stage.talker('bob', 'ghost')
      await ghost.join(MIRROR, 'Ghost')
      const visitors = async (): Promise<string | undefined> => {
        const { forms } = parseInfo(await alice.request(buildInfoRequest(MIRROR)))
        return forms.find(({ formType }) => formType === NS.MUC_ROOM_INFO)?.fields.get('muc#roominfo_occupants')?.[0]
      }
      assert.equal(await visitors(), '1')
      // In this order, or the visitor could take its leave of a server that still hears it.
      await server.kill()
      await ghost.stop().catch(() => {})
      await server.restart()
      await eventually(async () => visitors().catch(() => undefined), 'all are back')
      const from = alice.received().length
      await alice.join(ROOM, 'Alice')
      await eventually(async () => alice.received().slice(from).find(({ attrs }) => attrs['from'] === `${ROOM}/hansard`), 'the archive is back')
      await alice.say(ROOM, 'is anybody there?')
      await eventually(async () => await visitors() === '0' || undefined, 'the ghost is gone')
    })

    test('visitors of a room that becomes members-only are put out, and those of a service that ends are told', async () => {
      const bob = await stage.talker('bob', 'witness')
      await bob.join(MIRROR, 'Bob')
      await stage.restartApp()
      const end = await bob.waitFor(isGone)
      assert.ok(parseMucUser(end)?.statuses.has(STATUS.SHUTDOWN))
      await eventually(async () => ping(bob, `${MIRROR}/Bob`).then(() => undefined, (error: unknown) => (error as StanzaError).condition === 'not-acceptable' || undefined),
        'the new service knows nobody')
      await eventually(async () => bob.join(MIRROR, 'Bob').catch(() => undefined), 'the mirror is back')
      await ping(bob, `${MIRROR}/Bob`)
      const before = bob.received().length
      await alice.waitFor(stanza => stanza.attrs['from'] === `${ROOM}/hansard`)
      await alice.configureRoom(ROOM, { membersonly: '1' })
      await eventually(async () => bob.received().slice(before).find(isGone), 'the visitor is out')
      await assert.rejects(bob.join(MIRROR, 'Bob'), { condition: 'item-not-found' })
      await alice.configureRoom(ROOM, { membersonly: '0' })
    })
  })
}

function requireSlixmpp (): false | string {
  if (existsSync('/usr/lib/python3/dist-packages/slixmpp')) return false
  const reason = 'slixmpp is not installed: apt-get install python3-slixmpp'
  if (process.env['CI'] === 'true') throw new Error(reason)
  return reason
}

function isTalk (stanza: Element): boolean {
  return stanza.name === 'message' && stanza.attrs['type'] === 'groupchat' && child(stanza, 'body') !== undefined
}

function isSubject (stanza: Element): boolean {
  return stanza.name === 'message' && child(stanza, 'subject') !== undefined && child(stanza, 'body') === undefined
}

function isGone (stanza: Element): boolean {
  return stanza.name === 'presence' && stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${MIRROR}/Bob`
}

async function ping (talker: Talker, to: string): Promise<void> {
  await talker.request(xml('iq', { type: 'get', to }, xml('ping', { xmlns: NS.PING })))
}

/** The visit of mirror_visit.py, step by step. */
function visitWith (server: XmppServer, user: string, nick: string): { next (what: string): Promise<unknown>, end: Promise<number> } {
  const program = spawn(PYTHON, [
    join(import.meta.dirname, 'mirror_visit.py'), server.host, String(server.c2sPort), `${user}@localhost/visit`, user, MIRROR, nick
  ], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]()
  return {
    end: once(program, 'exit').then(([code]) => code as number),
    async next (what) {
      let value: string | undefined
      // slixmpp 1.8.3 itself prints the delays that it meets.
      do value = (await lines.next() as { value?: string }).value
      while (value?.startsWith('{') === false)
      assert.ok(value !== undefined, `the visit ended before it told ${what}`)
      const told = JSON.parse(value) as Record<string, unknown>
      assert.deepEqual(Object.keys(told), [what])
      return told[what]
    }
  }
}
