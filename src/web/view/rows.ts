import { toMicros } from '../../model/archive-time.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { defined } from '../../model/defined.ts'
import { streamOf } from '../../model/event.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import type { Day } from '../../model/day.ts'
import { crowdNames } from './crowd.ts'
import { foldOf } from './fold.ts'
import type { Fold } from './fold.ts'
import { gapText } from './gap-text.ts'
import type { GapText } from './gap-text.ts'
import { isMovement, netChange } from './net-change.ts'
import { hueOf } from './nick-hue.ts'
import { bodyParts, shownNick, textPart } from './parts.ts'
import type { Part } from './parts.ts'
import { removalText, sentenceOf } from './sentence.ts'
import { shownBody } from './shown-body.ts'
import { isGap } from './timeline.ts'
import type { Happening } from './timeline.ts'
import type { ZoneClock } from './zone-clock.ts'

/** A line of a log page, ready to be shown. */
export type Row = MessageRow | NoteRow | FoldRow | GapRow

interface Placed {
  /** When it was; of a fold, when it began. */
  readonly time: ArchiveTime
  readonly anchor: string
  /** 2026-11-21T07:14:09Z */
  readonly isoTime: string
  /** 07:14, in the zone of the page */
  readonly clock: string
}

export interface MessageRow extends Placed {
  readonly kind: 'message'
  readonly nick: string
  readonly hue: number
  /** «/me waves», XEP-0245. */
  readonly isAction: boolean
  /** The speaker goes on: the nick need not be seen again. */
  readonly isContinued: boolean
  /** A later form of an earlier message, XEP-0308. */
  readonly isCorrection: boolean
  /** For its receivers only: `parts` says that it is. */
  readonly isEncrypted: boolean
  readonly parts: readonly Part[]
}

export interface NoteRow extends Placed {
  readonly kind: 'note'
  readonly isRemoved: boolean
  readonly parts: readonly Part[]
  /** What is to be seen when the line is opened: the names of a crowd. */
  readonly more?: readonly Part[]
}

export interface FoldRow extends Placed, Fold {
  readonly kind: 'fold'
}

export interface GapRow extends GapText {
  readonly kind: 'gap'
  /** When it began, which may be long before the page does. */
  readonly time: ArchiveTime
}

/** netted: runs of comings and goings are summed up; full: every event; none: talk only. */
export type Presence = 'netted' | 'full' | 'none'

/** How a page tells what happened. */
export interface PageView {
  readonly presence: Presence
  readonly zone: ZoneClock
  readonly day: Day
}

// After a pause of ten minutes the nick is repeated.
const PAUSE_MICROS = 600_000_000

/**
 * Turns what happened, in the order of the record, into lines of the page of a day. A run of comings and goings ends
 * with anything else that has a line.
 */
export function rowsOf (timeline: readonly Happening[], { presence, zone, day }: PageView): Row[] {
  const rows: Row[] = []
  let run: ArchivedEvent[] = []
  function endRun (): void {
    const first = run[0]
    if (first !== undefined) rows.push({ kind: 'fold', ...placed(first, zone), ...foldOf(netChange(run)) })
    run = []
  }
  for (const event of timeline) {
    if (isGap(event)) {
      endRun()
      rows.push({ kind: 'gap', time: event.from, ...gapText(event, day, zone) })
      continue
    }
    if (presence === 'none' && streamOf(event.kind) === 'presence') continue
    if (presence === 'netted' && isMovement(event) && event.removed === undefined) {
      run.push(event)
      continue
    }
    const row = rowOf(event, zone)
    if (row === undefined) continue
    endRun()
    rows.push(isContinuation(row, rows.at(-1)) ? { ...row, isContinued: true } : row)
  }
  endRun()
  return rows
}

/** The line of one event by itself; undefined for what has nothing to show, such as a message that only carries a removal. */
export function rowOf (event: ArchivedEvent, zone: ZoneClock): MessageRow | NoteRow | undefined {
  const place = placed(event, zone)
  if (event.removed !== undefined) return { kind: 'note', ...place, isRemoved: true, parts: [{ text: removalText(event.removed) }] }
  if (event.retracts !== undefined) return undefined
  if (event.kind !== 'message') {
    return { kind: 'note', ...place, isRemoved: false, parts: sentenceOf(event), ...defined({ more: crowdNames(event.crowd) }) }
  }
  if (event.reactsTo !== undefined) return { kind: 'note', ...place, isRemoved: false, parts: sentenceOf(event) }
  const body = shownBody(event)
  const isEncrypted = event.encrypted !== undefined
  if (body === undefined && !isEncrypted) return undefined
  const isAction = body?.startsWith('/me ') === true
  return {
    kind: 'message',
    ...place,
    nick: shownNick(event.nick),
    hue: hueOf(event.nick),
    isAction,
    isContinued: false,
    isCorrection: event.replaces !== undefined,
    isEncrypted,
    parts: body === undefined ? [textPart('encrypted message')] : bodyParts(isAction ? body.slice(4) : body)
  }
}

function isContinuation (row: MessageRow | NoteRow, last: Row | undefined): row is MessageRow {
  return row.kind === 'message' && last?.kind === 'message' && !row.isAction && !last.isAction && row.nick === last.nick &&
    row.time.slice(0, 13) === last.time.slice(0, 13) && toMicros(row.time) - toMicros(last.time) < PAUSE_MICROS
}

function placed (event: ArchivedEvent, zone: ZoneClock): Placed {
  return { time: event.time, anchor: event.anchor, isoTime: `${event.time.slice(0, 19)}Z`, clock: zone.clockTime(event.time) }
}
