import { toMicros } from '../../model/archive-time.ts'
import type { ArchiveTime } from '../../model/archive-time.ts'
import { defined } from '../../model/defined.ts'
import { streamOf } from '../../model/event.ts'
import type { ArchivedEvent, Removal } from '../../model/event.ts'
import type { Day } from '../../model/day.ts'
import type { Words } from '../language/words.ts'
import { crowdNames } from './crowd.ts'
import { foldOf } from './fold.ts'
import type { Fold } from './fold.ts'
import { gapText } from './gap-text.ts'
import type { GapText } from './gap-text.ts'
import { messageView } from './message-view.ts'
import type { MessageView } from './message-view.ts'
import { isMovement, netChange } from './net-change.ts'
import type { Part } from './parts.ts'
import { removalParts, removalsParts, sentenceOf } from './sentence.ts'
import type { Surroundings } from './surroundings.ts'
import { isGap } from './timeline.ts'
import type { Happening } from './timeline.ts'
import type { ZoneClock } from './zone-clock.ts'

/** A line of a log page, ready to be shown. */
export type Row = EventRow | FoldRow | GapRow
export type EventRow = MessageRow | NoteRow | RemovedRow

interface Placed {
  /** When it was; of a fold, when it began. */
  readonly time: ArchiveTime
  readonly anchor: string
  /** 2026-11-21T07:14:09Z */
  readonly isoTime: string
  /** 07:14, in the zone of the page */
  readonly clock: string
}

export interface MessageRow extends Placed, MessageView {
  readonly kind: 'message'
  /** The speaker goes on: the nick need not be seen again. */
  readonly isContinued: boolean
}

export interface NoteRow extends Placed {
  readonly kind: 'note'
  readonly parts: readonly Part[]
  /** What is to be seen when the line is opened: the names of a crowd. */
  readonly more?: readonly Part[]
}

/** What was removed in the same way, one after another. */
export interface RemovedRow extends Placed {
  readonly kind: 'removed'
  /** One that was, and may be told with others. */
  readonly removal: Removal
  readonly anchors: readonly string[]
  readonly parts: readonly Part[]
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
  readonly around: Surroundings
  readonly words: Words
  /** Makes the line of an event; rowOf() where nothing else is said. */
  readonly rowOf?: typeof rowOf
}

// After a pause of ten minutes the nick is repeated.
const PAUSE_MICROS = 600_000_000

/**
 * Turns what happened, in the order of the record, into lines of the page of a day. A run of comings and goings ends
 * with anything else that has a line.
 */
export function rowsOf (timeline: readonly Happening[], { presence, zone, day, around, words, rowOf: lineOf = rowOf }: PageView): Row[] {
  const rows: Row[] = []
  let run: ArchivedEvent[] = []
  function endRun (): void {
    const first = run[0]
    if (first !== undefined) rows.push({ kind: 'fold', ...placed(first, zone), ...foldOf(netChange(run), words) })
    run = []
  }
  for (const event of timeline) {
    if (isGap(event)) {
      endRun()
      rows.push({ kind: 'gap', time: event.from, ...gapText(event, day, zone, words) })
      continue
    }
    if (presence === 'none' && streamOf(event.kind) === 'presence') continue
    if (presence === 'netted' && isMovement(event) && event.removed === undefined) {
      run.push(event)
      continue
    }
    const row = lineOf(event, { zone, around, words })
    if (row === undefined) continue
    endRun()
    const last = rows.at(-1)
    if (row.kind === 'removed' && last?.kind === 'removed' && isSameRemoval(row, last)) {
      const anchors = [...last.anchors, ...row.anchors]
      rows[rows.length - 1] = { ...last, anchors, parts: removalsParts(anchors.length, last.removal, words) }
    } else {
      rows.push(isContinuation(row, last) ? continuationOf(row) : row)
    }
  }
  endRun()
  return rows
}

/**
 * The line of one event by itself; undefined for what has nothing to show: what only tells how another message stands, and
 * payloads without words.
 */
export function rowOf (event: ArchivedEvent, { zone, around, words }: Pick<PageView, 'zone' | 'around' | 'words'>): EventRow | undefined {
  const place = placed(event, zone)
  const { removed, kind } = event
  if (event.appliesTo !== undefined) return undefined
  if (removed !== undefined) return { kind: 'removed', ...place, removal: removed, anchors: [event.anchor], parts: removalParts(removed, words) }
  if (kind !== 'message') return { kind: 'note', ...place, parts: sentenceOf(event, words), ...defined({ more: crowdNames(event.crowd, words) }) }
  const message = messageView(event, { zone, around, words })
  const isEmpty = message === undefined || message.blocks.length + (message.files?.length ?? 0) === 0
  // What it meant to take away is not its to take, or not known: nothing happened. What it says besides is talk.
  if (event.retracts !== undefined && isEmpty) return undefined
  if (event.reactsTo !== undefined && isEmpty) return { kind: 'note', ...place, parts: sentenceOf(event, words) }
  return message === undefined ? undefined : { kind: 'message', ...place, isContinued: false, ...message }
}

function isSameRemoval (row: RemovedRow, last: RemovedRow): boolean {
  const [one, other] = [row.removal, last.removal]
  return one.by === other.by && one.reason === other.reason && row.time.slice(0, 13) === last.time.slice(0, 13)
}

function isContinuation (row: EventRow, last: Row | undefined): row is MessageRow {
  return row.kind === 'message' && last?.kind === 'message' && !row.isAction && !last.isAction && row.nick === last.nick &&
    row.time.slice(0, 13) === last.time.slice(0, 13) && toMicros(row.time) - toMicros(last.time) < PAUSE_MICROS
}

const continuations = new WeakMap<MessageRow, MessageRow>()

// Always the same one of the same row: what is drawn of it is remembered by it.
function continuationOf (row: MessageRow): MessageRow {
  const known = continuations.get(row) ?? { ...row, isContinued: true }
  continuations.set(row, known)
  return known
}

function placed (event: ArchivedEvent, zone: ZoneClock): Placed {
  return { time: event.time, anchor: event.anchor, isoTime: `${event.time.slice(0, 19)}Z`, clock: zone.clockTime(event.time) }
}
