import type { ArchiveTime } from '../../model/archive-time.ts'
import type { Day } from '../../model/day.ts'
import type { Gap, GapCause, GapProblem } from '../../model/gap.ts'
import { plainDay } from './dates.ts'
import { durationText } from './duration.ts'
import type { ZoneClock } from './zone-clock.ts'

/** A gap, told to a reader of one day. */
export interface GapText {
  readonly from: Moment
  /** Undefined: it goes on. */
  readonly to?: Moment
  readonly duration?: string
  /** Why nobody listened, and why it could not be brought back. */
  readonly why: string
}

export interface Moment {
  readonly isoTime: string
  /** 07:14:09, with the date where it is another than that of the page */
  readonly text: string
}

const CAUSES: Readonly<Record<GapCause, string>> = {
  unheard: 'this archive was not in the room yet',
  stopped: 'this archive was switched off',
  killed: 'this archive broke off without warning',
  disconnected: 'connection to the server lost',
  removed: 'the room did not let this archive in',
  overflow: 'this archive had no place left to write to'
}

const PROBLEMS: Readonly<Record<GapProblem, string>> = {
  'no-archive': 'the room keeps no archive to recover it from',
  expired: 'the archive of the room does not reach back that far any more',
  refused: 'the archive of the room refuses to give it',
  unanswered: 'the archive of the room does not answer, and is asked again'
}

export function gapText ({ from, to, cause, problem }: Gap, day: Day, zone: ZoneClock): GapText {
  return {
    from: momentOf(from, day, zone),
    ...(to === undefined ? {} : { to: momentOf(to, day, zone), duration: durationText(from, to) }),
    why: problem === undefined ? CAUSES[cause] : `${CAUSES[cause]}; ${PROBLEMS[problem]}`
  }
}

/** The same in one line of plain text, without a full stop. */
export function gapLine (gap: Gap, day: Day, zone: ZoneClock): string {
  const { from, to, duration, why } = gapText(gap, day, zone)
  return to === undefined ? `not recorded since ${from.text}: ${why}` : `not recorded from ${from.text} to ${to.text} (${duration ?? ''}): ${why}`
}

function momentOf (time: ArchiveTime, day: Day, zone: ZoneClock): Moment {
  const date = zone.localDay(time)
  const clock = zone.exactTime(time)
  return { isoTime: `${time.slice(0, 19)}Z`, text: date === day ? clock : `${clock} on ${plainDay(date)}` }
}
