import { createHash } from 'node:crypto'
import type { RoomJid } from '../../model/address.ts'
import { monthOf } from '../../model/day.ts'
import type { Day, Month } from '../../model/day.ts'

/** `2026`. */
export type Year = string & { readonly __brand: 'Year' }

/** What a kept file was made from: a day, a month or a year of a room, or all of it. */
export type Period = Day | Month | Year | 'all'

/** What a file holds, and what it was made from. */
export interface KeptKey {
  readonly room: RoomJid
  readonly period: Period
  /** Small letters, digits, dots, hyphens: `page.html.gz`. Of one name and period the newest is kept. */
  readonly name: string
  /** What the ledger says of the period: see KeptFiles.revision(). */
  readonly revision: string
  /** Whatever else it was made from: anything that JSON can hold. */
  readonly variant?: unknown
}

const NAME = /^[a-z0-9][a-z0-9.-]{0,80}$/
const FOLDER = /^[a-z0-9._-]{0,60}@[0-9a-f]{24}$/
const PERIOD = /^(?:all|\d{4}(?:-\d\d){0,2})$/
const FILE = /^([a-z0-9][a-z0-9.-]*)~([\w-]{22})~([\w-]{22})~([\w-]{22})$/
const UNFINISHED = /^~[\w-]+$/

/** Safe as the name of a folder, whatever the room is called: what can be read of its address, and a hash of all of it. */
export function roomFolder (room: RoomJid): string {
  const readable = room.replace(/[^a-z0-9._-]+/g, '_').slice(0, 60)
  return `${readable}@${createHash('sha256').update(room).digest('hex').slice(0, 24)}`
}

/** Whether this program makes folders and files of such a name: of others it takes none away. */
export function isRoomFolder (name: string): boolean {
  return FOLDER.test(name)
}

export function isPeriod (name: string): name is Period {
  return PERIOD.test(name)
}

export function isUnfinished (name: string): boolean {
  return UNFINISHED.test(name)
}

/** The periods whose files change with a day. */
export function periodsWith (day: Day): Period[] {
  return [day, monthOf(day), day.slice(0, 4) as Year, 'all']
}

/** The name of the file but the hash of its content, by which it ends. */
export function fileStart (edition: string, { name, revision, variant }: KeptKey): string {
  if (!NAME.test(name)) throw new Error(`Cannot keep a file named ${name}: expected small letters, digits, dots and hyphens`)
  return `${name}~${stampOf(edition, revision)}~${hash(JSON.stringify(variant) ?? '')}~`
}

/** Changes with the program and with what the ledger says. */
export function stampOf (edition: string, revision: string): string {
  return hash(JSON.stringify([edition, revision]))
}

export interface FileParts {
  readonly name: string
  readonly stamp: string
  /** Of the content. */
  readonly hash: string
}

/** Undefined for a file that is none of ours. */
export function parseFile (file: string): FileParts | undefined {
  const [, name, stamp, , contentHash] = FILE.exec(file) ?? []
  return name === undefined || stamp === undefined || contentHash === undefined ? undefined : { name, stamp, hash: contentHash }
}

export function hash (content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 22)
}
