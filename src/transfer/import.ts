import { basename } from 'node:path'
import type { RoomJid } from '../model/address.ts'
import { messageOf } from '../model/errors.ts'
import type { RoomEvent } from '../model/event.ts'
import { decompress } from './decompress.ts'
import { createUidSource } from './derive-uid.ts'
import { parseLine } from './formats/jsonl.ts'
import { readLines } from './lines.ts'
import type { Line } from './lines.ts'

export interface ImportOptions {
  /** The room of all events, whatever the lines say; without it each line must name one. */
  readonly room?: RoomJid
  /** A file or a stream of JSON lines, as formats/jsonl.ts reads them; plain or gzip. */
  readonly source: AsyncIterable<Uint8Array>
  /** What problems are reported under; its last part goes into the record as the source. */
  readonly name: string
  /** Makes events durable, in order; events known by their uid are left alone. A rejection ends the import. */
  readonly record: (events: readonly RoomEvent[]) => Promise<ReadonlyArray<{ readonly isNew: boolean }>>
  readonly onProgress?: (progress: ImportProgress) => void
}

export interface ImportProgress {
  /** Taken from the source so far, before unpacking. */
  readonly bytes: number
  /** Lines so far. */
  readonly read: number
}

export interface ImportResult {
  /** Lines that are not blank: added, known and those not understood. */
  readonly read: number
  readonly added: number
  readonly known: number
  /** Lines not understood; one more where the source could not be read to its end. */
  readonly failed: number
  /** Lines with bytes that are not UTF-8, imported with U+FFFD in their place. */
  readonly repaired: number
  /** `file:line: reason`, the first hundred, then one that counts the rest. */
  readonly problems: readonly string[]
}

const MAX_LINE_BYTES = 4 * 1024 * 1024
const MAX_PROBLEMS = 100
const BATCH = { events: 1000, characters: 4 * 1024 * 1024 }
const MAX_UNDER_WAY = 2

/**
 * Takes events from JSON lines into the record. A line that cannot be understood is reported and the rest goes on.
 * Importing the same lines again, from whatever file, adds nothing. Holds two batches, never the file.
 */
export async function importEvents ({ room, source, name, record, onProgress }: ImportOptions): Promise<ImportResult> {
  const count = { read: 0, added: 0, known: 0, failed: 0, repaired: 0 }
  const file = basename(name)
  const uidOf = createUidSource()
  const problems: string[] = []
  const underWay: Array<Promise<void>> = []
  let unreported = 0
  let bytes = 0
  let batch: RoomEvent[] = []
  let batchSize = 0

  function report (where: string, reason: string): void {
    if (problems.length < MAX_PROBLEMS) problems.push(`${where}: ${reason}`)
    else unreported++
  }

  async function * counted (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      bytes += chunk.length
      yield chunk
    }
  }

  function take ({ number, text, isRepaired }: Line): void {
    const where = `${name}:${number}`
    count.read++
    try {
      if (text === undefined) throw new Error(`Cannot read the line: it is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB`)
      const event = parseLine(text, room)
      const origin = event.via === undefined ? { via: 'import' as const, source: { format: 'jsonl', file, line: number } } : { via: event.via }
      batch.push({ ...event, uid: event.uid ?? uidOf(event), ...origin })
      batchSize += text.length
    } catch (error) {
      count.failed++
      report(where, messageOf(error))
      return
    }
    if (isRepaired) {
      count.repaired++
      report(where, 'imported, with U+FFFD in place of bytes that are not UTF-8')
    }
  }

  /** Hands the batch on, and waits while two are under way: this is what holds back the source. */
  async function send (): Promise<void> {
    if (batch.length === 0) return
    const job = record(batch).then(results => {
      const added = results.filter(({ isNew }) => isNew).length
      count.added += added
      count.known += results.length - added
    })
    job.catch(() => {}) // awaited below, perhaps only after the one before it
    underWay.push(job)
    batch = []
    batchSize = 0
    if (underWay.length >= MAX_UNDER_WAY) await underWay.shift()
  }

  /** All lines; a source that breaks off is one more problem. */
  async function * lines (): AsyncGenerator<Line[]> {
    try {
      yield * readLines(decompress(counted()), MAX_LINE_BYTES)
    } catch (error) {
      count.failed++
      report(name, messageOf(error))
    }
  }

  for await (const some of lines()) {
    for (const line of some) {
      take(line)
      if (batch.length >= BATCH.events || batchSize >= BATCH.characters) await send()
    }
    onProgress?.({ bytes, read: count.read })
  }
  await send()
  await Promise.all(underWay)
  if (unreported > 0) problems.push(`${name}: ${unreported.toLocaleString('en')} more problems like these`)
  return { ...count, problems }
}
