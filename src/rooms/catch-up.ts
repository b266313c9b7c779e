import type { Micros } from '../model/archive-time.ts'
import type { Uid } from '../model/event.ts'
import { ArchiveRefusal } from './room-archive.ts'
import type { ArchiveItem, ArchiveQuery, RoomArchive } from './room-archive.ts'
import type { Stretch } from './stretch.ts'

export interface CatchUpOptions {
  readonly archive: Pick<RoomArchive, 'page'>
  readonly stretch: Stretch
  /** Records what is new of a page; resolves to how many were, when they are durable. */
  readonly take: (items: readonly ArchiveItem[]) => Promise<number>
  /** Whether it was heard live since the walk began, so that all that follows it was too. */
  readonly wasHeard: (id: Uid) => boolean
  readonly isRecorded: (id: Uid) => Promise<boolean>
  /**
   * The archive does not reach back to the known point. Called before anything is taken, with when it begins; undefined
   * for an archive that is empty.
   */
  readonly onExpired: (completeFrom: Micros | undefined) => void
}

export interface Recovery {
  readonly recovered: number
  /** Whether the archive reached back to the known point, so that nothing is missing. */
  readonly isComplete: boolean
}

/** Stamps may have whole seconds only, and the two clocks differ a little. */
const MARGIN: Micros = 300_000_000
/** Where a time must do for an id: what is recorded already costs nothing but its page, and clocks can be far apart. */
const DAY: Micros = 86_400_000_000

/**
 * Walks the room's archive from the known point to its end, and finds out whether it begins there: an archive that
 * expires may have lost what was said first. Rejects as RoomArchive.page does.
 */
export async function catchUp ({ archive, stretch, take, wasHeard, isRecorded, onExpired }: CatchUpOptions): Promise<Recovery> {
  const { from, to } = stretch
  const end: ArchiveQuery = to === undefined ? {} : { end: to + DAY }
  const earliest: ArchiveQuery = from === undefined ? {} : { start: stretch.isExact === true ? from : from - DAY }
  let isById = stretch.after !== undefined
  let recovered = 0

  // XEP-0313 §4.3.4: an id that the archive does not have is item-not-found; ejabberd answers as if none was given.
  async function firstPage (): ReturnType<RoomArchive['page']> {
    if (stretch.after !== undefined) {
      try {
        const page = await archive.page({ after: stretch.after, ...end })
        const oldest = page.items[0]
        if (oldest === undefined || from === undefined || oldest.stamp >= from - MARGIN) return page
      } catch (error) {
        if (!isUnknown(error)) throw error
      }
      isById = false
    }
    return archive.page({ ...earliest, ...end })
  }

  let page = await firstPage()
  const [first] = page.items
  const isComplete = from === undefined || !stretch.isContinued || await reachesBack(from)
  if (!isComplete) onExpired(first?.stamp)

  for (let before = new Set<Uid>(); ;) {
    const { items, last, isComplete: isLast } = page
    const heard = items.findIndex(({ id }) => wasHeard(id))
    // A page that holds nothing but what the one before held would come for ever.
    const isRepeated = items.length > 0 && items.every(({ id }) => before.has(id))
    if (!isRepeated) recovered += await take(heard === -1 ? items : items.slice(0, heard))
    if (isLast || isRepeated || heard !== -1 || last === undefined) return { recovered, isComplete }
    before = new Set(items.map(({ id }) => id))
    page = await nextPage(last, items.at(-1))
  }

  async function nextPage (last: Uid, item: ArchiveItem | undefined): ReturnType<RoomArchive['page']> {
    try {
      return await archive.page({ ...(isById ? {} : earliest), ...end, after: last })
    } catch (error) {
      // It was taken out of the archive since the page before: then a time must do.
      if (!isUnknown(error) || item === undefined) throw error
      return archive.page({ ...end, start: item.stamp })
    }
  }

  async function reachesBack (known: Micros): Promise<boolean> {
    if (first !== undefined && first.stamp <= known) return true
    if (first !== undefined || to !== undefined) {
      const [oldest] = (await archive.page({ max: 1 })).items
      // An archive that has something before our id knew the id.
      return oldest !== undefined && (oldest.stamp <= known || (isById && first !== undefined && oldest.id !== first.id))
    }
    // Nothing was said since, so the newest there is must be known.
    const [newest] = (await archive.page({ before: '', max: 1 })).items
    return newest !== undefined && (newest.stamp <= known + MARGIN || wasHeard(newest.id) || await isRecorded(newest.id))
  }
}

function isUnknown (error: unknown): boolean {
  return error instanceof ArchiveRefusal && error.condition === 'item-not-found'
}
