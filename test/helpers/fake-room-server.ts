import { parseStanzaError } from '../../src/xmpp/stanza-error.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { createRoom } from '../../src/rooms/room.ts'
import type { Room, RoomOptions, RoomServices } from '../../src/rooms/room.ts'
import type { RoomInfo } from '../../src/rooms/room-info.ts'
import { createModel } from '../archive/model-store.ts'

export const LAB = parseRoomJid('lab@conference.localhost')
export const ADDRESS = 'archiver@archive.localhost/hansard'

const OPEN_ROOM = '<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info">' +
  '<identity category="conference" type="text" name="Lab"/><feature var="urn:xmpp:sid:0"/><feature var="urn:xmpp:mam:2"/>' +
  '<feature var="urn:xmpp:occupant-id:0"/></query></iq>'

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
  let onSent: () => void = () => {}
  let now = Date.UTC(2026, 10, 21, 7, 7, 5) * 1000 // when the captures were made

  const stage = {
    recorded,
    sent,
    infos,
    disco: parseXml(OPEN_ROOM),
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

  const room = createRoom({ jid: LAB, nick: 'archiver', history: 20, keepRealJids: false, ...options }, {
    connection: {
      async send (...stanzas) {
        sent.push(...stanzas)
        onSent()
      },
      async request () {
        if (stage.disco.attrs['type'] === 'error') throw parseStanzaError(stage.disco)
        return stage.disco
      }
    },
    async record (event) {
      const result = store.append(event)
      if (result.isNew) recorded.push(result.event)
    },
    recall: async (room, range, limit) => store.page(room, { stream: 'talk', limit, reverse: true, ...range })?.events ?? [],
    lastTime: async room => store.lastTime(room),
    onInfo: (_, info) => { infos.push(info) },
    log: silentLogger,
    ...services
  })
  return Object.assign(stage, { room })
}
