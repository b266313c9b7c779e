import { toMicros } from '../../model/archive-time.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { streamOf } from '../../model/event.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { foldOf } from './fold.ts'
import type { Fold } from './fold.ts'
import { isMovement, netChange } from './net-change.ts'
import { hueOf } from './nick-hue.ts'
import { bodyParts, shownNick } from './parts.ts'
import type { Part } from './parts.ts'
import { removalText, sentenceOf } from './sentence.ts'
import type { ZoneClock } from './zone-clock.ts'

/** A line of a log page, ready to be shown. */
export type Row = MessageRow | NoteRow | FoldRow

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
  readonly parts: readonly Part[]
}

export interface NoteRow extends Placed {
  readonly kind: 'note'
  readonly isRemoved: boolean
  readonly parts: readonly Part[]
}

export interface FoldRow extends Placed, Fold {
  readonly kind: 'fold'
}

/** netted: runs of comings and goings are summed up; full: every event; none: talk only. */
export type Presence = 'netted' | 'full' | 'none'

// After a pause of ten minutes the nick is repeated.
const PAUSE_MICROS = 600_000_000

/** Turns events, in the order of the record, into lines. A run of comings and goings ends with the next event of another kind. */
export function rowsOf (events: readonly ArchivedEvent[], presence: Presence, zone: ZoneClock): Row[] {
  const rows: Row[] = []
  let run: ArchivedEvent[] = []
  function endRun (): void {
    const first = run[0]
    if (first !== undefined) rows.push({ kind: 'fold', ...placed(first, zone), ...foldOf(netChange(run)) })
    run = []
  }
  for (const event of events) {
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
  if (event.kind !== 'message') return { kind: 'note', ...place, isRemoved: false, parts: sentenceOf(event) }
  if (event.reactsTo !== undefined) return { kind: 'note', ...place, isRemoved: false, parts: sentenceOf(event) }
  if (event.body === undefined) return undefined
  const isAction = event.body.startsWith('/me ')
  return {
    kind: 'message',
    ...place,
    nick: shownNick(event.nick),
    hue: hueOf(event.nick),
    isAction,
    isContinued: false,
    isCorrection: event.replaces !== undefined,
    parts: bodyParts(isAction ? event.body.slice(4) : event.body)
  }
}

function isContinuation (row: MessageRow | NoteRow, last: Row | undefined): row is MessageRow {
  return row.kind === 'message' && last?.kind === 'message' && !row.isAction && !last.isAction && row.nick === last.nick &&
    row.time.slice(0, 13) === last.time.slice(0, 13) && toMicros(row.time) - toMicros(last.time) < PAUSE_MICROS
}

function placed (event: ArchivedEvent, zone: ZoneClock): Placed {
  return { time: event.time, anchor: event.anchor, isoTime: `${event.time.slice(0, 19)}Z`, clock: zone.clockTime(event.time) }
}
