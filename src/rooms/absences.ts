import type { RoomJid } from '../model/address.ts'
import { formatTime, toMicros } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { defined } from '../model/defined.ts'
import { messageOf } from '../model/errors.ts'
import type { Uid } from '../model/event.ts'
import { GAP_PROBLEMS } from '../model/gap.ts'
import type { Absence, GapCause } from '../model/gap.ts'
import type { Logger } from '../log.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import type { Recovery } from './catch-up.ts'
import { createHoles } from './holes.ts'
import type { Ledger } from './ledger.ts'
import type { RoomRecord } from './record.ts'
import { recover } from './recovery.ts'
import { ArchiveRefusal } from './room-archive.ts'
import type { RoomArchive } from './room-archive.ts'
import type { RoomInfo } from './room-info.ts'
import type { Scribe } from './scribe.ts'
import { stretchOf } from './stretch.ts'
import type { FirstCatchUp, Stretch } from './stretch.ts'
import type { Talk, Told } from './talk.ts'
import type { Turns } from './turns.ts'

/** Sees to it that nothing said while we were away is missing, and that what is missing is known. */
export interface Absences {
  /** Before a join: from where the past will come. With an archive, what is live waits from now on. */
  expect (info: RoomInfo, check: () => void): Promise<Source>
  joined (at: Micros): void
  /** The history that came with the join is over. */
  told (told: Told): void
  /** We listen no more, or not yet. */
  begin (cause: GapCause, from: Micros): void
  /** The stream goes on and nothing was lost. */
  resumed (): void
  /** Tries what is missing once more. What the present stay recovered counts as well, unless it was done before `asked`. */
  catchUp (onProgress: (progress: Progress) => void, asked: Micros): Promise<CatchUpReport>
  readonly isCatchingUp: boolean
}

/** `first`: the room was never listened to before. */
export type Source = { readonly from: 'archive' } | { readonly from: 'history', readonly first: boolean, readonly since: Micros | undefined }

export interface Progress {
  readonly room: RoomJid
  /** Messages brought back so far. */
  readonly recovered: number
  /** When the last of them was said. */
  readonly upTo: ArchiveTime
}

export interface CatchUpReport {
  readonly room: RoomJid
  readonly recovered: number
  /** How many gaps remain. */
  readonly holes: number
  /** Why it could not be tried, for people. */
  readonly problem?: string
}

export interface AbsencesOptions extends RoomRecord {
  readonly room: RoomJid
  readonly firstCatchUp: FirstCatchUp
  readonly connection: Pick<XmppConnection, 'domain'>
  readonly archive: RoomArchive
  readonly talk: Talk
  readonly scribe: Scribe
  readonly ledger: Ledger
  readonly turns: Turns
  readonly now: () => Micros
  /** The archive does not let us read: only the history of another join helps. */
  readonly onRefused: () => void
  readonly log: Logger
}

const LOG_EVERY = 10_000

export function createAbsences (options: AbsencesOptions): Absences {
  const { room, talk, scribe, ledger, turns, now, log } = options
  const watchers = new Set<(progress: Progress) => void>()
  let info: RoomInfo | undefined
  let source: Source = { from: 'history', first: true, since: undefined }
  let isInside = false
  let isRefused = false
  let isFetching = false
  let isHeld = false
  // Of the stay: when the past was dealt with, and how much of it was fetched.
  let settledAt: Micros | undefined
  let recoveredHere = 0
  let held: Promise<void> = Promise.resolve()
  let joinedAt: Micros = 0
  let waiting: Array<() => void> = []
  // What the history of a join was worth, while the stream was down.
  let toldMeanwhile: Told | undefined
  // Of the stay: what belongs to an earlier one is void.
  let stay = 0

  const holes = createHoles({
    room,
    ledger,
    fetch (stretch, onExpired) {
      const mine = stay
      return turns(async () => {
        check(mine)
        return fetchStretch(stretch, mine, { onExpired, onReached () {} })
      })
    },
    now,
    log
  })

  function hold (): void {
    isHeld = true
    held = options.hold(room)
    held.catch(() => {}) // awaited by the walk, if there is one
  }

  async function release (): Promise<void> {
    if (!isHeld) return
    isHeld = false
    await options.release(room)
  }

  function check (mine: number): void {
    if (mine !== stay) throw new Error('the stay is over')
  }

  async function fetchAbsence (mine: number): Promise<void> {
    await held
    check(mine)
    const last = await options.lastTime(room)
    if (last !== undefined) scribe.recorded(last)
    const absence = await ledger.absence(room)
    const stretch = await stretchOf(room, absence, options.firstCatchUp, options.recall)
    check(mine)
    const { recovered, isComplete } = await fetchStretch(stretch, mine, {
      onExpired (completeFrom) {
        check(mine)
        ledger.split(room, { to: formatTime(completeFrom ?? joinedAt), problem: 'expired' })
      },
      onReached (reached) { ledger.progress(room, reached) }
    })
    recoveredHere = recovered
    check(mine)
    await release()
    check(mine)
    await talk.caughtUp()
    check(mine)
    ledger.filled(room, formatTime(joinedAt))
    log.info({ recovered, isComplete }, 'caught up')
  }

  async function fetchStretch (stretch: Stretch, mine: number, { onExpired, onReached }: {
    readonly onExpired: (completeFrom: Micros | undefined) => void
    readonly onReached: (reached: { from: ArchiveTime, after: Uid }) => void
  }): Promise<Recovery> {
    let recovered = 0
    let logged = 0
    let last = stretch.after
    const recovery = await recover({
      ...options,
      info: info as RoomInfo,
      ownDomain: options.connection.domain,
      stretch,
      wasHeard: id => talk.wasHeard(id),
      unidentified: () => talk.unidentified(),
      check () { check(mine) },
      onExpired,
      onPage (added, reached) {
        last = reached.after
        for (const { time } of added) scribe.recorded(time)
        talk.recovered(added)
        onReached(reached)
        recovered += added.length
        for (const watch of watchers) watch({ room, recovered, upTo: reached.from })
        if (recovered < logged + LOG_EVERY) return
        logged = recovered
        log.info({ recovered, upTo: reached.from }, 'catching up')
      }
    })
    if (stretch.to === undefined) scribe.caughtUp(last)
    return recovery
  }

  function startFetching (): void {
    const mine = stay
    isFetching = true
    turns(() => fetchAbsence(mine))
      .then(() => { if (mine === stay) holes.fillLater(0) }, async (error: unknown) => failed(error, mine))
      .then(() => { if (mine === stay) settle() })
      .catch((error: unknown) => { log.error({ err: error }, 'catching up failed') })
  }

  // What a stay that is over has to say is void, whatever it waits for.
  async function failed (error: unknown, mine: number): Promise<void> {
    if (mine !== stay) return
    await release()
    if (mine !== stay) return
    if (error instanceof ArchiveRefusal) {
      log.warn({ problem: error.message }, 'the archive of the room does not let us read; its history must do')
      isRefused = true
      options.onRefused()
      return
    }
    log.warn({ problem: messageOf(error) }, 'the archive of the room does not answer; it is asked again later')
    await talk.caughtUp()
    const absence = await ledger.absence(room)
    if (mine !== stay) return
    scribe.caughtUp(undefined)
    if (absence?.isFirst === true) leavePastForLater(absence)
    else ledger.lost(room, { to: formatTime(joinedAt), problem: 'unanswered' })
    holes.fillLater()
  }

  /** From now on the room is listened to; what was to be taken in of its past is a hole like others, until it is there. */
  function leavePastForLater ({ after }: Absence): void {
    const { firstCatchUp } = options
    const from = typeof firstCatchUp === 'object' ? firstCatchUp.since : formatTime(0)
    ledger.put({ room, from, to: formatTime(joinedAt), cause: 'unheard', problem: 'unanswered', ...defined({ after }) })
    ledger.filled(room, formatTime(joinedAt))
  }

  function settle (): void {
    isFetching = false
    settledAt = now()
    for (const resolve of waiting) resolve()
    waiting = []
  }

  function told (worth: Told): void {
    if (source.from === 'archive') return
    if (!isInside) {
      toldMeanwhile = worth
      return
    }
    // What was told counts when it is durable.
    const mine = stay
    scribe.drained().then(() => { if (mine === stay) judge(worth) }).catch((error: unknown) => { log.error({ err: error }, 'gap not settled') })
  }

  function judge ({ isContinuous, first }: Told): void {
    if (source.from === 'archive') return
    const { since } = source
    // A time that lies ahead of us is of a clock that was wrong, and proves nothing.
    const reachesBack = isContinuous || (first !== undefined && since !== undefined && since <= joinedAt && first <= since)
    if (source.first || since === undefined || reachesBack) ledger.filled(room, formatTime(joinedAt))
    else ledger.lost(room, { to: formatTime(first ?? joinedAt), problem: isRefused ? 'refused' : 'no-archive' })
    settle()
  }

  return {
    async expect (found, check) {
      const absence = await ledger.absence(room)
      check()
      info = found
      const first = absence === undefined || absence.isFirst === true
      // Without ids on what is live, nobody can say what of it the archive repeats.
      if (found.hasMam && found.hasStanzaIds && !isRefused && (!first || options.firstCatchUp !== 'none')) {
        if (absence === undefined) ledger.leave(room, { from: formatTime(now()), cause: 'stopped', isFirst: true })
        hold()
        source = { from: 'archive' }
      } else {
        source = { from: 'history', first, since: absence === undefined ? undefined : toMicros(absence.from) }
      }
      return source
    },

    joined (at) {
      stay += 1
      isInside = true
      joinedAt = at
      settledAt = undefined
      recoveredHere = 0
      toldMeanwhile = undefined
      scribe.entered()
      talk.joined(source.from)
      if (source.from === 'archive') startFetching()
    },

    told,

    begin (cause, from) {
      stay += 1
      // Who comes back by the will of the room may be let to read.
      if (cause !== 'stopped') isRefused = false
      isFetching = false
      holes.stop()
      release().catch((error: unknown) => { log.error({ err: error }, 'what waited cannot be recorded') })
      if (!isInside) return
      isInside = false
      ledger.leave(room, { from: formatTime(from), cause, ...defined({ after: scribe.whole.id }) })
      for (const resolve of waiting) resolve()
      waiting = []
    },

    resumed () {
      isInside = true
      stay += 1
      if (source.from === 'archive') {
        settledAt = undefined
        hold()
        talk.expect()
        talk.joined('resumed')
        startFetching()
      } else if (toldMeanwhile !== undefined) {
        told(toldMeanwhile)
      } else if (!talk.isTelling) {
        ledger.filled(room, formatTime(joinedAt))
      }
      toldMeanwhile = undefined
    },

    async catchUp (onProgress, asked) {
      watchers.add(onProgress)
      try {
        if (isInside && settledAt === undefined) await new Promise<void>(resolve => { waiting.push(resolve) })
        const problem = !isInside ? 'we are not in the room' : source.from === 'history' ? 'the room keeps no archive that we may read' : undefined
        const filled = problem === undefined ? await holes.fill(GAP_PROBLEMS) : 0
        const left = (await ledger.holes(room)).length
        const recovered = (settledAt === undefined || settledAt >= asked ? recoveredHere : 0) + filled
        return { room, recovered, holes: left, ...(left > 0 || !isInside ? defined({ problem }) : {}) }
      } finally {
        watchers.delete(onProgress)
      }
    },

    get isCatchingUp () { return isFetching }
  }
}
