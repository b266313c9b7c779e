import type { Micros } from '../model/archive-time.ts'
import type { CrowdMember, RoomEvent } from '../model/event.ts'
import type { PresenceEvent } from './occupants.ts'

export type CrowdEvent = PresenceEvent & Pick<RoomEvent, 'crowd' | 'private'>

/**
 * Keeps storms of presence small: when many come or go at once, as after a netsplit, all but the first few are told as one
 * event. What a member's own event would say beyond the nick stays where all of them say the same.
 */
export interface Crowd {
  /** Hands the event on, at once or with those that follow; in the order in which they came. */
  hear (event: PresenceEvent & Pick<RoomEvent, 'private'>, readAt: Micros): void
  /** Hands on what is gathered: before anything else of the room is told, and when nobody listens any more. */
  flush (): void
}

export interface CrowdOptions {
  /** `readAt` of a crowd is that of its first member. */
  readonly hand: (event: CrowdEvent, readAt: Micros) => void
}

// So many within so much time are no storm.
const CALM = 10
const CALM_TIME: Micros = 1_000_000
const QUIET_MS = 500
const MAX_MEMBERS = 1_000
// What is gathered is in no record yet, so it is not kept for long, however the storm goes on.
const MAX_TIME: Micros = 5_000_000
const SHARED = ['role', 'affiliation', 'reason'] as const

interface Gathered {
  readonly event: Parameters<Crowd['hear']>[0]
  readonly readAt: Micros
}

export function createCrowd ({ hand }: CrowdOptions): Crowd {
  /** When the last few came or went. */
  const recent: Micros[] = []
  let gathered: Gathered[] = []
  let timer: NodeJS.Timeout | undefined

  function isStorm (readAt: Micros): boolean {
    recent.push(readAt)
    const before = recent.length > CALM ? recent.shift() : undefined
    return before !== undefined && readAt - before < CALM_TIME
  }

  function flush (): void {
    clearTimeout(timer)
    const [first, ...others] = gathered
    gathered = []
    if (first !== undefined) hand(others.length === 0 ? first.event : toCrowd([first, ...others].map(({ event }) => event)), first.readAt)
  }

  function gather (next: Gathered): void {
    const [first] = gathered
    if (first !== undefined && !(isAlike(first.event, next.event) && next.readAt - first.readAt < MAX_TIME)) flush()
    gathered.push(next)
    if (gathered.length === MAX_MEMBERS) return flush()
    clearTimeout(timer)
    timer = setTimeout(flush, QUIET_MS)
  }

  return {
    flush,
    hear (event, readAt) {
      const isOneOfMany = (event.kind === 'join' || event.kind === 'leave') && isStorm(readAt)
      if (isOneOfMany) return gather({ event, readAt })
      flush()
      hand(event, readAt)
    }
  }
}

function isAlike (one: PresenceEvent, other: PresenceEvent): boolean {
  return one.kind === other.kind && String(one.status) === String(other.status)
}

function toCrowd (events: ReadonlyArray<Gathered['event']>): CrowdEvent {
  const [first] = events as [Gathered['event']]
  const shared = SHARED.filter(name => first[name] !== undefined && events.every(event => event[name] === first[name]))
  const jids = events.flatMap(({ nick, private: known }) => known?.jid === undefined ? [] : [[nick, known.jid] as const])
  return {
    kind: first.kind,
    nick: '',
    crowd: events.map(({ nick, occupant }): CrowdMember => occupant === undefined ? { nick } : { nick, occupant }),
    ...Object.fromEntries(shared.map(name => [name, first[name]])),
    ...(first.status === undefined ? {} : { status: first.status }),
    ...(jids.length === 0 ? {} : { private: { jids: Object.fromEntries(jids) } })
  }
}
