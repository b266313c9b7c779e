import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { RoomJid } from '../../src/model/address.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { createRooms } from '../../src/rooms/rooms.ts'
import type { XmppConnection } from '../../src/xmpp/connection.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { createFakeLedger } from '../helpers/fake-ledger.ts'
import { ADDRESS } from '../helpers/fake-room-server.ts'

const INFO = '<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>'

interface Options {
  readonly count?: number
  readonly absence?: (room: RoomJid) => Promise<undefined>
}

/** Nothing waits for the record here: it never takes anything for good. */
function stageRooms (t: TestContext, { count = 2, absence = async () => undefined }: Options = {}) {
  let online: (stream: { isResumed: boolean }) => void = () => {}
  let offline: () => void = () => {}
  let stanza: (stanza: Element, readAt: number) => void = () => {}
  const sent: Element[] = []
  const recorded: RoomEvent[] = []
  const quarantined: string[] = []
  const connection = {
    address: ADDRESS,
    onOnline (listener: typeof online) { online = listener },
    onOffline (listener: typeof offline) { offline = listener },
    onStanza (listener: typeof stanza) { stanza = listener },
    async send (...stanzas: Element[]) { sent.push(...stanzas) },
    request: async () => parseXml(INFO)
  } as unknown as XmppConnection
  const rooms = createRooms({
    connection,
    rooms: Array.from({ length: count }, (_, n) => ({ jid: parseRoomJid(`r${n}@conference.localhost`), nick: 'hansard', history: 20, catchUp: 'none' as const, keepRealJids: false })),
    record (event) {
      recorded.push(event)
      return new Promise(() => {})
    },
    append: async () => [],
    hold: async () => {},
    release: async () => {},
    recall: async () => [],
    get: async () => undefined,
    lastTime: async () => undefined,
    lastDestroy: async () => undefined,
    quarantine (_, text) { quarantined.push(text) },
    ledger: { ...createFakeLedger(), absence },
    onInfo () {},
    log: silentLogger,
    now: () => Date.UTC(2026, 10, 21) * 1000
  })
  t.after(() => rooms.stop())
  rooms.start()
  const hear = (text: string): void => { stanza(parseXml(text), Date.UTC(2026, 10, 21) * 1000) }
  return {
    rooms,
    sent,
    recorded,
    quarantined,
    hear,
    online: async (isResumed = false) => {
      online({ isResumed })
      await settled()
    },
    offline: () => { offline() },
    /** Lets every room in that asked for it. */
    async letIn () {
      for (let known = -1; known !== sent.length; await settled()) {
        known = sent.length
        for (const { attrs } of sent) {
          hear(`<presence from="${attrs['to']}" to="${ADDRESS}"><x xmlns="http://jabber.org/protocol/muc#user"><item role="participant"/><status code="110"/></x></presence>`)
        }
      }
    },
    say: (room: string, body: string, to: string | null = ADDRESS) => {
      hear(`<message type="groupchat" from="${room}@conference.localhost/alice"${to === null ? '' : ` to="${to}"`}><body>${body}</body></message>`)
    },
    states: () => rooms.status().map(({ state }) => state).join(' ')
  }
}

async function settled (): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await setImmediate()
}

test('all rooms are joined when the stream is up, and each hears its own', async t => {
  const stage = stageRooms(t)
  assert.equal(stage.states(), 'outside outside')
  await stage.online()
  await stage.letIn()
  assert.equal(stage.states(), 'joined joined')
  stage.say('r0', 'one')
  stage.say('R1', 'two')
  stage.say('r9', 'of a room that is not ours')
  assert.deepEqual(stage.recorded.map(({ room, body }) => [room, body]), [['r0@conference.localhost', 'one'], ['r1@conference.localhost', 'two']])
})

test('what is addressed to another address of our domain is not heard; what has no address is ours', async t => {
  const stage = stageRooms(t)
  await stage.online()
  await stage.letIn()
  stage.say('r0', 'to somebody else', 'archive@archive.localhost')
  stage.say('r0', 'to us', null)
  assert.deepEqual(stage.recorded.map(({ body }) => body), ['to us'])
})

test('a stanza from an address that cannot be read, or from none, harms nothing', async t => {
  const stage = stageRooms(t)
  await stage.online()
  for (const from of ['from="@@"', 'from=""', '']) stage.hear(`<message type="groupchat" ${from} to="${ADDRESS}"><body>x</body></message>`)
  assert.deepEqual(stage.recorded, [])
})

test('of hundreds of rooms only a few are joined at once', async t => {
  const stage = stageRooms(t, { count: 100 })
  await stage.online()
  assert.equal(stage.sent.length, 10)
  await stage.letIn()
  assert.equal(new Set(stage.sent.map(({ attrs }) => attrs['to'])).size, 100)
  assert.equal(stage.sent.length, 100)
  assert.ok(stage.rooms.status().every(({ state }) => state === 'joined'))
})

test('a new stream joins all rooms again, and the joins of the old one are given up', async t => {
  const stage = stageRooms(t, { count: 30 })
  await stage.online()
  stage.offline()
  await settled()
  assert.equal(stage.sent.length, 10)
  await stage.online()
  await stage.letIn()
  assert.ok(stage.rooms.status().every(({ state }) => state === 'joined'))
})

test('a stream that is resumed goes on: rooms hear at once, those that were not inside join', async t => {
  const stage = stageRooms(t, { count: 12 })
  await stage.online()
  const first = stage.sent.slice(0, 5).map(({ attrs }) => attrs['to'])
  for (const from of first) {
    stage.hear(`<presence from="${from}" to="${ADDRESS}"><x xmlns="http://jabber.org/protocol/muc#user"><item/><status code="110"/></x></presence>`)
  }
  stage.offline()
  const before = stage.sent.length
  const resumed = stage.online(true)
  stage.say('r0', 'kept by the stream')
  assert.deepEqual(stage.recorded.map(({ body }) => body), ['kept by the stream'])
  await resumed
  const again = stage.sent.slice(before).map(({ attrs }) => attrs['to'])
  assert.ok(again.length > 0 && again.every(to => !first.includes(to)))
})

test('a room that cannot be joined does not keep the others out', async t => {
  const stage = stageRooms(t, { count: 20, absence: async room => /[02468]@/.test(room) ? Promise.reject(new Error('away')) : undefined })
  await stage.online()
  await stage.letIn()
  assert.equal(stage.rooms.status().filter(({ state }) => state === 'joined').length, 10)
  assert.equal(stage.rooms.status().filter(({ problem }) => problem === 'away').length, 10)
})

test('stop() leaves where we are, also while the record takes nothing, and a later stream joins nothing', async t => {
  const stage = stageRooms(t)
  await stage.online()
  await stage.letIn()
  stage.say('r0', 'one')
  await stage.rooms.stop()
  assert.deepEqual(stage.sent.slice(-2).map(({ attrs }) => [attrs['type'], attrs['to']]),
    [['unavailable', 'r0@conference.localhost/hansard'], ['unavailable', 'r1@conference.localhost/hansard']])
  await stage.online()
  assert.equal(stage.sent.length, 4)
})
