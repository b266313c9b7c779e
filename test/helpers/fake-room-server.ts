import { NS } from '../../src/xmpp/namespaces.ts'
import { parseStanzaError, StanzaError } from '../../src/xmpp/stanza-error.ts'
import { child, parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import { shift } from '../../src/model/day.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import { createRoom } from '../../src/rooms/room.ts'
import type { Room, RoomOptions, RoomServices } from '../../src/rooms/room.ts'
import type { RoomInfo } from '../../src/rooms/room-info.ts'
import { createTurns } from '../../src/rooms/turns.ts'
import { createModel } from '../archive/model-store.ts'
import { createFakeArchive } from './fake-archive.ts'
import type { FakeArchive } from './fake-archive.ts'
import { createFakeLedger } from './fake-ledger.ts'
import type { FakeLedger } from './fake-ledger.ts'

export const LAB = parseRoomJid('lab@conference.localhost')
export const ADDRESS = 'archiver@archive.localhost/hansard'

function openRoom (...features: readonly string[]): string {
  return '<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info"><identity category="conference" type="text" name="Lab"/>' +
    ['urn:xmpp:sid:0', 'urn:xmpp:occupant-id:0', ...features].map(feature => `<feature var="${feature}"/>`).join('') + '</query></iq>'
}

/** What a room with an archive of its own says of itself. */
export const WITH_ARCHIVE = parseXml(openRoom('urn:xmpp:mam:2'))

interface PresenceParts {
  readonly type?: string
  readonly role?: string
  readonly affiliation?: string
  /** Attributes and content of the item, as XML. */
  readonly item?: string
  readonly status?: readonly number[]
  readonly more?: string
}

export function presence (nick: string, parts: PresenceParts = {}): string {
  const { type, role = type === 'unavailable' ? 'none' : 'participant', affiliation = 'none', item = '', status = [], more = '' } = parts
  return `<presence from="${LAB}/${nick}" to="${ADDRESS}"${type === undefined ? '' : ` type="${type}"`}>` +
    `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="${affiliation}" role="${role}" ${item}/>` +
    `${status.map(code => `<status code="${code}"/>`).join('')}</x>${more}</presence>`
}

/** A message to everybody in the room; nick '' is the room itself. */
export function groupchat (nick: string, content: string, attributes = ''): string {
  return `<message type="groupchat" from="${nick === '' ? LAB : `${LAB}/${nick}`}" to="${ADDRESS}" ${attributes}>${content}</message>`
}

export function stanzaId (id: string, by: string = LAB): string {
  return `<stanza-id xmlns="urn:xmpp:sid:0" by="${by}" id="${id}"/>`
}

export function delayed (stamp: string, from: string | null = LAB): string {
  return `<delay xmlns="urn:xmpp:delay" stamp="${stamp}"${from === null ? '' : ` from="${from}"`}/>`
}

export function joinError (condition: string, nick = 'archiver'): string {
  return `<presence type="error" from="${LAB}/${nick}" to="${ADDRESS}"><error type="cancel">` +
    `<${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></presence>`
}

/** A room under test with everything around it played by the test: what it sends is kept, what it records is a list. */
export interface RoomStage {
  readonly room: Room
  readonly recorded: ArchivedEvent[]
  readonly sent: Element[]
  readonly infos: RoomInfo[]
  /** The answer to the next disco#info requests; an error iq rejects. */
  disco: Element
  /** Who has which affiliation; what is not there is kept back. */
  lists: Readonly<Record<string, readonly string[]>>
  /** What the room keeps; asked only where `disco` says so. */
  readonly archive: FakeArchive
  readonly ledger: FakeLedger
  readonly quarantined: string[]
  /** Hears a stanza as if it was just read. */
  hear (stanza: Element | string, readAt?: number): void
  /** Starts to join and resolves when the presence was sent, or when it is clear that none will be. */
  join (): Promise<void>
  /** Joins, is let in, and hears the history and, unless it is null, the subject that closes it. */
  enter (history?: readonly string[], subject?: string | null): Promise<void>
  /** What is recorded so far, in words. */
  told (): Promise<string[]>
}

/** @param before a stage whose record this one goes on with, as after a restart */
export function stageRoom (options: Partial<RoomOptions> = {}, services: Partial<RoomServices> = {}, before?: RoomStage): RoomStage {
  const recorded: ArchivedEvent[] = []
  const store = createModel()
  for (const event of before?.recorded ?? []) {
    store.append(event)
    recorded.push(event)
  }
  const sent: Element[] = []
  const infos: RoomInfo[] = []
  const archive = before?.archive ?? createFakeArchive(LAB)
  const ledger = createFakeLedger(before?.ledger)
  const quarantined: string[] = []
  const held: RoomEvent[] = []
  let isHeld = false
  let onSent: () => void = () => {}
  let now = Date.UTC(2026, 10, 21, 7, 7, 5) * 1000 // when the captures were made

  const stage = {
    recorded,
    sent,
    infos,
    disco: parseXml(openRoom()),
    lists: {} as RoomStage['lists'],
    archive,
    ledger,
    quarantined,
    hear (stanza: Element | string, readAt = (now += 200_000)) {
      const element = typeof stanza === 'string' ? parseXml(stanza) : stanza
      room.hear(element, (element.attrs['from'] ?? '').split('/').slice(1).join('/'), readAt)
    },
    async join () {
      const left = new Promise<void>(resolve => { onSent = resolve })
      await Promise.race([left, room.enter()])
    },
    async enter (history: readonly string[] = [], subject: string | null = '') {
      await stage.join()
      stage.hear(presence(options.nick ?? 'archiver', { status: [110] }))
      for (const item of history) stage.hear(item)
      if (subject !== null) stage.hear(groupchat('', `<subject>${subject}</subject>`))
    },
    async told () {
      await room.drained()
      return recorded.map(({ kind, nick, via, body }) => [via, kind, nick, body].filter(part => part !== undefined && part !== '').join(' '))
    }
  }

  function answerList (affiliation: string): Element {
    const list = stage.lists[affiliation]
    if (list === undefined) throw new StanzaError('forbidden', 'auth')
    return parseXml(`<iq type="result"><query xmlns="${NS.MUC_ADMIN}">` +
      `${list.map(jid => `<item affiliation="${affiliation}" jid="${jid}"/>`).join('')}</query></iq>`)
  }

  function keep (event: RoomEvent): { event: ArchivedEvent, isNew: boolean } {
    const result = store.append(event)
    if (result.isNew) recorded.push(result.event)
    return result
  }

  const room = createRoom({ jid: LAB, nick: 'archiver', history: 20, catchUp: 'none', keepRealJids: false, ...options }, {
    connection: {
      domain: 'archive.localhost',
      async send (...stanzas) {
        sent.push(...stanzas)
        onSent()
      },
      async request (iq) {
        if (child(iq, 'query', NS.MAM) !== undefined) return archive.answer(iq, result => { stage.hear(result) })
        const admin = child(iq, 'query', NS.MUC_ADMIN)
        if (admin !== undefined) return answerList(child(admin, 'item')?.attrs['affiliation'] ?? '')
        if (stage.disco.attrs['type'] === 'error') throw parseStanzaError(stage.disco)
        return stage.disco
      }
    },
    async record (event) {
      if (isHeld) held.push(event)
      else keep(event)
    },
    append: async events => events.map(keep),
    async hold () { isHeld = true },
    // As the archive does: what waited comes after all that is recorded.
    async release () {
      isHeld = false
      for (const event of held.splice(0)) {
        const last = store.lastTime(LAB)
        const time = event.via === 'live' && last !== undefined && last >= event.time ? shift(last, 1) : event.time
        keep({ ...event, time })
        room.placed(time)
      }
    },
    recall: async (room, range, limit) => store.page(room, { stream: 'talk', limit, reverse: true, ...range })?.events ?? [],
    get: async (room, uid) => store.get(room, uid),
    lastTime: async room => store.lastTime(room),
    lastDestroy: async () => recorded.findLast(({ kind }) => kind === 'destroy')?.time,
    quarantine (_, stanza) { quarantined.push(stanza) },
    ledger,
    turns: createTurns(1),
    onInfo: (_, info) => { infos.push(info) },
    log: silentLogger,
    now: () => now,
    ...services
  })
  return Object.assign(stage, { room })
}
