import type { Affiliation } from '../access/can-read.ts'
import type { OccupantIds } from '../access/occupant-ids.ts'
import type { ArchiveStore } from '../archive/store.ts'
import type { Logger } from '../log.ts'
import type { BareJid, RoomJid } from '../model/address.ts'
import type { Micros } from '../model/archive-time.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import type { Element } from '../xmpp/element.ts'
import { STATUS } from '../xmpp/muc.ts'
import type { HistoryRequest } from '../xmpp/muc.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import { BOUNDS } from './bounds.ts'
import { findHistory, newestWithin, planHistory } from './history.ts'
import { createLane } from './lane.ts'
import { addressTo, buildNoSubject, buildNotice, buildRemoval, writeLetter } from './message.ts'
import type { Letter } from './message.ts'
import { createNews } from './news.ts'
import { createOccupants } from './occupants.ts'
import type { Occupant, Refusal } from './occupants.ts'
import type { Post } from './post.ts'
import { buildGone, buildRefusal, buildSelf } from './presence.ts'
import type { Self } from './presence.ts'
import { createSubject } from './subject.ts'

/** One mirror room: who is in it, and what they are sent, to each everything once and in order. */
export interface MirrorRoom {
  readonly size: number
  find (session: string): Occupant | undefined
  all (): readonly Entry[]
  /** Also for a visitor that is here already and begins anew. Throws the StanzaError that refuses it. */
  join (entry: Entry, history: HistoryRequest): void
  /** A visitor that is here shows another state or takes another nick. Throws the StanzaError that refuses it. */
  show (entry: Entry): void
  /** Out, with the status codes that say why. */
  remove (session: string, codes?: readonly number[]): void
  /** Removes those that may not read the room any more. */
  review (): void
  hear (event: ArchivedEvent): void
  subject (): Promise<ArchivedEvent | undefined>
  /** The last that each visitor is sent; the room is empty then. */
  farewell (codes: readonly number[]): Element[]
}

export interface Entry extends Occupant {
  /** Where it is sent, as its server wrote it. */
  readonly to: string
  /** The nick is not the one it asked for. */
  readonly isRenamed: boolean
  /** What the visitor's presence says beside that it is here. */
  readonly said: readonly Element[]
}

export interface MirrorRoomOptions {
  readonly jid: RoomJid
  readonly archive: BareJid
  readonly store: Pick<ArchiveStore, 'page' | 'get'>
  readonly post: Post
  readonly occupantIds: OccupantIds
  readonly isReadable: (account: BareJid) => boolean
  /** Whether anyone may read the room; otherwise only those that it names its members. */
  readonly isOpen: () => boolean
  readonly log: Logger
  readonly now: () => Micros
}

interface Visitor extends Entry {
  /** Stays the same from one join to the next. */
  readonly visit: object
  /** Has been sent the history. */
  isInside: boolean
  /** What the history held: the newest of it, and all of it while it may yet come as news. */
  toldUpTo: string
  told: Set<Uid>
}

export function createMirrorRoom (options: MirrorRoomOptions): MirrorRoom {
  const { jid, archive, store, post, occupantIds, isReadable, isOpen, log, now } = options
  const occupants = createOccupants<Visitor>()
  // What visitors ask for may not push out what all are to hear.
  const lane = createLane(BOUNDS.waiting, log)
  const news = createNews(now())
  const subject = createSubject(store, jid)
  let isLogging = true
  let wasOpen = isOpen()

  function selfOf ({ to, nick, account }: Entry): Self {
    return { archive, to, nick, occupantId: occupantIds.ofVisitor(jid, account) }
  }

  function letterOf (event: ArchivedEvent, isLate: boolean): Letter {
    return writeLetter(event, { archive, occupantIds, isLate })
  }

  function tell (...stanzas: readonly Element[]): void {
    lane.add('asked', () => post.send(stanzas.map(message => ({ message }))))
  }

  /** Answers a join that failed after all. */
  function refuse ({ session, to, nick }: Visitor, error: StanzaError): void {
    occupants.leave(session)
    tell(buildRefusal('presence', { to, from: `${archive}/${nick}` }, error))
  }

  async function welcome ({ session, visit }: Visitor, request: HistoryRequest): Promise<void> {
    const plan = planHistory(request, now())
    const found = await Promise.all([findHistory(store, jid, plan), subject.get()]).catch((error: unknown) => {
      log.error({ err: error, room: jid }, 'a visitor cannot be told the history')
    })
    // It may have left meanwhile, or come again.
    const visitor = occupants.find(session)
    if (visitor?.visit !== visit) return
    if (found === undefined || !isReadable(visitor.account)) {
      refuse(visitor, found === undefined ? new StanzaError('internal-server-error', 'wait') : hidden())
      return
    }
    const [events, last] = found
    const history = newestWithin(events.map(event => addressTo(visitor.to, letterOf(event, true))), plan.characters, lengthOf)
    visitor.isInside = true
    visitor.told = new Set(events.map(({ uid }) => uid))
    visitor.toldUpTo = events.at(-1)?.time ?? ''
    const codes = [...isLogging ? [STATUS.LOGGING_ON] : [], ...visitor.isRenamed ? [STATUS.NICK_SET_BY_ROOM] : []]
    const end = last === undefined ? { message: buildNoSubject(archive) } : letterOf(last, true)
    await post.send([
      { message: buildSelf(selfOf(visitor), codes, visitor.said) },
      ...history,
      addressTo(visitor.to, end)
    ])
  }

  async function relay (letter: Letter, isFor: (visitor: Visitor) => boolean): Promise<void> {
    review()
    const visitors = occupants.all().filter(isFor)
    const atOnce = Math.max(1, Math.floor(BOUNDS.write / lengthOf(letter)))
    for (let n = 0; n < visitors.length; n += atOnce) {
      const here = visitors.slice(n, n + atOnce).filter(({ session }) => occupants.find(session)?.isInside)
      await post.send(here.map(({ to }) => addressTo(to, letter)))
    }
  }

  function announce (letter: Letter, isFor: (visitor: Visitor) => boolean = () => true): void {
    if (lane.add('said', () => relay(letter, isFor))) return
    log.warn({ room: jid, visitors: occupants.size }, 'the visitors of a mirror room cannot be told all that is said; they are asked to come again')
    lane.clear()
    putOut(occupants.all(), new StanzaError('resource-constraint', 'wait', 'Too much is said: try again in a minute'), [STATUS.ERROR])
  }

  /** Who has not been let in yet learns of an error, as it waits for an answer to its join. */
  function putOut (visitors: readonly Visitor[], error: StanzaError, codes: readonly number[], affiliation?: Affiliation): void {
    remove(visitors.filter(({ isInside }) => isInside), codes, affiliation)
    for (const visitor of visitors.filter(({ isInside }) => !isInside)) refuse(visitor, error)
  }

  function remove (visitors: readonly Visitor[], codes: readonly number[], affiliation?: Affiliation): void {
    const gone = visitors.filter(({ session }) => occupants.leave(session) !== undefined)
    if (gone.length > 0) tell(...gone.map(visitor => buildGone(selfOf(visitor), { codes, affiliation })))
  }

  function review (): void {
    const out = occupants.all().filter(({ account }) => !isReadable(account))
    // Of a room that all others may still read it is an outcast.
    if (isOpen()) putOut(out, hidden(), [STATUS.BANNED], 'outcast')
    else putOut(out, hidden(), [wasOpen ? STATUS.MEMBERS_ONLY : STATUS.AFFILIATION_CHANGED])
    wasOpen = isOpen()
  }

  function enter (entry: Entry, visit: object): Visitor {
    const { isInside = false, told = new Set<Uid>(), toldUpTo = '' } = occupants.find(entry.session) ?? {}
    const visitor = { ...entry, visit, isInside, told, toldUpTo }
    const refusal = occupants.enter(visitor)
    if (refusal !== undefined) throw toError(refusal)
    return visitor
  }

  return {
    get size () { return occupants.size },
    find: session => occupants.find(session),
    all: () => occupants.all(),
    join (entry, history) {
      const visitor = enter(entry, {})
      if (lane.add('asked', () => welcome(visitor, history))) return
      occupants.leave(entry.session)
      throw new StanzaError('resource-constraint', 'wait', 'Too many are coming in: try again in a minute')
    },
    show (entry) {
      const before = occupants.find(entry.session)
      if (before?.isInside !== true) return
      const visitor = enter(entry, before.visit)
      const self = buildSelf(selfOf(visitor), visitor.isRenamed ? [STATUS.NICK_SET_BY_ROOM] : [], visitor.said)
      if (visitor.nick === before.nick) tell(self)
      else tell(buildGone(selfOf(before), { codes: [STATUS.NICK_CHANGED], newNick: visitor.nick }), self)
    },
    remove (session, codes = []) {
      const visitor = occupants.find(session)
      if (visitor !== undefined) remove([visitor], codes)
    },
    review,
    hear (event) {
      subject.hear(event)
      const kind = news(event, now())
      if (kind === undefined || occupants.size === 0) return
      if (kind === 'removed') return announce({ message: buildRemoval(event, archive) })
      if (kind === 'said') {
        if (!isLogging) announce({ message: buildNotice(archive, [STATUS.LOGGING_ON]) })
        isLogging = true
        announce(letterOf(event, event.via !== 'live'), visitor => isNewTo(visitor, event))
      } else {
        isLogging = false
        announce({ message: buildNotice(archive, [STATUS.LOGGING_OFF]) })
      }
    },
    subject: () => subject.get(),
    farewell (codes) {
      lane.clear()
      return occupants.all().map(visitor => {
        occupants.leave(visitor.session)
        return buildGone(selfOf(visitor), { codes })
      })
    }
  }
}

/** What was recorded before a visitor read the history, and is told live only after. */
function isNewTo (visitor: Visitor, { uid, time, via }: ArchivedEvent): boolean {
  if (visitor.told.has(uid)) return false
  if (via !== 'live') return true
  if (time <= visitor.toldUpTo) return false
  visitor.told = new Set()
  return true
}

function lengthOf ({ message }: Letter): number {
  return String(message).length
}

/** As a room that does not exist. */
function hidden (): StanzaError {
  return new StanzaError('item-not-found', 'cancel')
}

function toError (refusal: Refusal): StanzaError {
  switch (refusal) {
    case 'nick taken': return new StanzaError('conflict', 'cancel', 'Another visitor has this nick')
    case 'room full': return new StanzaError('service-unavailable', 'wait', 'The room is full')
    case 'too many of the server': return new StanzaError('resource-constraint', 'wait', 'Too many from your server are here already')
    case 'too many sessions': return new StanzaError('resource-constraint', 'wait', 'You are here too many times already')
  }
}
