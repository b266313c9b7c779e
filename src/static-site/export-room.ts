import type { PublishedRoom } from '../access/can-read.ts'
import type { ArchiveStore } from '../archive/store.ts'
import { daysOfMonth, monthOf, parseDay, parseMonth } from '../model/day.ts'
import type { Day, Month } from '../model/day.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { english } from '../web/language/en.ts'
import { plainText } from '../web/view/parts.ts'
import { sentenceOf } from '../web/view/sentence.ts'
import type { Folder } from './folder.ts'
import { linkedPaths } from './links.ts'
import type { Answer, Ask } from './pages.ts'
import { readState, writeState } from './room-state.ts'
import type { SegmentState } from './room-state.ts'
import { exportSegments, scriptOf, segmentFile } from './search-files.ts'
import type { SegmentsOptions } from './search-files.ts'
import { isWithin } from './within.ts'
import type { DayRange } from './within.ts'

export interface Tally {
  written: number
  unchanged: number
  removed: number
}

export interface RoomExport {
  readonly store: ArchiveStore
  readonly folder: Folder
  readonly room: PublishedRoom
  /** Those that have a page, to be filled here: only what stands in it is linked. */
  readonly days: Set<string>
  readonly range: DayRange
  readonly ask: Ask
  readonly languages: SegmentsOptions['languages']
  readonly edition: string
  readonly tally: Tally
  readonly onDay: (day: Day) => void
}

/**
 * Exports a room: its own page, then what that links to, years, months and days. Of a day that stands as it is in the folder only its
 * validator is asked for. What was exported before and is not any more is taken away. State is kept after each month, so that a run
 * that was broken off goes on there.
 */
export async function exportRoom (options: RoomExport): Promise<void> {
  const { store, folder, room, range, ask, edition, tally } = options
  const root = `/r/${room.slug}/`
  const known = await readState(folder, room.slug, edition)
  const state = { edition, files: { ...known.files }, segments: { ...known.segments } }
  const files = new Set<string>()
  const segments: Record<string, SegmentState> = {}

  async function put (answer: Answer | undefined): Promise<void> {
    if (answer === undefined) return
    files.add(answer.file)
    tally[!answer.isUnchanged && await folder.write(answer.file, answer.content()) ? 'written' : 'unchanged'] += 1
  }

  async function putDay (day: Day): Promise<void> {
    for (const form of ['', '.json', '.txt']) {
      const file = `r/${room.slug}/${day}${form === '' ? '.html' : form}`
      const validator = known.files[file] ?? ''
      const answer = await ask(`${root}${day}${form}`, validator !== '' && await folder.has(file) ? validator : undefined)
      await put(answer)
      if (answer !== undefined) state.files[file] = answer.validator
    }
    options.onDay(day)
  }

  async function putMonth (month: Month): Promise<void> {
    const page = await ask(`${root}${month}`)
    const days = partsIn(page, root).flatMap(part => parseDay(part) ?? []).filter(day => monthOf(day) === month && isWithin(day, range))
    for (const day of days) options.days.add(day)
    await put(page)
    for (const day of days.sort()) await putDay(day)
    const daysInside = daysOfMonth(month).filter(day => isWithin(day, range))
    for (const stream of ['talk', 'presence'] as const) {
      const key = `${month} ${stream}`
      const { isNew, ...segment } = await exportSegments({ ...options, lineOf }, month, stream, daysInside, known.segments[key])
      segments[key] = state.segments[key] = segment
      tally[isNew ? 'written' : 'unchanged'] += segment.entries.length
    }
    await writeState(folder, room.slug, state)
  }

  for (const { day } of await store.days(room.jid)) options.days.add(day)
  const page = await ask(root)
  for (const year of partsIn(page, root).filter(part => /^\d{4}$/.test(part) && isWithin(part, range)).sort()) {
    const page = await ask(`${root}${year}`)
    await put(page)
    const months = partsIn(page, root).flatMap(part => parseMonth(part) ?? [])
      .filter(month => month.startsWith(year) && isWithin(month, range))
    for (const month of months.sort()) await putMonth(month)
  }
  await put(page)
  await putCatalogue(options, Object.values(segments))
  await takeAway()

  async function takeAway (): Promise<void> {
    const entries = Object.values(segments).flatMap(({ entries }) => entries)
    const names = new Set(entries.map(({ name }) => segmentFile(name)))
    const catalogue = catalogueFile(room)
    const old = (await Promise.all([`r/${room.slug}`, `search/${room.slug}`].map(async path =>
      (await folder.list(path)).map(name => `${path}/${name}`)))).flat()
    for (const file of old) {
      if (!files.has(file) && !names.has(file) && file !== catalogue && await folder.remove(file)) tally.removed += 1
    }
    await writeState(folder, room.slug, {
      edition,
      files: Object.fromEntries(Object.entries(state.files).filter(([file]) => files.has(file))),
      segments
    })
  }
}

function lineOf (event: ArchivedEvent): string {
  return plainText(sentenceOf(event, english))
}

async function putCatalogue ({ folder, room, languages, tally }: RoomExport, segments: readonly SegmentState[]): Promise<void> {
  const { jid, slug, aliases, title } = room
  const catalogue = { room: jid, slug, aliases, title, languages, segments: segments.flatMap(({ entries }) => entries) }
  tally[await folder.write(catalogueFile(room), scriptOf('hansardRoom', slug, JSON.stringify(catalogue))) ? 'written' : 'unchanged'] += 1
}

function catalogueFile ({ slug }: PublishedRoom): string {
  return `search/${slug}/room.js`
}

/** What follows the path of the room in links of a page. */
function partsIn (answer: Answer | undefined, root: string): string[] {
  return [...new Set(linkedPaths(String(answer?.page ?? '')).filter(path => path.startsWith(root)).map(path => path.slice(root.length)))]
}
