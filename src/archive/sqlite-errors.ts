import Database from 'better-sqlite3'
import { HansardError, messageOf } from '../model/errors.ts'

// By the beginning of SQLite's (extended) result code; all of these can pass without a restart.
const PASSING: ReadonlyArray<readonly [code: string, state: string]> = [
  ['SQLITE_BUSY', 'another process keeps it locked; wait for that process (an import, a backup) or end it'],
  ['SQLITE_LOCKED', 'it is locked; try again'],
  ['SQLITE_FULL', 'the disk is full; free some space'],
  ['SQLITE_IOERR', 'the disk reports an error; look at the system log'],
  ['SQLITE_CANTOPEN', 'the file cannot be opened; check the path and its permissions'],
  ['SQLITE_READONLY', 'the file is read-only; check its permissions and how the disk is mounted'],
  ['SQLITE_PERM', 'access is denied; check the permissions of the file'],
  ['SQLITE_NOMEM', 'there is not enough memory']
]
const LASTING: ReadonlyArray<readonly [code: string, state: string]> = [
  ['SQLITE_NOTADB', 'it is not an SQLite database, expected a new file or a record'],
  ['SQLITE_CORRUPT', 'the file is damaged; restore it from a backup or run "sqlite3 FILE .recover"']
]

/** What SQLite throws, as an error of ours; every other error is passed through. */
export function sqliteError (error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const find = (list: typeof PASSING): string | undefined => list.find(([code]) => error.code.startsWith(code))?.[1]
  const passing = find(PASSING)
  const state = passing ?? find(LASTING) ?? messageOf(error)
  return new HansardError(passing === undefined ? 'ERR_STORE' : 'ERR_STORE_UNAVAILABLE',
    `Cannot use the record ${path}: ${state} (${error.code})`, { cause: error })
}
