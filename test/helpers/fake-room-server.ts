import assert from 'node:assert/strict'
import { parseStanzaError } from '../../src/xmpp/stanza-error.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { createRoom } from '../../src/rooms/room.ts'
import type { Room, RoomOptions } from '../../src/rooms/room.ts'
import type { RoomInfo } from '../../src/rooms/room-info.ts'

export const LAB = parseRoomJid('lab@conference.localhost')
export const ADDRESS = 'archiver@archive.localhost/hansard'

const OPEN_ROOM = '<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info">' +
  '<identity category="conference" type="text" name="Lab"/><feature var="urn:xmpp:sid:0"/><feature var="urn:xmpp:mam:2"/>' +
  '<feature var="urn:xmpp:occupant-id:0"/></query></iq>'

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
}

export function stageRoom (options: Partial<RoomOptions> = {}): RoomStage {
  const recorded: ArchivedEvent[] = []
  const store = createSqliteStore({ path: ':memory:' })
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
      const [result] = await store.append([event])
      assert.ok(result)
      if (result.isNew) recorded.push(result.event)
      return result.event
    },
    recall: async (room, range, limit) => (await store.page(room, { stream: 'talk', limit, reverse: true, ...range })).events,
    lastTime: room => store.lastTime(room),
    onInfo: (_, info) => { infos.push(info) },
    log: silentLogger
  })
  return Object.assign(stage, { room })
}
