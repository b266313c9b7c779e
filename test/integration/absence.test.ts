import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { createComponentConnection } from '../../src/xmpp/component.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import type { Gap } from '../../src/model/gap.ts'
import { xml } from '../../src/xmpp/element.ts'
import { connectCrowd } from '../servers/crowd.ts'
import { walkRoom } from '../servers/room-walk.ts'
import { connectTalker } from '../servers/talker.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { eventually, openStage, seeArchiveIn, SERVERS } from './stage.ts'
import type { Stage, StageOptions } from './stage.ts'

const ROOM = parseRoomJid('lounge@conference.localhost')
const ALL: StageOptions = { rooms: [{ slug: 'lounge', catchUp: 'all' }] }

for (const { name, start } of SERVERS) {
  describe(`absences from a room on ${name}`, { skip: requireServer(name) }, () => {
    test('a first start takes in a past of many pages, and what is said meanwhile, in the room\'s order', async t => {
      const { server, alice } = await inLounge(t, start)
      await sayMany(alice, 'past', 1_200)
      const stage = await onStage(t, server, ALL)
      const meanwhile = talkUntil(seeArchiveIn(ROOM, alice), alice)
      for (let n = 0; n < 20; n++) await alice.say(ROOM, `later ${n}`)
      await meanwhile
      await recorded(stage, await alice.say(ROOM, 'the end').then(() => 'the end'))

      const expected = (await roomArchive(t, server)).map(({ id, body }) => `${id} ${body}`)
      const talk = (await stage.record()).filter(({ kind }) => kind === 'message')
      assert.deepEqual(talk.map(({ uid, body }) => `${uid} ${body}`), expected)
      assert.ok(talk.length > 1_220)
      assert.ok(talk.slice(0, 1_200).every(({ via }) => via === 'catch-up'))
      assert.equal(talk.at(-1)?.via, 'live')
      assert.deepEqual(await gaps(stage), [])
    })

    test('put out by a kick, we say why; once back, what was said meanwhile is there and the gap is filled', async t => {
      const { server, alice } = await inLounge(t, start)
      const stage = await onStageInside(t, server, alice)
      await alice.kick(ROOM, 'hansard', 'a test')
      await alice.say(ROOM, 'meanwhile')
      await hasProblem(stage, /^we were kicked.*«a test»/)
      assert.deepEqual((await gaps(stage)).map(({ cause, to }) => ({ cause, to })), [{ cause: 'removed', to: undefined }])

      await stage.restartApp()
      await recorded(stage, 'meanwhile')
      const [gap, ...others] = await eventually(async () => {
        const all = await gaps(stage)
        return all.every(({ filled }) => filled !== undefined) ? all : undefined
      }, 'the gap is filled')
      const talk = (await stage.record()).filter(({ kind }) => kind === 'message')
      assert.deepEqual(talk.map(({ body, via }) => [body, via]), [['before', 'live'], ['meanwhile', 'catch-up']])
      assert.deepEqual(others, [])
      assert.equal(gap?.cause, 'removed')
      const [before, meanwhile] = talk
      assert.ok(gap !== undefined && before !== undefined && meanwhile !== undefined)
      assert.ok(gap.from >= before.time && (gap.to ?? '') > gap.from)
    })

    test('banned, we stay outside, the gap is open and says so, until the ban is lifted', async t => {
      const { server, alice } = await inLounge(t, start)
      const stage = await onStageInside(t, server, alice)
      await alice.ban(ROOM, `hansard@${server.componentDomain}`, 'enough')
      await hasProblem(stage, /^we were banned.*«enough»/)
      await alice.say(ROOM, 'behind our back')
      await stage.restartApp()
      await hasProblem(stage, /^we are banned from the room/)
      assert.deepEqual((await gaps(stage)).map(({ cause, to }) => ({ cause, to })), [{ cause: 'removed', to: undefined }])
      assert.deepEqual(await said(stage), ['before'])

      await alice.affiliate(ROOM, `hansard@${server.componentDomain}`, 'none')
      await stage.restartApp()
      await recorded(stage, 'behind our back')
      await eventually(async () => (await gaps(stage)).every(({ filled }) => filled !== undefined) || undefined, 'the gap is filled')
    })

    test('a destroyed room is not entered again under its old address, whoever makes it anew', async t => {
      const { server, alice } = await inLounge(t, start)
      const stage = await onStageInside(t, server, alice)
      await alice.destroy(ROOM, { alternate: 'attic@conference.localhost', reason: 'we moved' })
      await hasProblem(stage, /destroyed.*attic@conference\.localhost/)
      await stage.restartApp()
      await hasProblem(stage, /destroyed/)
      const [event] = (await stage.record()).filter(({ kind }) => kind === 'destroy')
      assert.deepEqual([event?.alternate, event?.reason], ['attic@conference.localhost', 'we moved'])

      // Prosody keeps a tombstone, on ejabberd anyone may make the room anew.
      const bob = await connectTalker(server, 'bob')
      t.after(() => bob.stop())
      const isAnew = await bob.join(ROOM, 'bob').then(() => true, () => false)
      if (isAnew) await bob.say(ROOM, 'another room')
      await stage.restartApp()
      await hasProblem(stage, /destroyed/)
      assert.equal(bob.received().some(stanza => stanza.attrs['from'] === `${ROOM}/hansard`), false)
      assert.deepEqual(await said(stage), ['before'])
    })

    test('a password opens the door; without it the status says what to set', async t => {
      const { server, alice } = await inLounge(t, start)
      await alice.configureRoom(ROOM, { passwordprotectedroom: '1', roomsecret: 'open sesame', persistentroom: '1' })
      const outside = await onStage(t, server, { rooms: [{ slug: 'lounge', password: 'wrong' }] })
      await hasProblem(outside, /^the room wants a password: set rooms\[\]\.password/)
      await outside.stop()
      const stage = await onStage(t, server, { rooms: [{ slug: 'lounge', password: 'open sesame' }] })
      await seeArchiveIn(ROOM, alice)
      await alice.say(ROOM, 'inside')
      await recorded(stage, 'inside')
    })

    test('a hundred and fifty who go at once are few events, each of them named once', async t => {
      const { server, alice } = await inLounge(t, start)
      const stage = await onStage(t, server, ALL)
      await seeArchiveIn(ROOM, alice)
      const crowd = await connectCrowd(server)
      t.after(() => crowd.stop())
      const nicks = Array.from({ length: 150 }, (_, n) => `guest${n}`)
      await Promise.all(nicks.map(nick => crowd.join(ROOM, nick)))
      await crowd.leave(ROOM, ...nicks)
      await alice.say(ROOM, 'alone again')
      await recorded(stage, 'alone again')
      const left = await eventually(async () => {
        const events = (await stage.record()).filter(({ kind }) => kind === 'leave')
        return events.flatMap(namesOf).length >= nicks.length ? events : undefined
      }, 'all have left')
      const came = (await stage.record()).filter(({ kind }) => kind === 'join')
      for (const events of [came, left]) assert.deepEqual(events.flatMap(namesOf).sort(), [...nicks].sort())
      // How many share an event is a matter of how fast they go.
      assert.ok(left.length <= nicks.length / 3, `${left.length} events`)
    })
  })
}

async function inLounge (t: TestContext, start: () => Promise<XmppServer>): Promise<{ server: XmppServer, alice: Talker }> {
  const server = await start()
  t.after(() => server.stop())
  const alice = await connectTalker(server, 'alice')
  t.after(() => alice.stop())
  await alice.join(ROOM, 'alice')
  await alice.configureRoom(ROOM, { persistentroom: '1' })
  return { server, alice }
}

/** With one message recorded, so that nothing of the beginning is under way any more. */
async function onStageInside (t: TestContext, server: XmppServer, talker: Talker): Promise<Stage> {
  const stage = await onStage(t, server, ALL)
  await seeArchiveIn(ROOM, talker)
  await talker.say(ROOM, 'before')
  await recorded(stage, 'before')
  await eventually(async () => stage.app.status().rooms[0]?.isCatchingUp === false || undefined, 'the past is taken in')
  return stage
}

async function said (stage: Stage): Promise<Array<string | undefined>> {
  return (await stage.record()).filter(({ kind }) => kind === 'message').map(({ body }) => body)
}

async function onStage (t: TestContext, server: XmppServer, options: StageOptions): Promise<Stage> {
  const stage = await openStage(server, options)
  t.after(() => stage.stop())
  return stage
}

/** Without waiting for each: rooms send back thousands in a second. */
async function sayMany (talker: Talker, what: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 100) {
    await talker.send(...Array.from({ length: 100 }, (_, k) =>
      xml('message', { type: 'groupchat', to: ROOM, id: `${what}-${n + k}` }, xml('body', {}, `${what} ${n + k}`))))
    await talker.waitFor(stanza => stanza.attrs['id'] === `${what}-${n + 99}`, 60_000)
  }
}

async function talkUntil (end: Promise<unknown>, talker: Talker): Promise<void> {
  let isOver = false
  end.then(() => { isOver = true }, () => { isOver = true })
  for (let n = 0; !isOver; n++) await talker.say(ROOM, `meanwhile ${n}`)
  await end
}

async function roomArchive (t: TestContext, server: XmppServer) {
  const connection = createComponentConnection({
    host: server.host, port: server.componentPort, domain: server.crowdDomain, secret: server.secret, log: silentLogger
  })
  t.after(() => connection.stop())
  connection.start()
  await connection.waitOnline(15_000)
  return walkRoom(connection, ROOM)
}

async function gaps ({ config }: Stage): Promise<Gap[]> {
  const store = createSqliteStore({ path: (config.store as { path: string }).path })
  const found = await store.gaps(ROOM)
  await store.close()
  return found
}

async function recorded (stage: Stage, text: string): Promise<void> {
  await eventually(async () => (await stage.record()).find(({ body }) => body === text), `«${text}» is recorded`, 60_000)
}

async function hasProblem (stage: Stage, problem: RegExp): Promise<void> {
  let last: unknown
  await eventually(async () => {
    last = stage.app.status().rooms[0]
    const [room] = stage.app.status().rooms
    return (room?.state !== 'joined' && problem.test(room?.problem ?? '')) || undefined
  }, `the status of the room says ${String(problem)}`).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(last)}`, { cause: error })
  })
}

function namesOf ({ nick, crowd }: ArchivedEvent): string[] {
  return crowd === undefined ? [nick] : crowd.map(member => member.nick)
}
