import { createHash } from 'node:crypto'
import type { PublishedRoom } from '../access/can-read.ts'
import type { ArchiveStore } from '../archive/store.ts'
import { dayBounds, shift } from '../model/day.ts'
import type { Day, Month } from '../model/day.ts'
import type { ArchivedEvent, Stream } from '../model/event.ts'
import { ANALYSER_VERSION } from '../search/analyse.ts'
import { createSegmentBuilder } from '../search/browser/build-segment.ts'
import type { SegmentEntry } from '../search/browser/segment.ts'
import type { Language } from '../search/stem.ts'
import type { Folder } from './folder.ts'
import type { SegmentState } from './room-state.ts'

/** Raised whenever the files of the search change their form. */
const FORM = '1'
/** So many documents make a segment at most: about 80 MB while it is made, and 1 to 5 MB as a file. */
const MOST_DOCUMENTS = 20_000
const PAGE = 2000

export interface SegmentsOptions {
  readonly store: ArchiveStore
  readonly folder: Folder
  readonly room: PublishedRoom
  readonly languages: readonly Language[]
  readonly lineOf: (event: ArchivedEvent) => string
}

/**
 * Brings the segments of one month and stream up to date: made anew when its days have changed. The names of the files follow from what
 * they say, so that no page reads a new list with old files.
 */
export async function exportSegments (
  options: SegmentsOptions, month: Month, stream: Stream, days: readonly Day[], known: SegmentState | undefined
): Promise<SegmentState & { readonly isNew: boolean }> {
  const { store, folder, room, languages } = options
  const revisions = await Promise.all(days.map(async day => (await store.day(room.jid, day))?.revision))
  const validator = hash(JSON.stringify([FORM, ANALYSER_VERSION, languages, days, revisions]))
  if (known?.validator === validator) {
    const found = await Promise.all(known.entries.map(({ name }) => folder.has(segmentFile(name))))
    if (found.every(Boolean)) return { ...known, isNew: false }
  }

  const entries: SegmentEntry[] = []
  let builder = createSegmentBuilder(options)
  async function finish (): Promise<void> {
    if (builder.size === 0) return
    const segment = builder.build()
    builder = createSegmentBuilder(options)
    const json = JSON.stringify(segment)
    const [first, last] = [segment.documents[0], segment.documents.at(-1)]
    if (first === undefined || last === undefined) return
    const name = `${room.slug}/${month}-${stream}-${entries.length + 1}-${hash(json).slice(0, 10)}`
    await folder.write(segmentFile(name), scriptOf('hansardSegment', name, json))
    entries.push({ room: room.jid, month, stream, name, first: first.t, last: last.t, documents: segment.documents.length })
  }
  const [first, last] = [days[0], days.at(-1)]
  if (first !== undefined && last !== undefined) {
    for await (const event of eventsBetween(store, room, stream, first, last)) {
      builder.add(event)
      if (builder.size >= MOST_DOCUMENTS) await finish()
    }
  }
  await finish()
  return { validator, entries, isNew: true }
}

export function segmentFile (name: string): string {
  return `search/${name}.js`
}

/**
 * Data as a script that hands it over: scripts are loaded from files too, which JSON is not. What could end a script or a line stands
 * in a string of JSON only.
 */
export function scriptOf (receiver: string, name: string, json: string): string {
  return `${receiver}(${JSON.stringify(name)}, ${json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')})\n`
}

async function * eventsBetween (
  store: ArchiveStore, room: PublishedRoom, stream: Stream, from: Day, to: Day
): AsyncGenerator<ArchivedEvent> {
  const { end } = dayBounds(to)
  for (let { start } = dayBounds(from); ;) {
    const page = await store.page(room.jid, { stream, start, end, limit: PAGE })
    yield * page.events
    const last = page.events.at(-1)
    if (page.complete || last === undefined || last.time === end) return
    start = shift(last.time, 1)
  }
}

function hash (text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
