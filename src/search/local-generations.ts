import { randomBytes } from 'node:crypto'
import { lstatSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/**
 * Where an index was built anew beside the one that is searched, its path is a link to the file now in use, and `<path>.next` one to the
 * file that is being built: so an index takes the place of the other by one rename, and no name of a file, nor of its write-ahead
 * log, which SQLite finds by name, is ever used again.
 */
export interface Generations {
  /** The link to the index that is being built; there is none otherwise. */
  readonly next: string
  /** Tells one file at a path from the next one there; undefined where there is none. */
  identity (path: string): string | undefined
  /** Lays a link at `next` to a file that is not there yet. */
  begin (): void
  /** Puts what was built in the place of the index, and deletes that one. */
  swap (): void
  /** Deletes what was being built. */
  discard (): void
  /** Deletes what nothing leads to any more, as a process that died may leave it. */
  sweep (): void
}

const FILES = ['', '-wal', '-shm', '-journal']

export function generationsOf (path: string): Generations {
  const name = basename(path)
  const next = `${path}.next`
  const inFolder = (file: string): string => join(dirname(path), file)

  function targetOf (link: string): string | undefined {
    return isLink(link) ? basename(readlinkSync(link)) : undefined
  }

  function remove (file: string): void {
    for (const suffix of FILES) rmSync(file + suffix, { force: true })
  }

  return {
    next,
    identity (path) {
      const found = statSync(path, { throwIfNoEntry: false })
      return found === undefined ? undefined : `${found.dev}:${found.ino}`
    },
    begin () { symlinkSync(`${name}.${randomBytes(6).toString('hex')}`, next) },
    swap () {
      const before = targetOf(path)
      renameSync(next, path)
      if (before !== undefined) remove(inFolder(before))
      // A first file stood at the path itself; its name is the link's now.
      else for (const suffix of FILES.slice(1)) rmSync(path + suffix, { force: true })
    },
    discard () {
      const target = targetOf(next)
      if (target !== undefined) remove(inFolder(target))
      rmSync(next, { force: true })
    },
    sweep () {
      const used = new Set([targetOf(path), targetOf(next)])
      const ours = new RegExp(`^(${escape(name)}\\.[0-9a-f]{12})(?:-wal|-shm|-journal)?$`)
      for (const file of readdirSync(dirname(path))) {
        const target = ours.exec(file)?.[1]
        if (target !== undefined && !used.has(target)) rmSync(inFolder(file), { force: true })
      }
      if (isLink(path)) for (const suffix of FILES.slice(1)) rmSync(path + suffix, { force: true })
    }
  }
}

/** The path of an index, where the one configured is a link that somebody else laid, such as to another disk. */
export function basePathOf (path: string): string {
  if (!isLink(path)) return path
  const target = readlinkSync(path)
  const isOurs = target.startsWith(`${basename(path)}.`) && /\.[0-9a-f]{12}$/.test(target)
  return isOurs ? path : basePathOf(resolve(dirname(path), target))
}

function isLink (path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

function escape (text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
