import type { TestContext } from 'node:test'
import { createDirectory } from '../../src/access/directory.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { createMirror } from '../../src/mirror/mirror.ts'
import type { MirrorOptions } from '../../src/mirror/mirror.ts'
import { archiveJidOf, parseRoomJid } from '../../src/model/address.ts'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { parseMucUser } from '../../src/xmpp/muc.ts'
import { checkStanza } from '../../src/xmpp/outgoing.ts'
import { LOUNGE, message } from '../helpers/events.ts'

export const DOMAIN = 'logs.example.org'
export const ARCHIVE = archiveJidOf(LOUNGE, DOMAIN)
export const SECRET = archiveJidOf(parseRoomJid('secret@conference.example.org'), DOMAIN)
export const UNKNOWN = archiveJidOf(parseRoomJid('nobody@conference.example.org'), DOMAIN)
export const QUIET = archiveJidOf(parseRoomJid('quiet@conference.example.org'), DOMAIN)
export const NOW = parseDateTime('2026-11-21T12:00:00Z')
export const MUC = '<x xmlns="http://jabber.org/protocol/muc"/>'
/** A join that wants no history. */
export const NO_HISTORY = '<x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="0"/></x>'

const ROUNDS = 50

/** A mirror on a wire of its own, with an archive behind it and a clock that stands. */
export function setUp (t: TestContext, override: Partial<MirrorOptions> = {}) {
  const store = createSqliteStore({ path: ':memory:' })
  t.after(() => store.close())
  const room = { aliases: [], title: undefined, description: undefined, isOpen: undefined }
  const directory = createDirectory([
    { ...room, jid: LOUNGE, slug: 'lounge', level: 'public', title: 'The lounge', description: 'for all' },
    { ...room, jid: parseRoomJid('secret@conference.example.org'), slug: 'secret', level: 'off' },
    { ...room, jid: parseRoomJid('quiet@conference.example.org'), slug: 'quiet', level: 'unlisted' }
  ])
  const sent: Element[] = []
  const writes: number[] = []
  const watchers = new Set<() => void>()
  const listeners = new Set<(event: ArchivedEvent) => void>()
  let onStanza: (stanza: Element, readAt: number) => void = () => {}
  let onOnline: (stream: { isResumed: boolean }) => void = () => {}
  const asked: Element[] = []
  const state = { now: NOW, isOnline: true, said: 0, answer: async (iq: Element): Promise<Element> => iq }

  const mirror = createMirror({
    connection: {
      onStanza (listener) { onStanza = listener },
      onOnline (listener) { onOnline = listener },
      // As the real one: checked before anything is written.
      async send (...stanzas) {
        if (!state.isOnline) throw new HansardError('ERR_XMPP_OFFLINE', 'Cannot send: there is no stream')
        const texts = stanzas.map(stanza => checkStanza(stanza, { mode: 'component', address: `hansard@${DOMAIN}/h`, domain: DOMAIN }, {}))
        writes.push(texts.length)
        sent.push(...texts.map(parseXml))
        for (const watcher of [...watchers]) watcher()
      },
      async request (iq) {
        asked.push(iq)
        return state.answer(iq)
      }
    },
    domain: DOMAIN,
    directory,
    store,
    live: {
      subscribe (listener) {
        listeners.add(listener)
        return () => { listeners.delete(listener) }
      }
    },
    site: { url: 'https://logs.example.org' },
    occupantKey: 'key',
    log: silentLogger,
    now: () => state.now,
    ...override
  })
  mirror.start()

  /** The first sent, already or from now on, that the predicate picks; without one the test does not end. */
  async function waitFor (isWanted: (stanza: Element) => boolean, from = 0): Promise<Element> {
    return new Promise(resolve => {
      const look = (): void => {
        const found = sent.slice(from).find(isWanted)
        if (found === undefined) return
        watchers.delete(look)
        resolve(found)
      }
      watchers.add(look)
      look()
    })
  }

  const hear = (text: string): void => { onStanza(parseXml(text), state.now) }
  const to = (address: string) => sent.filter(({ attrs }) => attrs['to'] === address)

  /** Recorded and told, as by the program. */
  async function record (fields: Partial<RoomEvent> = {}): Promise<ArchivedEvent> {
    state.said += 1
    const [result] = await store.append([message({
      time: formatTime(state.now + state.said), uid: `live-${state.said}`, ...fields
    })])
    const { event } = result as { event: ArchivedEvent }
    tell(event)
    return event
  }

  function tell (event: ArchivedEvent): void {
    for (const listener of listeners) listener(event)
  }

  /** Joins, and resolves to all that it is sent, up to the subject. */
  async function join (from: string, nick: string, x = MUC): Promise<Element[]> {
    const before = sent.length
    hear(`<presence from="${from}" to="${ARCHIVE}/${nick}">${x}</presence>`)
    await waitFor(stanza => stanza.attrs['to'] === from && (stanza.attrs['type'] === 'error' || isSubject(stanza)), before)
    return sent.slice(before).filter(({ attrs }) => attrs['to'] === from)
  }

  const ask = async (type: 'get' | 'set', payload: string, address = `${ARCHIVE}`, from = 'ann@example.net/phone') =>
    mirror.respond({ type, from, to: address, id: 'i1', payload: parseXml(payload) })

  return {
    mirror,
    store,
    directory,
    sent,
    asked,
    writes,
    state,
    listeners,
    hear,
    to,
    record,
    tell,
    join,
    ask,
    waitFor,
    online: () => {
      state.isOnline = true
      onOnline({ isResumed: false })
    }
  }
}

export function isSubject (stanza: Element): boolean {
  return stanza.children.some(node => typeof node !== 'string' && node.name === 'subject')
}

/** Lets everything go on that does not wait for something from outside. */
export async function settle (): Promise<void> {
  for (let n = 0; n < ROUNDS; n++) await new Promise(resolve => setImmediate(resolve))
}

export function codesOf (stanza: Element | undefined): number[] {
  return stanza === undefined ? [] : [...parseMucUser(stanza)?.statuses ?? []].sort()
}
