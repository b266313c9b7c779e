import type { TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import type { RoomOptions, RoomServices } from '../../src/rooms/room.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { delayed, groupchat, LAB, stageRoom, stanzaId } from '../helpers/fake-room-server.ts'
import type { RoomStage } from '../helpers/fake-room-server.ts'

export const AT = parseDateTime('2026-11-21T07:07:00Z')
export const NO_IDS = parseXml('<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>')

export function stageFor (t: TestContext, options?: Partial<RoomOptions>, services?: Partial<RoomServices>, before?: RoomStage): RoomStage {
  const stage = stageRoom(options, services, before)
  t.after(() => stage.room.leave())
  return stage
}

/** With the test's hand on the clock: what waits, waits for tick(). */
export function withTimers (t: TestContext): (ms: number) => Promise<void> {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  return async ms => {
    t.mock.timers.tick(ms)
    for (let turn = 0; turn < 5; turn++) await setImmediate()
  }
}

/** A connection on which a join is written only when the test says so. */
export function slowConnection () {
  let written: () => void = () => {}
  const send = async (stanza: Element): Promise<void> => {
    if (stanza.attrs['type'] === undefined) await new Promise<void>(resolve => { written = resolve })
  }
  return { connection: { domain: undefined, send, request: async () => NO_IDS }, written: () => { written() } }
}

export function said (body: string, second: number, id?: string): string {
  return groupchat('alice', `<body>${body}</body>${delayed(formatTime(AT + second * 1e6))}${id === undefined ? '' : stanzaId(id)}`)
}

export function live (body: string, more = ''): string {
  return groupchat('alice', `<body>${body}</body>${more}`)
}

export function joinsOf ({ sent }: RoomStage): string[] {
  return sent.filter(stanza => stanza.attrs['type'] === undefined).map(stanza => stanza.attrs['to']?.slice(LAB.length + 1) ?? '')
}
