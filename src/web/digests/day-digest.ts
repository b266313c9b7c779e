import type { ArchiveTime } from '../../model/archive-time.ts'
import type { ArchivedEvent, Uid } from '../../model/event.ts'
import { createAnswerFinder, roundedWait } from './answers.ts'
import { linksIn } from './links-in.ts'

/** What the statistics and the links of a room need of a day. Counted are messages that stand: nothing of what is removed. */
export interface DayDigest {
  readonly messages: number
  /** Lines of the day that were removed, and messages that were corrected. */
  readonly removed: number
  readonly edited: number
  /** Messages in each of the 24 hours. */
  readonly hours: readonly number[]
  /** Nicks and their messages, those who spoke first come first. */
  readonly people: ReadonlyArray<readonly [nick: string, messages: number]>
  /** How often a first answer came after so many seconds, see roundedWait(). */
  readonly answers: ReadonlyArray<readonly [seconds: number, times: number]>
  /** By the time of the first. */
  readonly links: readonly DayLink[]
  /** Links to further addresses than those listed. */
  readonly unlisted: number
}

export interface DayLink {
  readonly url: string
  readonly times: number
  readonly first: Place
  readonly last: Place
}

/** Where a message is to be found. */
export interface Place {
  readonly uid: Uid
  readonly time: ArchiveTime
}

// So that a day's digest stays small whatever was poured into the room.
const MOST_LINKS = 300
const MOST_PEOPLE = 2_000

export interface DayDigester {
  /** The talk of the day, in its order. */
  add (event: ArchivedEvent): void
  done (): DayDigest
}

export function createDayDigester (): DayDigester {
  const answers = createAnswerFinder()
  const hours = Array<number>(24).fill(0)
  const people = new Map<string, number>()
  const waits = new Map<number, number>()
  const links = new Map<string, DayLink>()
  let [messages, removed, edited, unlisted] = [0, 0, 0, 0]

  function addLink (url: string, place: Place): void {
    const link = links.get(url)
    if (link !== undefined) links.set(url, { ...link, times: link.times + 1, last: place })
    else if (links.size < MOST_LINKS) links.set(url, { url, times: 1, first: place, last: place })
    else unlisted += 1
  }

  return {
    add (event) {
      if (event.appliesTo !== undefined) return
      if (event.removed !== undefined) removed += 1
      if (event.removed !== undefined || event.kind !== 'message' || event.retracts !== undefined || event.reactsTo !== undefined) return
      const hour = Number(event.time.slice(11, 13))
      messages += 1
      hours[hour] = (hours[hour] ?? 0) + 1
      if (event.standing?.latest !== undefined) edited += 1
      if (people.size < MOST_PEOPLE || people.has(event.nick)) people.set(event.nick, (people.get(event.nick) ?? 0) + 1)
      const wait = answers.answeredAfter(event)
      if (wait !== undefined) waits.set(roundedWait(wait), (waits.get(roundedWait(wait)) ?? 0) + 1)
      for (const url of linksIn(event)) addLink(url, { uid: event.uid, time: event.time })
    },
    done: () => ({
      messages,
      removed,
      edited,
      hours,
      people: [...people],
      answers: [...waits].sort(([one], [other]) => one - other),
      links: [...links.values()],
      unlisted
    })
  }
}
