import { contentOf } from '../../model/content.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { toMicros } from '../../model/archive-time.ts'
import type { ArchivedEvent, Uid } from '../../model/event.ts'
import { shownBody } from '../view/shown-body.ts'

/**
 * Finds first answers as the talk goes by: replies (XEP-0461), and messages that begin with a name and a colon or comma,
 * which answer the last message under that name. Nobody answers himself.
 */
export interface AnswerFinder {
  /** Whole seconds from the message that is answered for the first time by this one; undefined where none is. */
  answeredAfter (event: ArchivedEvent): number | undefined
}

interface Said {
  readonly nick: string
  readonly time: ArchiveTime
  readonly place: number
  isAnswered: boolean
}

/** Who is addressed after so many messages of others is rather told something new. */
const REACH = 60
const ADDRESS = /^@?([^\s:,][^:,\n]{0,63}?)\s?[:,](?:\s|$)/

export function createAnswerFinder (): AnswerFinder {
  const byUid = new Map<Uid, Said>()
  const byNick = new Map<string, Said>()
  let place = 0

  function answeredBy (event: ArchivedEvent): Said | undefined {
    const { repliesTo } = contentOf(event)
    if (repliesTo !== undefined) return byUid.get(repliesTo)
    const name = ADDRESS.exec(shownBody(event) ?? '')?.[1]
    const said = name === undefined ? undefined : byNick.get(name)
    return said !== undefined && place - said.place <= REACH ? said : undefined
  }

  return {
    answeredAfter (event) {
      place += 1
      const answered = answeredBy(event)
      const said: Said = { nick: event.nick, time: event.time, place, isAnswered: false }
      byUid.set(event.uid, said)
      byNick.set(event.nick, said)
      if (answered === undefined || answered.isAnswered || answered.nick === event.nick) return undefined
      answered.isAnswered = true
      return Math.floor((toMicros(event.time) - toMicros(answered.time)) / 1_000_000)
    }
  }
}

/** Cut to whole minutes above one, and to five minutes above an hour: so many different times are enough to tell a median. */
export function roundedWait (seconds: number): number {
  const step = seconds < 60 ? 1 : seconds < 3_600 ? 60 : 300
  return seconds - seconds % step
}
