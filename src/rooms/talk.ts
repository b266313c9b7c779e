import type { RoomJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import type { RoomEvent } from '../model/event.ts'
import { createHistory, TOLERANCE } from './history.ts'
import type { HeardMessage } from './message.ts'
import type { Scribe, Unplaced } from './scribe.ts'
import { historyUid } from './uid.ts'

/** Tells what a room says now from what it repeats of its past, and has each said thing recorded once. */
export interface Talk {
  /** Before we join: what the room may soon repeat is watched for from now on. */
  expect (): void
  /** The newest of what is recorded, far enough back for the history asked for. */
  recalled (events: readonly RoomEvent[]): void
  /** We have joined: the room repeats its past, and closes with its subject. Only now are its stamps believed. */
  joined (): void
  outside (): void
  hear (message: HeardMessage, readAt: Micros): void
}

export interface TalkOptions {
  readonly room: RoomJid
  readonly scribe: Scribe
  /** Recorded talk of the time between. */
  readonly recall: (start: ArchiveTime, end: ArchiveTime) => Promise<readonly RoomEvent[]>
}

/** A room that has no subject to send ends its history by silence. */
const SILENCE_MS = 10_000

export function createTalk ({ room, scribe, recall }: TalkOptions): Talk {
  let history = createHistory()
  // Live: nothing is repeated. Expecting: what is live may be repeated later. Repeating: the room tells its past.
  let state: 'live' | 'expecting' | 'repeating' = 'live'
  let silence: NodeJS.Timeout | undefined
  let subject: string | undefined

  function become (next: typeof state): void {
    clearTimeout(silence)
    state = next
    if (next === 'live') history = createHistory()
    if (next === 'repeating') silence = setTimeout(() => { become('live') }, SILENCE_MS).unref()
  }

  function hearRepeated (message: HeardMessage, saidAt: Micros): void {
    become('repeating')
    history.passed(history.find(message) ?? scribe.past(pastEvent(message, saidAt), history.timeOf(saidAt)))
  }

  // After every join the room repeats its subject, mostly without saying since when: only a new one is an event.
  function hearStanding (message: HeardMessage, readAt: Micros): void {
    const text = message.fields.body ?? ''
    const known = subject ?? history.lastSubject
    subject = text
    if (text === known || (known === undefined && text === '')) return
    if (message.saidAt !== undefined) {
      const saidAt = Math.min(message.saidAt, readAt)
      scribe.pastUnless(isRecorded(message, saidAt), pastEvent(message, saidAt), saidAt)
    } else if (known !== undefined) {
      hearRepeated(message, readAt)
    }
  }

  // A subject may have been set long before all that was recalled.
  async function isRecorded (message: HeardMessage, saidAt: Micros): Promise<boolean> {
    const around = createHistory()
    around.add(await recall(formatTime(saidAt - TOLERANCE), formatTime(saidAt + TOLERANCE)))
    return around.find(message) !== undefined
  }

  function pastEvent (message: HeardMessage, saidAt: Micros): Unplaced & { uid: string } {
    const { body = '', message: id = '' } = message.fields
    const uid = message.stanzaId ?? historyUid(room, formatTime(saidAt), message.kind, message.nick, id, body)
    return { ...talkOf(message), uid }
  }

  function hearLive (message: HeardMessage, readAt: Micros): void {
    if (message.kind === 'subject') subject = message.fields.body ?? ''
    const claimed = message.saidAt === undefined ? {} : { claimedTime: formatTime(message.saidAt) }
    const uid = message.stanzaId === undefined ? {} : { uid: message.stanzaId }
    const event = scribe.live({ ...claimed, ...talkOf(message), ...uid }, readAt)
    if (state === 'expecting') history.add([event])
  }

  return {
    expect () {
      history = createHistory()
      become('expecting')
    },
    recalled (events) { history.add(events) },
    joined () { become('repeating') },
    outside () { become('live') },
    hear (message, readAt) {
      if (state === 'repeating' && message.kind === 'subject') {
        hearStanding(message, readAt)
        become('live')
      } else if (state === 'repeating' && message.saidAt !== undefined) {
        hearRepeated(message, Math.min(message.saidAt, readAt))
      } else {
        if (state === 'repeating') become('live')
        hearLive(message, readAt)
      }
    }
  }
}

function talkOf (message: HeardMessage): Unplaced {
  const occupant = message.occupant === undefined ? {} : { occupant: message.occupant }
  return { kind: message.kind, nick: message.nick, ...occupant, ...message.fields }
}
