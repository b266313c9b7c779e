import type { Directory } from '../access/directory.ts'
import type { PublishedRoom } from '../access/can-read.ts'
import { createOccupantIds } from '../access/occupant-ids.ts'
import type { Live } from '../archive/live.ts'
import type { ArchiveStore } from '../archive/store.ts'
import type { Logger } from '../log.ts'
import { archiveInfo } from '../mam/discovery.ts'
import { toStanzaError } from '../mam/to-stanza-error.ts'
import { archiveJidOf, bareOf, roomOfArchiveJid, tryParseJid } from '../model/address.ts'
import type { BareJid, Jid, RoomJid } from '../model/address.ts'
import type { Micros } from '../model/archive-time.ts'
import type { Responder, XmppConnection } from '../xmpp/connection.ts'
import { attribute, children } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { parseJoin, STATUS } from '../xmpp/muc.ts'
import { parseStanzaError, StanzaError } from '../xmpp/stanza-error.ts'
import { createAllowance } from './allowance.ts'
import { BOUNDS } from './bounds.ts'
import { isGone } from './gone.ts'
import { createTalkFacts, mirrorInfo } from './info.ts'
import { createMirrorRoom } from './mirror-room.ts'
import type { Entry, MirrorRoom } from './mirror-room.ts'
import { createPost } from './post.ts'
import { buildGone, buildRefusal } from './presence.ts'
import { answer, questionOf } from './requests.ts'
import { createRollCall } from './roll-call.ts'
import { isSilent } from './silent.ts'

/** The rooms at the archive JIDs: they can be joined with any client, tell what is said in the rooms that they mirror, and take nothing. */
export interface Mirror {
  /** Answers requests that are a matter of a room. To be asked before the responder of the archives. */
  readonly respond: Responder
  start (): void
  /** Tells all visitors that the service goes away; to be called while there is a stream. */
  stop (): Promise<void>
  /** What may be read has changed: visitors of rooms that they may not read any more are removed. */
  refresh (): void
  status (): MirrorStatus
}

export interface MirrorStatus {
  /** Sessions in all mirror rooms. */
  readonly visitors: number
}

export interface MirrorOptions {
  readonly connection: Pick<XmppConnection, 'send' | 'request' | 'onStanza' | 'onOnline'>
  /** The domain of our component: the mirror rooms live there. */
  readonly domain: string
  readonly directory: Directory
  readonly store: Pick<ArchiveStore, 'page' | 'get' | 'count'>
  readonly live: Pick<Live, 'subscribe'>
  readonly site: { readonly url: string }
  /** Secret, and the same over restarts: the occupant-ids are made with it. */
  readonly occupantKey: string | Buffer
  readonly log: Logger
  readonly now: () => Micros
}

const FAREWELL_MS = 2_000

export function createMirror (options: MirrorOptions): Mirror {
  const { connection, domain, directory, store, live, site, log, now } = options
  const post = createPost({ connection, log })
  const occupantIds = createOccupantIds(options.occupantKey)
  const talkFacts = createTalkFacts({ store, now })
  const mayJoin = createAllowance({ ...BOUNDS.joins, now })
  const mayBeAnswered = createAllowance({ ...BOUNDS.answers, now })
  const rooms = new Map<RoomJid, MirrorRoom>()
  const rollCall = createRollCall({
    connection,
    present: () => [...rooms].flatMap(([jid, room]) => {
      const archive = archiveJidOf(jid, domain)
      return room.all().map(({ session, to }) => ({ session, to, archive }))
    }),
    onGone (session) {
      for (const room of rooms.values()) room.remove(session, [STATUS.ERROR])
    },
    now
  })
  let isRunning = false
  let unsubscribe: (() => void) | undefined

  connection.onStanza(stanza => {
    const to = tryParseJid(stanza.attrs['to'])
    const from = tryParseJid(stanza.attrs['from'])
    if (!isRunning || to === undefined || from === undefined || to.domain !== domain || to.local === '') return
    if (stanza.attrs['type'] !== 'error') rollCall.heard(sessionOf(from))
    try {
      if (stanza.name === 'presence') hearPresence(stanza, to, from)
      else if (stanza.name === 'message') hearMessage(stanza, to, from)
    } catch (error) {
      // Who floods us is not helped in it.
      if (mayBeAnswered(from)) refuse(stanza, toStanzaError(error, log))
    }
  })

  function readable (jid: RoomJid | undefined, account: BareJid): PublishedRoom | undefined {
    return jid === undefined ? undefined : directory.byJid(jid, { via: 'xmpp', jid: account })
  }

  function refuse (stanza: Element, error: StanzaError): void {
    const { from: to, to: from, id } = stanza.attrs
    send(buildRefusal(stanza.name, { to, from, id }, error))
  }

  function send (stanza: Element): void {
    connection.send(stanza).catch((error: unknown) => { log.debug({ err: error }, 'an answer of a mirror room was not sent') })
  }

  function hearPresence (stanza: Element, to: Jid, from: Jid): void {
    const jid = roomOfArchiveJid(to)
    const room = jid === undefined ? undefined : rooms.get(jid)
    const session = sessionOf(from)
    switch (attribute(stanza, 'type')) {
      case 'unavailable':
        return room?.remove(session)
      case 'error':
        if (isGone(parseStanzaError(stanza))) room?.remove(session, [STATUS.ERROR])
        return
      case undefined:
        return hearAvailable(stanza, to, from)
      default: // subscriptions and probes: who is in a room is told by joining it
    }
  }

  function hearAvailable (stanza: Element, to: Jid, from: Jid): void {
    const jid = roomOfArchiveJid(to)
    const request = parseJoin(stanza)
    // An address of ours that is no archive at all: only who wants to join it waits for an answer.
    if (jid === undefined && request === undefined) return
    if (jid === undefined || readable(jid, bareOf(from)) === undefined) throw new StanzaError('item-not-found', 'cancel')
    const entry = entryOf(stanza, to, from)
    const room = rooms.get(jid)
    const isHere = room?.find(entry.session) !== undefined
    if (request !== undefined) {
      if (entry.nick === '') throw new StanzaError('jid-malformed', 'modify', 'Say with which nick: room@service/nick')
      if (!mayJoin(from)) throw new StanzaError('resource-constraint', 'wait', 'You join too often: try again in a minute')
      roomAt(jid).join(entry, request.history)
    } else if (isHere && to.resource !== '') {
      if (entry.nick === '') throw new StanzaError('not-acceptable', 'modify', 'A nick is more than spaces')
      if (mayBeAnswered(from)) room?.show(entry)
    } else if (!isHere && to.resource !== '' && mayBeAnswered(from)) {
      // It believes that it is here, as before a restart of ours: told so, clients join again.
      const occupantId = occupantIds.ofVisitor(jid, entry.account)
      send(buildGone({ archive: archiveJidOf(jid, domain), to: entry.to, nick: to.resource, occupantId }, { codes: [STATUS.ERROR] }))
    }
  }

  function hearMessage (stanza: Element, to: Jid, from: Jid): void {
    const jid = roomOfArchiveJid(to)
    if (jid === undefined) return
    const room = rooms.get(jid)
    const type = attribute(stanza, 'type')
    if (type === 'error') {
      if (isGone(parseStanzaError(stanza))) room?.remove(sessionOf(from), [STATUS.ERROR])
      return
    }
    if (type === 'headline' || isSilent(stanza)) return
    if (readable(jid, bareOf(from)) === undefined) throw new StanzaError('item-not-found', 'cancel')
    if (room?.find(sessionOf(from)) === undefined) throw new StanzaError('not-acceptable', 'modify', 'You are not in this room')
    if (type === 'groupchat' && to.resource !== '') throw new StanzaError('bad-request', 'modify')
    throw new StanzaError('forbidden', 'auth', 'This room is the record of another one: here one can read only')
  }

  function roomAt (jid: RoomJid): MirrorRoom {
    const known = rooms.get(jid)
    if (known !== undefined) return known
    const archive = archiveJidOf(jid, domain)
    const room = createMirrorRoom({
      jid,
      archive,
      store,
      post,
      occupantIds,
      isReadable: account => readable(jid, account) !== undefined,
      isOpen: () => directory.byJid(jid, { via: 'http' }) !== undefined,
      log,
      now
    })
    rooms.set(jid, room)
    return room
  }

  async function describe (room: PublishedRoom): Promise<Element> {
    const mirror = roomAt(room.jid)
    const [talk, subject] = await Promise.all([talkFacts(room.jid), mirror.subject()])
    return archiveInfo(room, site.url, mirrorInfo(room, { talk, subject: subject?.body ?? '', visitors: mirror.size }))
  }

  return {
    respond (request) {
      const to = tryParseJid(request.to)
      const from = tryParseJid(request.from)
      if (!isRunning || to === undefined || from === undefined || to.domain !== domain) return undefined
      const jid = roomOfArchiveJid(to)
      const question = jid === undefined ? undefined : questionOf(request, to)
      if (jid === undefined || question === undefined) return undefined
      const room = readable(jid, bareOf(from))
      if (room === undefined) return Promise.reject(new StanzaError('item-not-found', 'cancel'))
      rollCall.heard(sessionOf(from))
      const ownNick = rooms.get(jid)?.find(sessionOf(from))?.nick
      return answer(question, { nick: nickOf(to), ownNick, describe: () => describe(room) })
        .catch((error: unknown) => { throw toStanzaError(error, log) })
    },
    start () {
      isRunning = true
      rollCall.start()
      unsubscribe ??= live.subscribe(event => { rooms.get(event.room)?.hear(event) })
    },
    async stop () {
      if (!isRunning) return
      isRunning = false
      rollCall.stop()
      unsubscribe?.()
      post.close()
      const farewell = connection.send(...[...rooms.values()].flatMap(room => room.farewell([STATUS.SHUTDOWN])))
        .catch((error: unknown) => { log.debug({ err: error }, 'the visitors of the mirror rooms were not told of the end') })
      await Promise.race([farewell, new Promise(resolve => { setTimeout(resolve, FAREWELL_MS).unref() })])
    },
    refresh () {
      for (const room of rooms.values()) room.review()
    },
    status: () => ({ visitors: [...rooms.values()].reduce((sum, { size }) => sum + size, 0) })
  }
}

function sessionOf (from: Jid): string {
  return `${bareOf(from)}/${from.resource}`
}

function nickOf (to: Jid): string {
  return to.resource.trim()
}

function entryOf (stanza: Element, to: Jid, from: Jid): Entry {
  return {
    session: sessionOf(from),
    account: bareOf(from),
    to: stanza.attrs['from'] ?? '',
    nick: nickOf(to),
    isRenamed: nickOf(to) !== to.resource,
    said: [...children(stanza, 'show').slice(0, 1), ...children(stanza, 'status').slice(0, 1)]
  }
}
