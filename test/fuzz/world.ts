import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { formatTime } from '../../src/model/archive-time.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { EVENT_KINDS, eventId, streamOf } from '../../src/model/event.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import { createRooms } from '../../src/rooms/rooms.ts'
import type { RoomStatus } from '../../src/rooms/room.ts'
import { child, parseXml, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { createLiveConnection } from '../../src/xmpp/live-connection.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { buildStanzaError } from '../../src/xmpp/stanza-error.ts'
import type { StanzaError } from '../../src/xmpp/stanza-error.ts'
import type { StreamEvents } from '../../src/xmpp/stream.ts'
import { createFakeArchive } from '../helpers/fake-archive.ts'
import type { FakeArchive } from '../helpers/fake-archive.ts'
import { createFakeLedger } from '../helpers/fake-ledger.ts'
import { ADDRESS, LAB, presence } from '../helpers/fake-room-server.ts'

/** A whole room, with its connection, of which the server is played and the record keeps the newest only. */
export interface World {
  readonly archive: FakeArchive
  /** Whether the room says, the next time it is asked, that it has the archive. */
  hasArchive: boolean
  readonly status: RoomStatus
  /** What a server sends. */
  receive (stanza: Element): void
  /** The stream breaks; the next comes when time passes. */
  cut (): void
  /** Lets time pass, and what waits for nothing else happen. */
  pass (ms: number): Promise<void>
  stop (): Promise<void>
}

const DOMAIN = 'archive.localhost'
const KEPT = 300
const STEP_MS = 10_000

export function createWorld (): World {
  const archive = createFakeArchive(LAB)
  const ledger = createFakeLedger()
  const kept: ArchivedEvent[] = []
  const held: RoomEvent[] = []
  let isHeld = false
  let lastLive = '' as ArchiveTime
  let now = Date.UTC(2026, 10, 21, 7, 7, 5) * 1000
  let stream: StreamEvents | undefined
  let hasArchive = false

  const log = pino({ level: 'error' }, { write (line) { throw new Error(`logged as an error: ${line}`) } })
  const connection = createLiveConnection({
    mode: 'component',
    address: ADDRESS,
    domain: DOMAIN,
    service: 'server:5347',
    log,
    ping: () => xml('iq', { type: 'get', to: DOMAIN }, xml('ping', { xmlns: NS.PING })),
    now: () => now++,
    open (events) {
      stream = events
      queueMicrotask(() => { events.online({ address: ADDRESS, isResumed: false }) })
      return { write: async texts => { for (const text of texts) serve(parseXml(text), events) }, close: async () => {}, destroy () {} }
    }
  })

  // Answers as a server would, after what is under way.
  function serve (stanza: Element, { stanza: give }: StreamEvents): void {
    queueMicrotask(() => {
      const { type, to = '', id } = stanza.attrs
      if (stanza.name === 'presence' && type === undefined) {
        give(client(presence(to.slice(LAB.length + 1), { status: [110] })))
        give(client(`<message type="groupchat" from="${LAB}"><subject>topic</subject></message>`))
      } else if (stanza.name === 'iq' && (type === 'get' || type === 'set')) {
        give(client(String(answer(stanza, give)).replace('<iq', `<iq id="${id ?? ''}" from="${to}"`)))
      }
    })
  }

  function answer (iq: Element, give: (stanza: Element) => void): Element {
    if (child(iq, 'query', NS.MAM) !== undefined) return answerArchive(iq, give)
    const features = [NS.STANZA_ID, NS.OCCUPANT_ID, ...hasArchive ? [NS.MAM] : []]
    return xml('iq', { type: 'result' }, child(iq, 'query', NS.DISCO_INFO) === undefined
      ? undefined
      : xml('query', { xmlns: NS.DISCO_INFO }, features.map(feature => xml('feature', { var: feature }))))
  }

  function answerArchive (iq: Element, give: (stanza: Element) => void): Element {
    try {
      const { attrs: { type }, children } = archive.answer(iq, result => { give(client(String(result))) })
      return xml('iq', { type }, ...children)
    } catch (error) {
      return xml('iq', { type: 'error' }, buildStanzaError(error as StanzaError))
    }
  }

  function keep (event: RoomEvent): { event: ArchivedEvent, isNew: boolean } {
    checkEvent(event)
    const before = kept.find(({ uid }) => uid === event.uid)
    if (before !== undefined) return { event: before, isNew: false }
    const archived = { ...event, _id: eventId(event.room, streamOf(event.kind), event.time), anchor: 't' }
    kept.push(archived)
    if (kept.length > KEPT) kept.shift()
    return { event: archived, isNew: true }
  }

  const rooms = createRooms({
    connection,
    rooms: [{ jid: LAB, nick: 'archiver', history: 20, catchUp: 'all', keepRealJids: false }],
    async record (event) {
      if (event.via === 'live') {
        assert.ok(event.time > lastLive, 'live events come in the order of their times')
        lastLive = event.time
      }
      if (isHeld) held.push(event)
      else keep(event)
    },
    append: async events => events.map(keep),
    async hold () { isHeld = true },
    async release () {
      isHeld = false
      for (const event of held.splice(0)) keep(event)
    },
    recall: async (_, { start = '', end = '~' }, limit) => kept.filter(({ time }) => time >= start && time <= end).slice(-limit),
    get: async (_, uid) => kept.find(event => event.uid === uid),
    lastTime: async () => kept.at(-1)?.time,
    lastDestroy: async () => undefined,
    quarantine (_, stanza, error) { throw new Error(`not understood: ${stanza}`, { cause: error }) },
    ledger,
    onInfo () {},
    log,
    now: () => now++
  })

  rooms.start()
  connection.start()
  return {
    archive,
    get hasArchive () { return hasArchive },
    set hasArchive (is) { hasArchive = is },
    get status () { return rooms.status()[0] as RoomStatus },
    receive (stanza) {
      now += 1_000
      stream?.heard()
      stream?.stanza(stanza)
    },
    cut () { stream?.closed(new Error('cut')) },
    // In steps shorter than anybody waits for an answer.
    async pass (ms) {
      for (let rest = ms; rest > 0; rest -= STEP_MS) {
        const step = Math.min(rest, STEP_MS)
        now += step * 1_000
        mock.timers.tick(step)
        await setImmediate()
      }
      await setImmediate()
      // These keep everything, for tests that ask them.
      archive.asked.length = ledger.told.length = 0
      ledger.gaps.splice(0, ledger.gaps.length - KEPT)
    },
    async stop () {
      await rooms.stop()
      await connection.stop()
    }
  }
}

/** As a component's stream gives it. */
function client (text: string): Element {
  const stanza = parseXml(text)
  stanza.attrs['xmlns'] = NS.CLIENT
  return stanza
}

function checkEvent (event: RoomEvent): void {
  assert.ok(EVENT_KINDS.includes(event.kind))
  assert.equal(event.room, LAB)
  assert.ok(event.uid.length > 0)
  assert.equal(event.time, formatTime(Date.parse(event.time) * 1000 + Number(event.time.slice(23, 26))))
  assert.equal(event.private, undefined)
  if (streamOf(event.kind) === 'talk') assert.equal(parseXml(event.stanza ?? '').name, 'message')
  else assert.equal(event.stanza, undefined)
  assert.ok(event.encrypted === undefined || event.body === undefined)
}
