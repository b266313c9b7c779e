import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Logger } from '../log.ts'
import { HansardError, messageOf } from '../model/errors.ts'
import { createQuarantine } from './quarantine.ts'
import type { Quarantine } from './quarantine.ts'
import { createRoomMemory } from './room-memory.ts'
import type { RoomMemory } from './room-memory.ts'
import { createSpool } from './spool.ts'
import type { Spool } from './spool.ts'

/** What this machine must know of its own to leave no hole in the record: one file, used by one process at a time. */
export interface LocalState {
  readonly spool: Spool
  readonly quarantine: Quarantine
  readonly rooms: RoomMemory
  /** Lets go of the file; nothing of it can be used afterwards. */
  close (): void
}

export interface LocalStateOptions {
  /** A file, made with its directory where there is none, or `:memory:`. */
  readonly path: string
  /** How much may wait in the spool: bytes of its events as JSON. */
  readonly maxBytes: number
  readonly log: Logger
}

/** "HsSp": tells our file from any other SQLite database, which is never touched. */
const APPLICATION_ID = 0x48735370
// The process before may still be on its way out.
const BUSY_MS = 1_000

// Append-only: a released step is never edited, its number is the user_version after it.
const MIGRATIONS = [`
  -- seq: the order in which the events came. fixed: its time is not moved on any more.
  CREATE TABLE waiting (
    seq INTEGER PRIMARY KEY,
    room TEXT NOT NULL,
    fixed INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    event TEXT NOT NULL
  );
  CREATE INDEX waiting_by_room ON waiting (room, seq);
  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    room TEXT NOT NULL,
    time TEXT NOT NULL,
    error TEXT NOT NULL,
    stanza TEXT NOT NULL
  );
  CREATE TABLE rooms (room TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE unpublished (room TEXT NOT NULL, time TEXT NOT NULL, gap TEXT NOT NULL, PRIMARY KEY (room, time)) WITHOUT ROWID;
  CREATE TABLE alive (id INTEGER PRIMARY KEY CHECK (id = 1), time TEXT NOT NULL);
`]

/**
 * Opens or makes the file. Throws ERR_RUNNING while another process has it, and ERR_STORE, with a word on what to do,
 * when it cannot be used.
 */
export function openLocalState ({ path, maxBytes, log }: LocalStateOptions): LocalState {
  const db = openFile(path)
  return {
    spool: createSpool({ db, maxBytes, log }),
    quarantine: createQuarantine({ db, log }),
    rooms: createRoomMemory({ db }),
    close () { db.close() }
  }
}

function openFile (path: string): Database.Database {
  let db: Database.Database | undefined
  try {
    if (path !== ':memory:') {
      mkdirSync(dirname(path), { recursive: true })
      // What waits here may be of rooms that are shown to nobody. SQLite gives its other files the same mode.
      closeSync(openSync(path, 'a', 0o600))
    }
    db = new Database(path, { timeout: BUSY_MS })
    // The lock is taken with the first read and kept until the process ends, however it ends.
    db.pragma('locking_mode = EXCLUSIVE')
    refuseUnknown(db, path)
    db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('secure_delete = ON')
    migrate(db)
    return db
  } catch (error) {
    db?.close()
    throw openingError(error, path)
  }
}

function refuseUnknown (db: Database.Database, path: string): void {
  const isOurs = db.pragma('application_id', { simple: true }) === APPLICATION_ID
  const isEmpty = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get() === 0
  if (!isOurs && !isEmpty) {
    throw new HansardError('ERR_STORE', `Cannot open the spool ${path}: it is a database of another program, expected a file of its own`)
  }
  const version = versionOf(db)
  if (version > MIGRATIONS.length) {
    throw new HansardError('ERR_STORE', `Cannot open the spool ${path}: its schema is version ${version}, ` +
      `expected at most ${MIGRATIONS.length}; it was written by a newer version of this program`)
  }
}

// The write takes the lock also where there is nothing to bring up to date.
function migrate (db: Database.Database): void {
  db.transaction(() => {
    for (const step of MIGRATIONS.slice(versionOf(db))) db.exec(step)
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma(`user_version = ${MIGRATIONS.length}`)
  }).exclusive()
}

function versionOf (db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

function openingError (error: unknown, path: string): unknown {
  if (error instanceof HansardError) return error
  const code = error instanceof Database.SqliteError ? error.code : ''
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new HansardError('ERR_RUNNING', `Cannot open the spool ${path}: another hansard serve uses it, ` +
      'expected one at a time; end the other, or give this one a spool.path of its own', { cause: error })
  }
  const remedy = /^SQLITE_(CORRUPT|NOTADB)/.test(code)
    ? 'the file is damaged or no spool; move it away to begin with an empty one, or run "sqlite3 FILE .recover"'
    : `${messageOf(error)}; expected a path whose directory this user can create and write`
  return new HansardError('ERR_STORE', `Cannot open the spool ${path}: ${remedy}`, { cause: error })
}
