import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { HansardError } from '../model/errors.ts'

// What fits into sockaddr_un, with the byte of zero at its end.
const MAX_BYTES = process.platform === 'linux' ? 107 : 103

/**
 * Where the program that has this spool listens: beside the spool, or, where that path is too long for a socket, in a folder of
 * this user's own for temporary files.
 * @param spool absolute path of the spool file
 */
export function socketPath (spool: string): string {
  const beside = `${spool}.sock`
  if (Buffer.byteLength(beside) <= MAX_BYTES) return beside
  const short = join(tmpdir(), `hansard-${process.getuid?.() ?? 0}`, `${createHash('sha256').update(spool).digest('hex').slice(0, 24)}.sock`)
  if (Buffer.byteLength(short) <= MAX_BYTES) return short
  throw new HansardError('ERR_CONFIG', `Cannot listen for commands at ${beside}: a socket's path has at most ${MAX_BYTES} bytes, expected a shorter spool.path`)
}

/** Makes the folder of the socket, for this user alone where others may write around it. */
export function makeSocketFolder (path: string): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, ...(isOurTemporary(folder) ? { mode: 0o700 } : {}) })
  checkSocketFolder(path)
}

/** Throws ERR_CONFIG when somebody else may have put the folder for temporary files in the place of ours. */
export function checkSocketFolder (path: string): void {
  const folder = dirname(path)
  if (!isOurTemporary(folder)) return
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined || (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0)) return
  throw new HansardError('ERR_CONFIG', `Cannot use ${folder}: others may write there, expected a directory of mode 0700 of this user; remove it, or choose a shorter spool.path`)
}

function isOurTemporary (folder: string): boolean {
  return dirname(folder) === tmpdir()
}
