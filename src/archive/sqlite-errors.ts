import Database from 'better-sqlite3'
import { HansardError, messageOf } from '../model/errors.ts'

// By the beginning of SQLite's (extended) result code.
const STATES: ReadonlyArray<readonly [code: string, state: string]> = [
  ['SQLITE_BUSY', 'another process keeps it locked; wait for that process (an import, a backup) or end it'],
  ['SQLITE_LOCKED', 'it is locked; try again'],
  ['SQLITE_FULL', 'the disk is full; free some space'],
  ['SQLITE_IOERR', 'the disk reports an error; look at the system log, and whether a limit or quota is reached'],
  ['SQLITE_CANTOPEN', 'the file cannot be opened; check the path and its permissions'],
  ['SQLITE_READONLY', 'the file is read-only; check its permissions and how the disk is mounted'],
  ['SQLITE_PERM', 'access is denied; check the permissions of the file'],
  ['SQLITE_NOMEM', 'there is not enough memory'],
  ['SQLITE_NOTADB', 'it is not an SQLite database, expected a new file or a record'],
  ['SQLITE_CORRUPT', 'the file is damaged; restore it from a backup or run "sqlite3 FILE .recover"']
]
// No waiting and no repair of the file makes these pass: what was to be written does not fit the record.
const REFUSALS = ['SQLITE_CONSTRAINT', 'SQLITE_TOOBIG', 'SQLITE_MISMATCH', 'SQLITE_RANGE']
// While it is opened these tell of a wrong path; of a file in use, that it needs repair.
const WRONG_FILE = ['SQLITE_NOTADB', 'SQLITE_CORRUPT']

/** Another process holds the lock that is needed. */
export function isBusy (error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

/** What SQLite throws while the record is used, as an error of ours; every other error is passed through. */
export function sqliteError (error: unknown, path: string): unknown {
  return toOurs(error, path, REFUSALS)
}

export function sqliteOpenError (error: unknown, path: string): unknown {
  return toOurs(error, path, [...REFUSALS, ...WRONG_FILE])
}

function toOurs (error: unknown, path: string, lasting: readonly string[]): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const { code } = error
  const state = STATES.find(([beginning]) => code.startsWith(beginning))?.[1] ?? messageOf(error)
  return new HansardError(lasting.some(beginning => code.startsWith(beginning)) ? 'ERR_STORE' : 'ERR_STORE_UNAVAILABLE',
    `Cannot use the record ${path}: ${state} (${code})`, { cause: error })
}
