import { silentLogger } from '../../src/log.ts'
import { createBotConnection } from '../../src/xmpp/bot.ts'
import { buildForm } from '../../src/xmpp/data-form.ts'
import { child, textOf, xml } from '../../src/xmpp/element.ts'
import type { Child, Element } from '../../src/xmpp/element.ts'
import { buildJoin, buildLeave, parseMucUser, STATUS } from '../../src/xmpp/muc.ts'
import type { HistoryLimit } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseStanzaError } from '../../src/xmpp/stanza-error.ts'
import type { XmppServer } from './xmpp-server.ts'

/** A person in a chat: each call resolves when the server has done what was asked, and rejects with its StanzaError. */
export interface Talker {
  /** user@localhost/resource */
  readonly jid: string
  /** Joins as `nick`, and makes a room that is new usable with the server's own settings. */
  join (room: string, nick: string, options?: JoinOptions): Promise<{ readonly isNew: boolean }>
  /** Resolves to the message as the room sent it to everyone, with its stanza-id. */
  say (room: string, text: string, options?: { readonly id?: string, readonly payloads?: readonly Child[] }): Promise<Element>
  subject (room: string, text: string): Promise<Element>
  presence (room: string, presence: { readonly show?: string, readonly status?: string }): Promise<void>
  changeNick (room: string, nick: string): Promise<void>
  privateMessage (room: string, nick: string, text: string): Promise<void>
  kick (room: string, nick: string, reason?: string): Promise<void>
  ban (room: string, jid: string, reason?: string): Promise<void>
  affiliate (room: string, jid: string, affiliation: 'owner' | 'admin' | 'member' | 'none' | 'outcast', reason?: string): Promise<void>
  /** Fields of muc#roomconfig without that prefix: `{ membersonly: '1' }`; a name with # or / in it stays as it is. */
  configureRoom (room: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<void>
  destroy (room: string, options?: { readonly alternate?: string, readonly reason?: string }): Promise<void>
  leave (room: string): Promise<void>
  send (...stanzas: readonly Element[]): Promise<void>
  request (iq: Element): Promise<Element>
  /** Everything received so far, oldest first. */
  received (): readonly Element[]
  /** The first stanza received, already or from now on, that the predicate picks. */
  waitFor (predicate: (stanza: Element) => boolean, timeoutMs?: number): Promise<Element>
  stop (): Promise<void>
}

export interface JoinOptions {
  readonly history?: HistoryLimit
  readonly password?: string
}

export interface TalkerOptions {
  readonly password?: string
  readonly resource?: string
}

export async function connectTalker (
  server: Pick<XmppServer, 'host' | 'c2sPort' | 'domain'>,
  user: string,
  { password = user, resource = 'talker' }: TalkerOptions = {}
): Promise<Talker> {
  const connection = createBotConnection({
    jid: `${user}@${server.domain}`,
    password,
    resource,
    service: `${server.host}:${server.c2sPort}`,
    tls: 'optional',
    log: silentLogger
  })
  const received: Element[] = []
  const watchers = new Set<() => void>()
  const nicks = new Map<string, string>()
  let lastId = 0
  connection.onStanza(stanza => {
    received.push(stanza)
    for (const watcher of [...watchers]) watcher()
  })
  connection.start()
  await connection.waitOnline(15_000).catch(async (error: unknown) => {
    // Or it would go on trying.
    await connection.stop()
    throw error
  })

  async function waitFor (predicate: (stanza: Element) => boolean, timeoutMs = 15_000, from = 0): Promise<Element> {
    return new Promise((resolve, reject) => {
      let next = from
      const look = (): void => {
        while (next < received.length) {
          const stanza = received[next++] as Element
          if (predicate(stanza)) return settle(() => { resolve(stanza) })
        }
      }
      const settle = (act: () => void): void => {
        clearTimeout(timer)
        watchers.delete(look)
        act()
      }
      const timer = setTimeout(() => {
        settle(() => { reject(new Error(`${user} did not receive what it waits for within ${timeoutMs} ms; the last: ${received.slice(-3).join('\n')}`)) })
      }, timeoutMs)
      watchers.add(look)
      look()
    })
  }

  /** Sends, and waits for the first stanza after that that the predicate or an error with the same id picks. */
  async function exchange (stanza: Element, predicate: (stanza: Element) => boolean): Promise<Element> {
    const from = received.length
    const id = stanza.attrs['id'] ??= nextId()
    await connection.send(stanza)
    const answer = await waitFor(got => isError(got, id, stanza) || predicate(got), 15_000, from)
    if (answer.attrs['type'] === 'error') throw parseStanzaError(answer)
    return answer
  }

  function isError (got: Element, id: string, stanza: Element): boolean {
    if (got.attrs['type'] !== 'error' || got.name !== stanza.name) return false
    return got.attrs['id'] === id || (got.name === 'presence' && got.attrs['from'] === stanza.attrs['to'])
  }

  function nextId (): string {
    lastId += 1
    return `${user}-${lastId}`
  }

  function nickIn (room: string): string {
    const nick = nicks.get(room)
    if (nick === undefined) throw new Error(`${user} is not in ${room}`)
    return nick
  }

  function own (room: string, type: string | undefined, nick = nickIn(room)): (stanza: Element) => boolean {
    return stanza => stanza.name === 'presence' && stanza.attrs['from'] === `${room}/${nick}` && stanza.attrs['type'] === type
  }

  async function admin (room: string, item: Record<string, string | undefined>, reason?: string): Promise<void> {
    await connection.request(xml('iq', { type: 'set', to: room }, xml('query', { xmlns: NS.MUC_ADMIN },
      xml('item', item, reason === undefined ? undefined : xml('reason', {}, reason)))))
  }

  async function owner (room: string, payload: Element): Promise<void> {
    await connection.request(xml('iq', { type: 'set', to: room }, xml('query', { xmlns: NS.MUC_OWNER }, payload)))
  }

  async function configureRoom (room: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<void> {
    const values = Object.entries(fields).map(([name, value]) => ({
      var: /[#/]/.test(name) ? name : `muc#roomconfig_${name}`,
      values: typeof value === 'string' ? [value] : value
    }))
    await owner(room, buildForm('submit', 'http://jabber.org/protocol/muc#roomconfig', values))
  }

  return {
    jid: connection.address,
    async join (room, nick, options = {}) {
      const self = await exchange(buildJoin(`${room}/${nick}`, options), stanza =>
        stanza.name === 'presence' && stanza.attrs['from']?.startsWith(`${room}/`) === true && stanza.attrs['type'] === undefined &&
        parseMucUser(stanza)?.statuses.has(STATUS.SELF) === true)
      nicks.set(room, self.attrs['from']?.slice(room.length + 1) ?? nick)
      const isNew = parseMucUser(self)?.statuses.has(STATUS.CREATED) === true
      if (isNew) await configureRoom(room, {})
      return { isNew }
    },
    async say (room, text, { id = nextId(), payloads = [] } = {}) {
      return exchange(xml('message', { type: 'groupchat', to: room, id }, xml('body', {}, text), [...payloads]), stanza =>
        stanza.name === 'message' && stanza.attrs['id'] === id && stanza.attrs['from'] === `${room}/${nickIn(room)}`)
    },
    async subject (room, text) {
      return exchange(xml('message', { type: 'groupchat', to: room }, xml('subject', {}, text)), stanza =>
        stanza.name === 'message' && stanza.attrs['from']?.startsWith(room) === true && textOf(stanza, 'subject') === text && child(stanza, 'body') === undefined)
    },
    async presence (room, { show, status }) {
      const isEcho = own(room, undefined)
      await exchange(xml('presence', { to: `${room}/${nickIn(room)}` },
        show === undefined ? undefined : xml('show', {}, show),
        status === undefined ? undefined : xml('status', {}, status)), isEcho)
    },
    async changeNick (room, nick) {
      await exchange(xml('presence', { to: `${room}/${nick}` }), own(room, undefined, nick))
      nicks.set(room, nick)
    },
    async privateMessage (room, nick, text) {
      await connection.send(xml('message', { type: 'chat', to: `${room}/${nick}`, id: nextId() },
        xml('body', {}, text), xml('x', { xmlns: NS.MUC_USER })))
    },
    kick: async (room, nick, reason) => admin(room, { nick, role: 'none' }, reason),
    ban: async (room, jid, reason) => admin(room, { jid, affiliation: 'outcast' }, reason),
    affiliate: async (room, jid, affiliation, reason) => admin(room, { jid, affiliation }, reason),
    configureRoom,
    destroy: async (room, { alternate, reason } = {}) => owner(room, xml('destroy', { jid: alternate },
      reason === undefined ? undefined : xml('reason', {}, reason))),
    async leave (room) {
      await exchange(buildLeave(`${room}/${nickIn(room)}`), own(room, 'unavailable'))
      nicks.delete(room)
    },
    send: async (...stanzas) => connection.send(...stanzas),
    request: async iq => connection.request(iq),
    received: () => received,
    waitFor,
    stop: async () => connection.stop()
  }
}
