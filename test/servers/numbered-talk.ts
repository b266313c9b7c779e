import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { silentLogger } from '../../src/log.ts'
import type { Micros } from '../../src/model/archive-time.ts'
import { createBotConnection } from '../../src/xmpp/bot.ts'
import { child, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildJoin, parseMucUser, STATUS } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { stanzaIdBy } from '../../src/xmpp/stanza-id.ts'
import { walkRoom } from './room-walk.ts'
import type { Archived } from './room-walk.ts'
import type { XmppServer } from './xmpp-server.ts'

/** A message that the room has sent to everyone. */
export interface Said {
  readonly n: number
  /** The room's own id of it, where the room gives one. */
  readonly id: string | undefined
  readonly at: Micros
}

/**
 * Somebody who counts aloud in a room, so many numbers a second, and knows from the room alone what it has taken and in which
 * order. When the server starts anew the talk goes on: what was under way is looked up in the room's archive before it is said
 * again; a number of which a room without an archive cannot tell is left in doubt and not used again.
 */
export interface NumberedTalk {
  /** In the order of the room. */
  readonly said: readonly Said[]
  readonly doubtful: ReadonlySet<number>
  /** How many had been said each time when the stream broke. */
  readonly breaks: readonly number[]
  /** Resolves when so many have been said. */
  reached (count: number): Promise<void>
  /** The room's own archive, from its beginning. */
  archive (): Promise<Archived[]>
  /** Resolves when this occupant stands in the room. */
  sees (nick: string): Promise<void>
  stop (): Promise<void>
}

export interface NumberedTalkOptions {
  readonly server: Pick<XmppServer, 'host' | 'c2sPort' | 'domain'>
  readonly user: string
  /** It exists, and keeps existing while nobody is in it. */
  readonly room: string
  /** Numbers a second. */
  readonly rate: number
  /** How many are said in all. */
  readonly count: number
  readonly hasArchive: boolean
}

const PATIENCE_MS = 120_000

/** Resolves when it is in the room; the talk begins with the first call of reached(). */
export async function startNumberedTalk ({ server, user, room, rate, count, hasArchive }: NumberedTalkOptions): Promise<NumberedTalk> {
  const said: Said[] = []
  const doubtful = new Set<number>()
  const breaks: number[] = []
  const occupants = new Set<string>()
  const events = new EventEmitter().setMaxListeners(0)
  // Said and not yet heard back, in the order in which they were said.
  const underWay = new Set<number>()
  const again: number[] = []
  let next = 1
  let streams = 0
  let isIn = false
  let timer: NodeJS.Timeout | undefined
  let failure: Error | undefined

  const connection = createBotConnection({
    jid: `${user}@${server.domain}`,
    password: user,
    resource: 'numbers',
    service: `${server.host}:${server.c2sPort}`,
    tls: 'optional',
    backoff: { maxMs: 1_000 },
    log: silentLogger
  })

  connection.onStanza((stanza, readAt) => {
    const [bare, nick = ''] = split(stanza.attrs['from'] ?? '')
    if (bare !== room) return
    if (stanza.name === 'presence') hearPresence(stanza, nick)
    const n = nick === user && stanza.attrs['type'] === 'groupchat' && child(stanza, 'delay', NS.DELAY) === undefined
      ? numberOf(textOf(stanza, 'body'))
      : undefined
    if (n !== undefined) confirm(n, stanzaIdBy(stanza, room), readAt)
  })
  connection.onOffline(() => {
    if (isIn) breaks.push(said.length)
    isIn = false
    occupants.clear()
  })
  connection.onOnline(({ isResumed }) => {
    const mine = ++streams
    if (isResumed) {
      isIn = true
      return
    }
    enter().catch((error: unknown) => {
      if (mine !== streams || !connection.isOnline) return // the next stream enters anew
      failure = error as Error
      events.emit('said')
    })
  })

  function hearPresence (presence: Element, nick: string): void {
    if (presence.attrs['type'] === undefined) occupants.add(nick)
    if (presence.attrs['type'] === 'unavailable') occupants.delete(nick)
    events.emit('presence', presence, nick)
  }

  function confirm (n: number, id: string | undefined, at: Micros): void {
    underWay.delete(n)
    doubtful.delete(n)
    said.push({ n, id, at })
    events.emit('said')
  }

  async function enter (): Promise<void> {
    for (;;) {
      const answered = new Promise<Element>(resolve => {
        const hear = (presence: Element, nick: string): void => {
          if (nick !== user) return
          events.off('presence', hear)
          resolve(presence)
        }
        events.on('presence', hear)
      })
      await connection.send(buildJoin(`${room}/${user}`, { history: { maxstanzas: 0 } }))
      const answer = await Promise.race([answered, delay(5_000, undefined, { ref: false })])
      const statuses = answer?.attrs['type'] === undefined ? answer && parseMucUser(answer)?.statuses : undefined
      if (statuses?.has(STATUS.CREATED) === true) throw new Error(`${room} was gone: this talk cannot tell what it had taken`)
      if (statuses?.has(STATUS.SELF) === true) break
      if (!connection.isOnline) return
      await delay(250)
    }
    await settle()
    isIn = true
    events.emit('in')
  }

  /** What became of that which was under way when the stream broke. */
  async function settle (): Promise<void> {
    const open = [...underWay]
    const found = open.length === 0 || !hasArchive ? [] : await walkRoom(connection, room, said.at(-1)?.id)
    underWay.clear()
    if (!hasArchive) for (const n of open) doubtful.add(n)
    if (!hasArchive) return
    for (const { id, body } of found) {
      const n = numberOf(body)
      if (n !== undefined && open.includes(n)) confirm(n, id, Date.now() * 1_000)
    }
    again.push(...open.filter(n => said.every(one => one.n !== n)))
  }

  function say (): void {
    if (!isIn || (again.length === 0 && said.length + underWay.size >= count)) return
    const n = again.shift() ?? next++
    underWay.add(n)
    connection.send(xml('message', { type: 'groupchat', to: room, id: `${user}-${n}` }, xml('body', {}, sentence(n))))
      // It stays under way: whether the server has read it is not known.
      .catch(() => {})
  }

  connection.start()
  await connection.waitOnline(15_000)
  await once(events, 'in', { signal: AbortSignal.timeout(15_000) })

  return {
    said,
    doubtful,
    breaks,
    async reached (wanted) {
      timer ??= setInterval(say, 1_000 / rate)
      while (said.length < wanted) {
        if (failure !== undefined) throw failure
        await once(events, 'said', { signal: AbortSignal.timeout(PATIENCE_MS) })
      }
    },
    archive: async () => walkRoom(connection, room),
    async sees (nick) {
      while (!occupants.has(nick)) await once(events, 'presence', { signal: AbortSignal.timeout(PATIENCE_MS) })
    },
    async stop () {
      clearInterval(timer)
      await connection.stop()
    }
  }
}

/** More than ASCII, so that what is cut in the middle of a character is seen. */
export function sentence (n: number): string {
  return `№ ${n} – «naïve» 漢字 🎉 <&> word${n}word`
}

/** Undefined for every text that is not, to the letter, one of the numbers. */
export function numberOf (body: string | undefined): number | undefined {
  const n = Number(/^№ (\d+) /.exec(body ?? '')?.[1])
  return body === sentence(n) ? n : undefined
}

function split (jid: string): [string, string?] {
  const slash = jid.indexOf('/')
  return slash < 0 ? [jid] : [jid.slice(0, slash), jid.slice(slash + 1)]
}
