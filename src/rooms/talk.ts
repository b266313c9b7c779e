import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import type { RoomEvent, Uid } from '../model/event.ts'
import { createHistory, hasRoomId, TOLERANCE } from './history.ts'
import type { HeardMessage } from './message.ts'
import type { Scribe, Unplaced } from './scribe.ts'
import { historyUid } from './uid.ts'

/** Tells what a room says now from what it repeats of its past, and has each said thing recorded once. */
export interface Talk {
  /** Before we join: what the room may soon repeat is watched for from now on. */
  expect (): void
  /** The newest of what is recorded, far enough back for the history asked for. */
  recalled (events: readonly RoomEvent[]): void
  /**
   * We have joined. `history`: the room repeats its past, and closes with its subject. Only now are its stamps believed
   * . `archive`: its past is fetched from its archive meanwhile, until caughtUp(). `resumed`: the same, and the room tells
   * nothing again.
   */
  joined (source: 'history' | 'archive' | 'resumed'): void
  /** What was fetched is recorded. */
  recovered (events: readonly RoomEvent[]): void
  caughtUp (): Promise<void>
  /** Whether the room's message with this id was heard since we joined. */
  wasHeard (id: Uid): boolean
  /** The last that was heard without an id of the room that may be trusted. */
  unidentified (): readonly RoomEvent[]
  /** Whether this process has heard itself all that a room may tell again. */
  readonly hasHeard: boolean
  /** Heard before a join was complete, as the room still counted on us: it proves nothing of the time before it. */
  isEarly (event: RoomEvent): boolean
  /** When the last was said, of what is known, that a room would tell again. */
  readonly lastTold: Micros | undefined
  /** Whether the history that came with the join goes on. */
  readonly isTelling: boolean
  hear (message: HeardMessage, readAt: Micros): void
}

/** What the history told on a join was worth. */
export interface Told {
  /** Something that was recorded before was told again, so nothing is missing between. */
  readonly isContinuous: boolean
  /** When the first of it was said; undefined when nothing was told. */
  readonly first: Micros | undefined
}

export interface TalkOptions {
  readonly room: RoomJid
  readonly scribe: Scribe
  /** Recorded talk of the time between; without bounds the newest. */
  readonly recall: (range: { readonly start?: ArchiveTime, readonly end?: ArchiveTime }) => Promise<readonly RoomEvent[]>
  /** The room has told its history to the end. */
  readonly onTold: (told: Told) => void
}

interface Recent {
  readonly event: RoomEvent
  readonly isRoomId: boolean
}

/** A room that has no subject to send ends its history by silence. */
const SILENCE_MS = 10_000
/** As many as a room tells again: known here, they are recognised while the record cannot be asked. */
const REMEMBERED = 100

export function createTalk ({ room, scribe, recall, onTold }: TalkOptions): Talk {
  let history = createHistory()
  // Live: nothing is repeated. Expecting: what is live may be repeated later. Repeating: the room tells its past.
  // Joining: the room's archive tells it, and the room may send its subject. Fetching: all that comes is live.
  let state: 'live' | 'expecting' | 'repeating' | 'joining' | 'fetching' = 'live'
  let silence: NodeJS.Timeout | undefined
  let subject: string | undefined
  let subjectAt = ''
  // Since we joined, with the one before: what stands then is one of them, or was set in our absence.
  let subjects = new Set<string>()
  // Whether one of them is of before we joined: only then does it say anything that another stands.
  let isComparable = false
  let isTrimmed = false
  let standing: { message: HeardMessage, readAt: Micros } | undefined
  let aside: Array<{ message: HeardMessage, saidAt: Micros }> = []
  let recent: Recent[] = []
  let known = new Set<Uid>()
  let lastTold: Micros | undefined
  let heard = new Set<Uid>()
  let early = new Set<Uid>()
  let told: Told = { isContinuous: false, first: undefined }

  function become (next: typeof state): void {
    clearTimeout(silence)
    const before = state
    state = next
    if (next === 'repeating') silence = setTimeout(() => { become('live') }, SILENCE_MS).unref()
    if (next !== 'live') return
    history = createHistory()
    early = new Set()
    if (before === 'repeating') onTold(told)
  }

  function know (event: RoomEvent): void {
    if (early.has(event.uid)) return
    known.add(event.uid)
    // Rooms tell again what has a text.
    if (event.kind === 'message' && event.body !== undefined) lastTold = Math.max(lastTold ?? 0, toMicros(event.time))
  }

  function remember ({ stanza: _, ...event }: RoomEvent, isRoomId: boolean): void {
    recent.push({ event, isRoomId })
    if (event.kind === 'subject' && event.time >= subjectAt) {
      subject = event.body ?? ''
      subjectAt = event.time
    }
    if (event.kind === 'subject') subjects.add(event.body ?? '')
    if (recent.length <= REMEMBERED * 2) return
    recent = recent.slice(-REMEMBERED)
    isTrimmed = true
  }

  function hearRepeated (message: HeardMessage, saidAt: Micros): void {
    become('repeating')
    const recorded = history.find(message)
    told = { isContinuous: told.isContinuous || (recorded !== undefined && known.has(recorded.uid)), first: told.first ?? saidAt }
    const event = recorded ?? scribe.past(pastEvent(message, saidAt), history.timeOf(saidAt), message.stanzaId)
    if (recorded === undefined) remember(event, message.stanzaId !== undefined)
    history.passed(event)
  }

  // After every join the room repeats its subject, mostly without saying since when: only a new one is an event.
  function hearStanding (message: HeardMessage, readAt: Micros): void {
    const text = message.fields.body ?? ''
    if (!isComparable && history.lastSubject !== undefined) {
      subjects.add(history.lastSubject)
      isComparable = true
    }
    const isKnown = subjects.has(text)
    subjects.add(text)
    // One that was set meanwhile stands now.
    subject ??= text
    if (isKnown || (!isComparable && text === '')) return
    if (message.saidAt !== undefined) {
      const saidAt = Math.min(message.saidAt, readAt)
      subject = text
      scribe.pastUnless(isRecorded(message, saidAt), pastEvent(message, saidAt), saidAt)
    } else if (isComparable) {
      remember(scribe.past(pastEvent(message, readAt), history.timeOf(readAt), message.stanzaId), message.stanzaId !== undefined)
    }
  }

  // A subject may have been set long before all that was recalled.
  async function isRecorded (message: HeardMessage, saidAt: Micros): Promise<boolean> {
    const around = createHistory()
    around.add(await recall({ start: formatTime(saidAt - TOLERANCE), end: formatTime(saidAt + TOLERANCE) }))
    return around.find(message) !== undefined
  }

  function pastEvent (message: HeardMessage, saidAt: Micros): Unplaced & { uid: Uid } {
    return { ...talkOf(message), uid: uidOf(room, message, saidAt) }
  }

  function hearLive (message: HeardMessage, readAt: Micros): void {
    const claimed = message.saidAt === undefined ? {} : { claimedTime: formatTime(message.saidAt) }
    const uid = message.stanzaId === undefined ? {} : { uid: message.stanzaId }
    const event = scribe.live({ ...claimed, ...talkOf(message), ...uid }, readAt, message.stanzaId)
    remember(event, message.stanzaId !== undefined)
    if (state === 'expecting') {
      history.add([event])
      early.add(event.uid)
    }
    if (state === 'fetching' && message.stanzaId !== undefined) heard.add(message.stanzaId)
  }

  return {
    expect () {
      history = createHistory()
      const roomIds = new Set(recent.filter(({ isRoomId }) => isRoomId).map(({ event }) => event.uid))
      history.add(recent.map(({ event }) => event), uid => roomIds.has(uid))
      known = new Set()
      lastTold = undefined
      for (const { event } of recent) know(event)
      told = { isContinuous: false, first: undefined }
      standing = undefined
      aside = []
      // Cut short, the history before proves nothing.
      clearTimeout(silence)
      state = 'expecting'
    },
    recalled (events) {
      history.add(events.filter(({ uid }) => !early.has(uid)))
      for (const event of events) know(event)
    },
    joined (source) {
      heard = new Set()
      subjects = new Set(subject === undefined ? [] : [subject])
      isComparable = subject !== undefined
      become(source === 'history' ? 'repeating' : source === 'archive' ? 'joining' : 'fetching')
    },
    recovered (events) {
      for (const event of events) remember(event, hasRoomId(event))
      isComparable ||= events.some(({ kind }) => kind === 'subject')
    },
    async caughtUp () {
      heard = new Set()
      if (standing !== undefined && subject === undefined) history.add(await recall({}))
      if (standing !== undefined) hearStanding(standing.message, standing.readAt)
      for (const { message, saidAt } of aside) scribe.pastUnless(isRecorded(message, saidAt), pastEvent(message, saidAt), saidAt)
      standing = undefined
      aside = []
      become('live')
    },
    wasHeard: id => heard.has(id),
    get lastTold () { return lastTold },
    unidentified: () => recent.flatMap(({ event, isRoomId }) => isRoomId ? [] : [event]),
    get hasHeard () { return !isTrimmed && recent.some(({ event }) => !early.has(event.uid)) },
    isEarly: ({ uid }) => early.has(uid),
    get isTelling () { return state === 'repeating' },
    hear (message, readAt) {
      if (state === 'joining' && message.kind === 'subject') {
        standing = { message, readAt }
        become('fetching')
      } else if (state === 'joining' && message.saidAt !== undefined) {
        // History that was not asked for, which the archive tells as well; or what a sender gave such a look.
        aside.push({ message, saidAt: Math.min(message.saidAt, readAt) })
      } else if (state === 'repeating' && message.kind === 'subject') {
        hearStanding(message, readAt)
        become('live')
      } else if (state === 'repeating' && message.saidAt !== undefined) {
        hearRepeated(message, Math.min(message.saidAt, readAt))
      } else {
        if (state === 'repeating') become('live')
        if (state === 'joining') become('fetching')
        hearLive(message, readAt)
      }
    }
  }
}

/** The room's own id where it gave one, otherwise one that the same message has whenever it is told. */
export function uidOf (room: RoomJid, message: HeardMessage, saidAt: Micros): Uid {
  const { body = '', message: id = '' } = message.fields
  return message.stanzaId ?? historyUid(room, formatTime(saidAt), message.kind, message.nick, id, body)
}

export function talkOf (message: HeardMessage): Unplaced {
  const occupant = message.occupant === undefined ? {} : { occupant: message.occupant }
  return { kind: message.kind, nick: message.nick, ...occupant, ...message.fields }
}
