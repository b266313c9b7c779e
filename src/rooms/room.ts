import { bareOf, parseJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import { toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { hasCode, messageOf } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'
import type { Logger } from '../log.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import type { Element } from '../xmpp/element.ts'
import { buildLeave, parseMucUser, STATUS } from '../xmpp/muc.ts'
import { NS } from '../xmpp/namespaces.ts'
import type { HistoryLimit } from '../xmpp/muc.ts'
import { createAbsences } from './absences.ts'
import type { CatchUpReport, Progress } from './absences.ts'
import { createAffiliations } from './affiliations.ts'
import { createCrowd } from './crowd.ts'
import { gapCauseOf, ofDestroyed, ofJoinError, ofPresence } from './departure.ts'
import type { Ledger } from './ledger.ts'
import { createMembership, NotToJoin } from './membership.ts'
import { hearMessage } from './message.ts'
import { createOccupants } from './occupants.ts'
import type { PresenceEvent } from './occupants.ts'
import { hearPresence } from './presence.ts'
import type { HeardPresence } from './presence.ts'
import type { RoomRecord } from './record.ts'
import { createRoomArchive } from './room-archive.ts'
import { askRoomInfo } from './room-info.ts'
import type { RoomInfo } from './room-info.ts'
import { createScribe } from './scribe.ts'
import type { FirstCatchUp } from './stretch.ts'
import { createTalk } from './talk.ts'
import type { Turns } from './turns.ts'

export interface RoomOptions {
  readonly jid: RoomJid
  readonly nick: string
  readonly password?: string
  /** How many messages of history to ask for when a room is entered for the first time. */
  readonly history: number
  /** How much of the room's archive to take in when nothing is recorded yet. */
  readonly catchUp: FirstCatchUp
  /** A destroy of the room up to this time is known. */
  readonly recreatedAfter?: ArchiveTime
  /** Keep the real addresses that the room shows us, in the protected field. */
  readonly keepRealJids: boolean
  readonly selfPingMs?: number
}

export interface RoomServices extends RoomRecord {
  readonly connection: Pick<XmppConnection, 'send' | 'request' | 'domain'> & Partial<Pick<XmppConnection, 'heardAt'>>
  readonly ledger: Ledger
  /** Only so many rooms are caught up with at a time. */
  readonly turns: Turns
  /** Called with all that the room says of itself: before each join, after each change, and when we cease to hear of changes. */
  readonly onInfo: (room: RoomJid, info: RoomInfo) => void
  readonly log: Logger
  /** As stanzas are timed. */
  readonly now: () => Micros
}

export interface RoomStatus {
  readonly jid: RoomJid
  readonly state: 'outside' | 'joining' | 'joined'
  readonly occupants: number
  /** What was said while we were away is being fetched. */
  readonly isCatchingUp: boolean
  readonly problem?: string
}

export interface Room {
  /** Joins, and comes back after every departure until offline() or leave(). Resolves when the first try has an outcome. */
  enter (): Promise<void>
  /** Takes a stanza from the room, synchronously and in the order of the stream. */
  hear (stanza: Element, nick: string, readAt: Micros): void
  /** The record takes no more events: from its last on something is missing. */
  overflow (): void
  /** The stream is gone, last heard then: so are we, unless it is resumed. */
  offline (heardAt: Micros): void
  /** The stream goes on and nothing was lost: true when we are in the room as before. */
  resume (): boolean
  leave (): Promise<void>
  /** Fetches what is missing once more, old holes too. Resolves when all was tried. */
  catchUp (onProgress: (progress: Progress) => void, asked: Micros): Promise<CatchUpReport>
  /** The room's clock goes on after this. */
  placed (time: ArchiveTime): void
  /** Resolves when all that was heard so far is recorded. */
  drained (): Promise<void>
  status (): RoomStatus
}

const MARGIN: Micros = 300_000_000
const MAX_RECALLED = 1_000
const PATIENCE_MS = 2_000

/** One room: being in it, hearing it, and missing nothing of it. */
export function createRoom (options: RoomOptions, services: RoomServices): Room {
  const { jid } = options
  const { connection, ledger, now } = services
  const log = services.log.child({ room: jid })
  const scribe = createScribe({ room: jid, record: services.record, onError: reportLoss })
  const talk = createTalk({
    room: jid,
    scribe,
    recall: range => services.recall(jid, range, MAX_RECALLED),
    onTold (told) { absences.told(told) }
  })
  const archive = createRoomArchive({ room: jid, connection, onUnreadable: quarantine })
  const absences = createAbsences({
    ...services, room: jid, firstCatchUp: options.catchUp, archive, talk, scribe, log, onRefused: rejoin
  })
  const affiliations = createAffiliations({ room: jid, connection, onKnown: tellInfo, log })
  const occupants = createOccupants()
  const crowd = createCrowd({ hand (event, readAt) { scribe.live(event, readAt) } })
  const membership = createMembership({
    ...options,
    connection,
    prepare,
    onInside () { heardAt = now() },
    onOutside (departure) {
      if (departure === undefined) listenNoMore('stopped', connection.heardAt ?? now())
      else listenNoMore(gapCauseOf(departure), heardAt)
    },
    log
  })
  let info: RoomInfo | undefined
  // Of two answers that of the newer question counts.
  let questions = 0
  let answered = 0
  let destroyed: ArchiveTime | undefined
  // A room may have let go of us long before we notice.
  let heardAt = now()
  let joinedAt = heardAt

  function reportLoss (error: unknown): void {
    // Said once where it happens; the room is caught up with when there is room again.
    if (!hasCode(error, 'ERR_SPOOL_FULL', 'ERR_STORE_CLOSED')) log.error({ err: error }, 'event not recorded')
  }

  function quarantine (stanza: Element): void {
    const isKept = !stanza.toString().includes(NS.HINTS)
    log.warn('a result of the archive of the room cannot be read; it is put aside')
    if (isKept) services.quarantine(jid, stanza.toString(), new Error('a result of the archive cannot be read'))
  }

  async function prepare (check: () => void): Promise<HistoryLimit> {
    occupants.clear()
    await refuseAnother()
    check()
    // Joining a room that does not exist would create it, so it is asked first (XEP-0045 §10.1.1).
    const found = await learn()
    check()
    talk.expect()
    const source = await absences.expect(found, check)
    if (source.from === 'archive') return { maxstanzas: 0 }
    if (source.first) return firstHistory()
    const newest = talk.hasHeard ? [] : await recallNewest()
    check()
    talk.recalled(newest)
    // Imported talk may stand in the future, from where no room tells anything.
    const since = Math.min(talk.lastTold ?? Infinity, source.since ?? Infinity, now())
    return { since: since - MARGIN }
  }

  function firstHistory (): HistoryLimit {
    const { catchUp, history } = options
    return catchUp === 'none' ? { maxstanzas: history } : catchUp === 'all' ? {} : { since: toMicros(catchUp.since) }
  }

  /** what exists now under the address of a destroyed room is another room. */
  async function refuseAnother (): Promise<void> {
    const absence = await ledger.absence(jid)
    if (destroyed === undefined && absence !== undefined && info === undefined) {
      const asked = services.lastDestroy(jid)
      // Unless we were put out, a store that is away is no reason to stay outside.
      destroyed = await (absence.cause === 'removed' ? asked : Promise.race([asked, undefinedAfter(PATIENCE_MS)]))
    }
    if (destroyed !== undefined && destroyed > (options.recreatedAfter ?? '')) throw new NotToJoin(ofDestroyed(destroyed))
  }

  /** What this process has heard itself may not be in the record yet, but is known to it. */
  async function recallNewest (): Promise<readonly RoomEvent[]> {
    // Not to miss what an earlier process left in the spool.
    await services.hold(jid)
    await services.release(jid)
    const last = await services.lastTime(jid)
    if (last === undefined) return []
    scribe.recorded(last)
    const newest = await services.recall(jid, {}, MAX_RECALLED)
    const own = newest.findLast(event => event.via !== 'import' && !talk.isEarly(event))
    // Who was killed had listened until then, whenever it last said that it did.
    if (own !== undefined && (await ledger.absence(jid))?.cause === 'killed') ledger.progress(jid, { from: own.time })
    return newest
  }

  async function learn (): Promise<RoomInfo> {
    const question = ++questions
    const found = await askRoomInfo(connection, jid)
    if (question < answered) return info ?? found
    answered = question
    info = found
    tellInfo()
    return found
  }

  function tellInfo (): void {
    if (info !== undefined) services.onInfo(jid, { ...info, ...defined({ affiliations: affiliations.known }) })
  }

  function listenNoMore (cause: Parameters<typeof absences.begin>[0], from: Micros): void {
    affiliations.outside()
    crowd.flush()
    absences.begin(cause, from)
  }

  function rejoin (): void {
    membership.rejoin().catch((error: unknown) => { log.warn({ problem: messageOf(error) }, 'cannot join again') })
  }

  function hear (stanza: Element, from: string, readAt: Micros): void {
    // A public archive answers also those who are not inside.
    if (from === '' && archive.hear(stanza)) return
    heardAt = Math.max(heardAt, readAt)
    // Before we have joined, the room may still count on us from an earlier stream and tell what is said.
    if (membership.phase === 'outside' || info === undefined) return
    if (membership.phase === 'joined') membership.heard()
    if (stanza.getName() === 'presence') {
      const presence = hearPresence(stanza, from, info)
      if (presence !== undefined && membership.phase !== 'preparing') hearOccupant(presence, readAt)
    } else if (stanza.getName() === 'message') {
      const message = hearMessage(stanza, jid, from, info, { ownDomain: connection.domain })
      if (message !== undefined) {
        crowd.flush()
        talk.hear(message, readAt)
      }
      if (from === '') hearRoom(stanza, readAt)
    }
  }

  function hearOccupant (presence: HeardPresence, readAt: Micros): void {
    if (presence.type === 'error') {
      if (membership.phase === 'joining' && presence.error !== undefined) membership.departed(ofJoinError(presence.error))
      return
    }
    if (presence.nick === '') return // ejabberd: the room's own capabilities
    // Once inside we know our nick, as each change of it is told to us under the old one.
    const isOurs = presence.nick === membership.nick || (membership.phase === 'joining' && presence.status.has(STATUS.SELF))
    const event = occupants.hear(presence)
    if (isOurs) return hearOurselves(presence, event, readAt)
    if (membership.phase !== 'joined' || event === undefined) return
    if (event.kind === 'affiliation' || event.kind === 'ban' || presence.status.has(STATUS.AFFILIATION_CHANGED)) affiliations.changed()
    add(event, presence, readAt)
  }

  function hearOurselves (presence: HeardPresence, event: PresenceEvent | undefined, readAt: Micros): void {
    if (presence.type === 'available') {
      if (!membership.arrived(presence.nick)) return hearOwnAffiliation(presence)
      if (presence.status.has(STATUS.CREATED)) return leaveUncreated()
      log.info({ nick: presence.nick, occupants: occupants.size }, 'joined')
      joinedAt = readAt
      absences.joined(readAt)
      hearOwnAffiliation(presence)
    } else if (presence.newNick !== undefined) {
      membership.renamed(presence.newNick)
    } else {
      if (presence.destroy !== undefined) addDestroy(presence.destroy, readAt)
      else if (event?.kind === 'kick' || event?.kind === 'ban') add(event, presence, readAt)
      // What is members-only now is not to be read on until we come back and ask.
      if (presence.status.has(STATUS.MEMBERS_ONLY) && info !== undefined) {
        info = { ...info, isOpen: false }
        tellInfo()
      }
      membership.departed(ofPresence(presence))
      if (presence.status.has(STATUS.AFFILIATION_CHANGED) || presence.status.has(STATUS.MEMBERS_ONLY)) learnAgain()
    }
  }

  function hearOwnAffiliation ({ affiliation }: HeardPresence): void {
    if (membership.phase === 'joined') affiliations.inside(affiliation)
  }

  // The room vanished between our question and our join. Nobody else is in it, and without its owner it vanishes again.
  function leaveUncreated (): void {
    const { nick } = membership
    membership.departed({ again: 'soon', problem: 'the room does not exist: check rooms[].jid, or create the room' })
    connection.send(buildLeave(`${jid}/${nick}`)).catch((error: unknown) => { log.warn({ problem: messageOf(error) }, 'cannot leave the room that our join created') })
  }

  function add (event: PresenceEvent, presence: HeardPresence, readAt: Micros): void {
    const real = options.keepRealJids && presence.jid !== undefined ? { private: { jid: presence.jid } } : {}
    crowd.hear({ ...event, ...real }, readAt)
  }

  function addDestroy ({ alternate, reason }: NonNullable<HeardPresence['destroy']>, readAt: Micros): void {
    crowd.flush()
    destroyed = scribe.live({ kind: 'destroy', nick: '', ...defined({ alternate, reason }) }, readAt).time
  }

  function hearRoom (stanza: Element, readAt: Micros): void {
    const { items = [], statuses = [] } = parseMucUser(stanza) ?? {}
    // XEP-0045 §9.3 and others: what somebody who is not in the room is to it now.
    if (items.length > 0) affiliations.changed()
    if (stanza.attrs['type'] !== 'groupchat') return
    const status = [...statuses].filter(isConfiguration)
    if (status.length === 0) return
    affiliations.changed()
    crowd.flush()
    scribe.live({ kind: 'configuration', nick: '', status }, readAt)
    learnAgain()
  }

  function learnAgain (): void {
    learn().catch((error: unknown) => { log.warn({ problem: messageOf(error) }, 'the room does not tell its configuration') })
  }

  return {
    enter: () => membership.enter(),
    hear,
    overflow () {
      const { time } = scribe.whole
      absences.begin('overflow', time === undefined ? joinedAt : toMicros(time))
    },
    offline (heardAt) {
      membership.offline()
      listenNoMore('disconnected', heardAt)
    },
    resume () {
      const isInside = membership.resume()
      if (isInside) {
        absences.resumed()
        affiliations.inside()
      }
      return isInside
    },
    leave: () => membership.leave(),
    async catchUp (onProgress, asked) {
      const report = await absences.catchUp(onProgress, asked)
      return report.problem === undefined || membership.problem === undefined ? report : { ...report, problem: membership.problem }
    },
    placed (time) { scribe.recorded(time) },
    drained: () => scribe.drained(),
    status () {
      const { phase, problem } = membership
      return {
        jid,
        state: phase === 'preparing' ? 'joining' : phase,
        occupants: phase === 'joined' ? occupants.size : 0,
        isCatchingUp: absences.isCatchingUp,
        ...defined({ problem })
      }
    }
  }
}

// XEP-0045 §10.2.1: what tells occupants that the room's configuration changed.
function isConfiguration (status: number): boolean {
  return status === STATUS.CONFIGURATION_CHANGED || (status >= 170 && status <= 174)
}

/** The room and nick a stanza comes from; the nick is empty when the room itself speaks. */
export function senderOf (stanza: Element): { room: RoomJid, nick: string } | undefined {
  try {
    const jid = parseJid(stanza.attrs['from'] ?? '')
    return { room: bareOf(jid) as RoomJid, nick: jid.resource }
  } catch {
    return undefined
  }
}

async function undefinedAfter (millis: number): Promise<undefined> {
  await new Promise<void>(resolve => { setTimeout(resolve, millis).unref() })
  return undefined
}
