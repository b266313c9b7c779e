import { silentLogger } from '../../src/log.ts'
import type { Micros } from '../../src/model/archive-time.ts'
import { createComponentConnection } from '../../src/xmpp/component.ts'
import { buildForm } from '../../src/xmpp/data-form.ts'
import { textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildJoin, buildLeave, parseMucUser, STATUS } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseStanzaError } from '../../src/xmpp/stanza-error.ts'
import type { XmppServer } from './xmpp-server.ts'

/** Thousands of occupants on one stream: addresses of a component of their own, known in each room by one nick. */
export interface Crowd {
  /** Resolves when the room has let it in; makes a new room usable with the server's own settings. */
  join (room: string, nick: string): Promise<void>
  /** Resolves when the room has shown it the door; several leave in one write. */
  leave (room: string, ...nicks: readonly string[]): Promise<void>
  /** Resolves to the moment when the room sent it to everyone. */
  say (room: string, nick: string, text: string): Promise<Micros>
  stop (): Promise<void>
}

export async function connectCrowd (server: Pick<XmppServer, 'host' | 'componentPort' | 'crowdDomain' | 'secret'>): Promise<Crowd> {
  const connection = createComponentConnection({
    host: server.host, port: server.componentPort, domain: server.crowdDomain, secret: server.secret, log: silentLogger
  })
  const waiting = new Map<string, { resolve (value: { stanza: Element, at: Micros }): void, reject (error: unknown): void }>()
  let lastId = 0

  // Everyone hears everything; what answers an occupant is what its own address hears of its own nick.
  connection.onStanza((stanza, at) => {
    const { from = '', to = '', type } = stanza.attrs
    if (stanza.name === 'message') {
      settle(`${to} said ${stanza.attrs['id']}`, stanza, at)
    } else if (type === 'error') {
      settle(`${to} in ${from}`, stanza, at)
    } else if (parseMucUser(stanza)?.statuses.has(STATUS.SELF) === true || (type === 'unavailable' && from.endsWith(`/${nickOf(to)}`))) {
      settle(`${to} ${type === 'unavailable' ? 'out of' : 'in'} ${from}`, stanza, at)
    }
  })

  function settle (what: string, stanza: Element, at: Micros): void {
    const waiter = waiting.get(what)
    waiting.delete(what)
    if (stanza.attrs['type'] === 'error') waiter?.reject(parseStanzaError(stanza))
    else waiter?.resolve({ stanza, at })
  }

  async function expect (what: string): Promise<{ stanza: Element, at: Micros }> {
    return new Promise((resolve, reject) => { waiting.set(what, { resolve, reject }) })
  }

  function addressOf (nick: string): string {
    return `${nick}@${server.crowdDomain}/crowd`
  }

  connection.start()
  await connection.waitOnline(15_000)

  return {
    async join (room, nick) {
      const from = addressOf(nick)
      const joined = expect(`${from} in ${room}/${nick}`)
      const join = buildJoin(`${room}/${nick}`, { history: { maxstanzas: 0 } })
      join.attrs['from'] = from
      await connection.send(join)
      const { stanza } = await joined
      if (parseMucUser(stanza)?.statuses.has(STATUS.CREATED) !== true) return
      await connection.request(xml('iq', { type: 'set', to: room, from }, xml('query', { xmlns: NS.MUC_OWNER },
        buildForm('submit', 'http://jabber.org/protocol/muc#roomconfig', [{ var: 'muc#roomconfig_persistentroom', values: ['1'] }]))))
    },
    async leave (room, ...nicks) {
      const gone = nicks.map(nick => expect(`${addressOf(nick)} out of ${room}/${nick}`))
      await connection.send(...nicks.map(nick => {
        const leave = buildLeave(`${room}/${nick}`)
        leave.attrs['from'] = addressOf(nick)
        return leave
      }))
      await Promise.all(gone)
    },
    async say (room, nick, text) {
      const id = `crowd-${++lastId}`
      const heard = expect(`${addressOf(nick)} said ${id}`)
      await connection.send(xml('message', { type: 'groupchat', to: room, from: addressOf(nick), id }, xml('body', {}, text)))
      const { stanza, at } = await heard
      if (textOf(stanza, 'body') !== text) throw new Error(`${room} sent something else than ${nick} said`)
      return at
    },
    stop: async () => connection.stop()
  }
}

function nickOf (address: string): string {
  return address.slice(0, address.indexOf('@'))
}
