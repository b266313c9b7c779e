import type { ArchiveTime } from '../../model/archive-time.ts'
import type { Day } from '../../model/day.ts'
import type { Gap } from '../../model/gap.ts'
import type { Phrase } from '../language/phrase.ts'
import type { Words } from '../language/words.ts'
import { durationText } from './duration.ts'
import type { ZoneClock } from './zone-clock.ts'

/** A gap, told to a reader of one day: since when nothing is recorded, until when, and why. Without a full stop. */
export interface GapText {
  readonly sentence: Phrase<Moment>
}

export interface Moment {
  readonly isoTime: string
  /** 07:14:09, with the date where it is another than that of the page */
  readonly text: string
}

export function gapText ({ from, to, cause, problem }: Gap, day: Day, zone: ZoneClock, words: Words): GapText {
  const { gap } = words
  const why = problem === undefined ? gap.causes[cause] : gap.because(gap.causes[cause], gap.problems[problem])
  const begin = momentOf(from, day, zone, words)
  return {
    sentence: to === undefined
      ? gap.since(begin, why)
      : gap.between(begin, momentOf(to, day, zone, words), durationText(from, to, words), why)
  }
}

/** The same in one line of plain text. */
export function gapLine (gap: Gap, day: Day, zone: ZoneClock, words: Words): string {
  const { sentence } = gapText(gap, day, zone, words)
  return sentence.map(piece => typeof piece === 'string' ? piece : piece.text).join('')
}

function momentOf (time: ArchiveTime, day: Day, zone: ZoneClock, words: Words): Moment {
  const date = zone.localDay(time)
  const clock = zone.exactTime(time)
  return { isoTime: `${time.slice(0, 19)}Z`, text: date === day ? clock : words.gap.clockOn(clock, date) }
}
