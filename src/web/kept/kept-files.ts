import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArchiveStore, ChangeCursor, DaySummary } from '../../archive/store.ts'
import type { Logger } from '../../log.ts'
import type { RoomJid } from '../../model/address.ts'
import { daysOfMonth, parseDay, parseMonth } from '../../model/day.ts'
import type { Day } from '../../model/day.ts'
import { messageOf } from '../../model/errors.ts'
import { dropRoom, removeFolder } from './drop-room.ts'
import { fileStart, hash, isPeriod, isRoomFolder, isUnfinished, parseFile, periodsWith, roomFolder, stampOf } from './kept-path.ts'
import type { KeptKey, Period } from './kept-path.ts'

/**
 * What is made from the record for the site and is dear to make again, as files. A file tells nothing that the ledger does
 * not confirm: whoever asks names the present revision, and a file made from another one is not found. What cannot be
 * read, or written, or is damaged, is not kept: get(), find() and put() do not reject.
 */
export interface KeptFiles {
  /** What the ledger says of the period now, for KeptKey.revision; of a year and of `all` it knows the days that have talk. */
  revision (room: RoomJid, period: Period): Promise<string>
  /** The content; undefined where it is not kept. */
  get (key: KeptKey): Promise<Buffer | undefined>
  /** What is known of the content without reading it; it may be gone a moment later. */
  find (key: KeptKey): Promise<KeptFile | undefined>
  /**
   * Keeps the content, unless the ledger says by now that it is out of date. Its reading must have begun after the
   * revision of the key was read.
   */
  put (key: KeptKey, content: Uint8Array | string): Promise<KeptFile | undefined>
  /** Forgets all of the room, or what was made from the day: of it, its month, its year, of all. Rejects when the disk does. */
  drop (room: RoomJid, day?: Day): Promise<void>
  /** Up to where the changes of the store are known here to have been followed; undefined when that is not known. */
  mark (): Promise<ChangeCursor | undefined>
  setMark (cursor: ChangeCursor): Promise<void>
  /** Forgets what is not of these rooms, or not of what the ledger says now. Rejects when the store or the disk does. */
  sweep (rooms: readonly RoomJid[]): Promise<void>
}

export interface KeptFile {
  /** Absolute. */
  readonly path: string
  readonly bytes: number
  /** Of the content: the same content has the same. */
  readonly hash: string
}

export interface KeptFilesOptions {
  /** The folder, made when something is kept. What else is in it stays. */
  readonly path: string
  /** Changes with the program and its templates. */
  readonly edition: string
  readonly store: Pick<ArchiveStore, 'day' | 'days'>
  /** With more than that the files kept longest go. */
  readonly maxBytes: number
  readonly log: Logger
}

/** Files whose content was looked at in this run; an entry is about 500 bytes. */
const MAX_CHECKED = 10_000
/** So that not each further file begins to tidy up. */
const TIDY_TO = 0.9
const MARK = 'followed-to'
const TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# Hansard makes these files anew when they are missing.\n'

/** Where there is no folder for them. */
export const keepsNothing: KeptFiles = {
  revision: async () => '',
  get: async () => undefined,
  find: async () => undefined,
  put: async () => undefined,
  drop: async () => {},
  mark: async () => undefined,
  setMark: async () => {},
  sweep: async () => {}
}

/** The revision of a period that has these days. */
export function revisionOf (days: ReadonlyArray<DaySummary | undefined>): string {
  return hash(JSON.stringify(days.map(day => day ?? null)))
}

/** What the ledger says of a period; of a year and of `all` it knows the days that have talk. */
export async function revisionIn (store: KeptFilesOptions['store'], room: RoomJid, period: Period): Promise<string> {
  const [day, month] = [parseDay(period), parseMonth(period)]
  if (day !== undefined) return revisionOf([await store.day(room, day)])
  // Each: days() leaves out those on which people only came and went.
  if (month !== undefined) return revisionOf(await Promise.all(daysOfMonth(month).map(async day => store.day(room, day))))
  const bounds = period === 'all' ? {} : { from: `${period}-01-01` as Day, to: `${period}-12-31` as Day }
  return revisionOf(await store.days(room, bounds))
}

export function createKeptFiles ({ path: root, edition, store, maxBytes, log }: KeptFilesOptions): KeptFiles {
  const checked = new Map<string, KeptFile>()
  let total: number | undefined
  let tidying: Promise<void> | undefined
  let hasFailed = false

  async function find (key: KeptKey): Promise<KeptFile | undefined> {
    return (await look(key))?.file
  }

  async function look (key: KeptKey): Promise<{ file: KeptFile, content?: Buffer } | undefined> {
    const folder = join(root, roomFolder(key.room), key.period)
    const start = fileStart(edition, key)
    const known = checked.get(join(folder, start))
    if (known !== undefined) {
      const bytes = await stat(known.path).then(({ size }) => size, () => undefined)
      if (bytes === known.bytes) return { file: known }
    }
    for (const name of await namesIn(folder)) {
      if (!name.startsWith(start)) continue
      const path = join(folder, name)
      const content = await readFile(path).catch(() => undefined)
      if (content === undefined) continue
      if (hash(content) === parseFile(name)?.hash) {
        const file = { path, bytes: content.length, hash: hash(content) }
        remember(join(folder, start), file)
        return { file, content }
      }
      await remove(path)
    }
    return undefined
  }

  function remember (place: string, file: KeptFile): void {
    checked.delete(place)
    checked.set(place, file)
    const [oldest] = checked.keys()
    if (checked.size > MAX_CHECKED && oldest !== undefined) checked.delete(oldest)
  }

  async function put (key: KeptKey, content: Uint8Array | string): Promise<KeptFile | undefined> {
    const bytes = Buffer.from(content)
    const folder = join(root, roomFolder(key.room), key.period)
    const start = fileStart(edition, key)
    const file = { path: join(folder, `${start}${hash(bytes)}`), bytes: bytes.length, hash: hash(bytes) }
    try {
      await write(folder, file.path, bytes)
      hasFailed = false
    } catch (error) {
      // A folder that was dropped meanwhile is what was wanted.
      if (isMissing(error)) return undefined
      if (!hasFailed) log.warn({ err: error }, 'pages cannot be kept; they are made anew for each reader')
      hasFailed = true
      return undefined
    }
    // Whatever was removed before this question is told by its answer; what is removed later drops the file.
    if (await revisionIn(store, key.room, key.period).catch(() => undefined) !== key.revision) {
      await remove(file.path)
      return undefined
    }
    for (const name of await namesIn(folder)) {
      if (parseFile(name)?.name === key.name && !name.startsWith(start)) await remove(join(folder, name))
    }
    remember(join(folder, start), file)
    if (total !== undefined) total += bytes.length
    if (total === undefined || total > maxBytes) tidying ??= tidy().finally(() => { tidying = undefined })
    return file
  }

  async function write (folder: string, path: string, content: Buffer): Promise<void> {
    if (await mkdir(folder, { recursive: true }) !== undefined) {
      await writeFile(join(root, 'CACHEDIR.TAG'), TAG, { flag: 'wx' }).catch(() => {})
    }
    const unfinished = join(folder, `~${randomUUID()}`)
    try {
      await writeFile(unfinished, content, { mode: 0o640 })
      await rename(unfinished, path)
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => {})
      throw error
    }
  }

  async function drop (room: RoomJid, day?: Day): Promise<void> {
    if (day === undefined) return dropRoom(root, room)
    for (const period of periodsWith(day)) await removeFolder(join(root, roomFolder(room), period))
  }

  async function sweep (rooms: readonly RoomJid[]): Promise<void> {
    const known = new Map(rooms.map(room => [roomFolder(room), room]))
    const names = await namesIn(root)
    for (const name of names.filter(isUnfinished)) await remove(join(root, name))
    for (const folder of names.filter(isRoomFolder)) {
      const room = known.get(folder)
      if (room === undefined) await removeFolder(join(root, folder))
      else await sweepRoom(room)
    }
  }

  async function sweepRoom (room: RoomJid): Promise<void> {
    const folder = join(root, roomFolder(room))
    const days = new Map((await store.days(room)).map(summary => [summary.day as Period, summary]))
    for (const period of (await namesIn(folder)).filter(isPeriod)) {
      const summary = days.get(period)
      const stamp = stampOf(edition, summary === undefined ? await revisionIn(store, room, period) : revisionOf([summary]))
      const names = await namesIn(join(folder, period))
      for (const name of names.filter(name => isUnfinished(name) || (parseFile(name)?.stamp ?? stamp) !== stamp)) {
        await remove(join(folder, period, name))
      }
    }
  }

  /** Counts what there is, and takes the oldest away while it is too much. */
  async function tidy (): Promise<void> {
    const files: Array<{ path: string, bytes: number, at: number }> = []
    for (const folder of (await namesIn(root)).filter(isRoomFolder)) {
      for (const period of (await namesIn(join(root, folder))).filter(isPeriod)) {
        for (const name of await namesIn(join(root, folder, period))) {
          const path = join(root, folder, period, name)
          const found = await stat(path).catch(() => undefined)
          if (found !== undefined) files.push({ path, bytes: found.size, at: found.mtimeMs })
        }
      }
    }
    let sum = files.reduce((sum, { bytes }) => sum + bytes, 0)
    if (sum > maxBytes) {
      for (const { path, bytes } of files.sort((one, other) => one.at - other.at)) {
        if (sum <= maxBytes * TIDY_TO) break
        await remove(path)
        sum -= bytes
      }
    }
    total = sum
  }

  async function remove (path: string): Promise<void> {
    await rm(path, { force: true }).catch((error: unknown) => { log.warn({ problem: messageOf(error) }, 'a kept file cannot be removed') })
  }

  return {
    revision: async (room, period) => revisionIn(store, room, period),
    find,
    async get (key) {
      const found = await look(key)
      const content = found === undefined ? undefined : found.content ?? await readFile(found.file.path).catch(() => undefined)
      return content === undefined || hash(content) !== found?.file.hash ? undefined : content
    },
    put,
    drop,
    mark: async () => readFile(join(root, MARK), 'utf8').then(text => text === '' ? undefined : text as ChangeCursor, () => undefined),
    setMark: async cursor => write(root, join(root, MARK), Buffer.from(cursor)),
    sweep
  }
}

function isMissing (error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

async function namesIn (folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
