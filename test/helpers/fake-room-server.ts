import { parseStanzaError } from '../../src/xmpp/stanza-error.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import { place } from '../../src/archive/placement.ts'
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
  /** Starts to join and resolves when the presence was sent. */
  join (): Promise<void>
}

export function stageRoom (options: Partial<RoomOptions> = {}, past: readonly ArchivedEvent[] = []): RoomStage {
  const recorded: ArchivedEvent[] = [...past]
  const sent: Element[] = []
  const infos: RoomInfo[] = []
  let onSent: () => void = () => {}
  let now = Date.UTC(2026, 10, 21, 12) * 1000

  const stage = {
    recorded,
    sent,
    infos,
    disco: parseXml(OPEN_ROOM),
    hear (stanza: Element | string, readAt = (now += 1_000_000)) {
      const element = typeof stanza === 'string' ? parseXml(stanza) : stanza
      room.hear(element, (element.attrs['from'] ?? '').split('/').slice(1).join('/'), readAt)
    },
    async join () {
      const left = new Promise<void>(resolve => { onSent = resolve })
      void room.enter()
      await left
    }
  }

  const room = createRoom({ jid: LAB, nick: 'archiver', history: 20, keepRealJids: false, ...options }, {
    connection: {
      address: ADDRESS,
      async send (...stanzas) {
        sent.push(...stanzas)
        onSent()
      },
      async request () {
        if (stage.disco.attrs['type'] === 'error') throw parseStanzaError(stage.disco)
        return stage.disco
      }
    },
    async record (event: RoomEvent) {
      const known = recorded.find(({ uid }) => uid === event.uid)
      if (known !== undefined) return known
      const placed = place(event, {
        isTaken: (_, time) => recorded.some(other => other.time === time),
        countInSecond: (_, second) => recorded.filter(other => other.time.startsWith(second)).length
      })
      recorded.push(placed)
      return placed
    },
    recall: async (_, since) => recorded.filter(({ kind, time }) => (kind === 'message' || kind === 'subject') && (since === undefined || time >= since))
      .sort((a, b) => a.time < b.time ? -1 : 1),
    lastTime: async () => recorded.map(({ time }) => time).sort().at(-1),
    onInfo: (_, info) => { infos.push(info) },
    log: silentLogger
  })
  return Object.assign(stage, { room })
}

export function at (text: string): ArchiveTime {
  return text as ArchiveTime
}

