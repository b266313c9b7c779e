import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Logger } from '../log.ts'
import { HansardError, messageOf } from '../model/errors.ts'
import { COUNTS_TABLE } from './sqlite-counts.ts'
import { sqliteOpenError } from './sqlite-errors.ts'
import { fillLinks, LINKS_TABLE } from './sqlite-links.ts'
import { NOTES_TABLES } from './sqlite-notes.ts'

/** "Hans": tells a record from any other SQLite file. */
const APPLICATION_ID = 0x48616e73

// Append-only: a released step is never edited, its number is the user_version after it.
const MIGRATIONS: ReadonlyArray<string | ((db: Database.Database, log: Logger | undefined) => void)> = [`
  -- talk and presence: how many events of each; a room stays when its last event is gone.
  CREATE TABLE rooms (
    id INTEGER PRIMARY KEY,
    jid TEXT NOT NULL UNIQUE,
    talk INTEGER NOT NULL DEFAULT 0,
    presence INTEGER NOT NULL DEFAULT 0
  );
  -- change numbers rise over the whole file and are shared with deletions; a replaced event takes a new one.
  -- Times are microseconds; document is the JSON of the fields that have no column.
  CREATE TABLE events (
    change INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    time INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    uid TEXT NOT NULL,
    nick TEXT NOT NULL,
    document TEXT NOT NULL
  );
  CREATE UNIQUE INDEX events_by_time ON events (room, stream, time);
  CREATE UNIQUE INDEX events_by_uid ON events (room, uid);
  CREATE INDEX events_by_nick ON events (room, stream, nick, time);
  CREATE TABLE deletions (
    change INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    time INTEGER NOT NULL
  );
  -- The day ledger. revision: the change number of the last change of the day.
  CREATE TABLE days (
    room INTEGER NOT NULL,
    day TEXT NOT NULL,
    talk INTEGER NOT NULL,
    presence INTEGER NOT NULL,
    people INTEGER NOT NULL,
    first INTEGER,
    last INTEGER,
    revision INTEGER NOT NULL,
    PRIMARY KEY (room, day)
  ) WITHOUT ROWID;
  -- n: talk events of the nick on the day.
  CREATE TABLE day_people (
    room INTEGER NOT NULL,
    nick TEXT NOT NULL,
    day TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (room, nick, day)
  ) WITHOUT ROWID;
`, `
  -- start and stop: the gap's from and to in microseconds, stop is null while it is open; hole: it is not filled.
  CREATE TABLE gaps (
    room TEXT NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER,
    hole INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (room, start)
  ) WITHOUT ROWID;
`, COUNTS_TABLE, (db, log) => {
  db.exec(LINKS_TABLE + NOTES_TABLES)
  fillLinks(db, log)
}, `
  -- parts: how many talk events are part of another message (appliesTo).
  ALTER TABLE rooms ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE days ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
  CREATE TEMP TABLE parts AS
    SELECT room, date(time / 1000000, 'unixepoch') AS day, count(*) AS n
    FROM events WHERE stream = 0 AND document ->> 'appliesTo' IS NOT NULL GROUP BY room, day;
  UPDATE days SET parts = n FROM temp.parts p WHERE days.room = p.room AND days.day = p.day;
  UPDATE rooms SET parts = ifnull((SELECT sum(n) FROM temp.parts WHERE room = rooms.id), 0);
  DROP TABLE temp.parts;
`]

/** Opens or creates the file, brings its schema up to date. Errors say what to do about them. */
export function openDatabase (path: string, busyTimeoutMs: number, log?: Logger): Database.Database {
  let db: Database.Database | undefined
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
    db = new Database(path, { timeout: busyTimeoutMs })
    refuseForeign(db, path)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('secure_delete = ON')
    db.pragma('cache_size = -32000')
    db.pragma('wal_autocheckpoint = 4000')
    migrate(db, path, log)
    // From now on nobody waits inside SQLite, and the whole program with him.
    db.pragma('busy_timeout = 0')
    return db
  } catch (error) {
    db?.close()
    if (error instanceof Database.SqliteError) throw sqliteOpenError(error, path)
    if (error instanceof HansardError) throw error
    throw new HansardError('ERR_STORE', `Cannot open the record ${path}: ${messageOf(error)}; ` +
      'expected a path whose directory this user can create and write', { cause: error })
  }
}

function refuseForeign (db: Database.Database, path: string): void {
  const isOurs = db.pragma('application_id', { simple: true }) === APPLICATION_ID
  const isEmpty = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get() === 0
  if (!isOurs && !isEmpty) {
    throw new HansardError('ERR_STORE', `Cannot open the record ${path}: it is a database of another program, expected a new file or a record`)
  }
}

function migrate (db: Database.Database, path: string, log: Logger | undefined): void {
  const upgrade = db.transaction(() => {
    const version = db.pragma('user_version', { simple: true }) as number
    if (version > MIGRATIONS.length) {
      throw new HansardError('ERR_STORE', `Cannot open the record ${path}: its schema is version ${version}, ` +
        `expected at most ${MIGRATIONS.length}; it was written by a newer version of this program`)
    }
    if (version > 0) log?.info({ path, version: MIGRATIONS.length }, 'bringing the record up to date')
    for (const step of MIGRATIONS.slice(version)) {
      if (typeof step === 'string') db.exec(step)
      else step(db, log)
    }
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma(`user_version = ${MIGRATIONS.length}`)
  })
  if (db.pragma('user_version', { simple: true }) !== MIGRATIONS.length) upgrade.immediate()
}
