import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { HansardError, messageOf } from '../model/errors.ts'
import type { Logger } from '../log.ts'
import { ANALYSER_VERSION } from './analyse.ts'

/** "HsIx": tells our file from any other SQLite database, which is never touched. */
const APPLICATION_ID = 0x48734978
const SCHEMA_VERSION = '3'
const VERSION = `${SCHEMA_VERSION}.${ANALYSER_VERSION}`
const BUSY_MS = 5000
const CACHE_MB = 16

// Our tokens come separated by spaces and pass as they are: to this tokenizer every other printable character is a letter.
const ASCII_MARKS = Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n)).filter(mark => !/[A-Za-z0-9]/.test(mark)).join('')
const TOKENIZER = `ascii tokenchars '${ASCII_MARKS.replaceAll("'", "''")}'`

const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE room (id INTEGER PRIMARY KEY, jid TEXT NOT NULL UNIQUE);
  CREATE TABLE nick (id INTEGER PRIMARY KEY, nick TEXT NOT NULL UNIQUE, folded TEXT NOT NULL);
  CREATE INDEX nick_folded ON nick (folded);
  -- What stands in fts, where it cannot be read again: needed to take it out so that no trace is left. See local-postings.ts.
  CREATE TABLE doc (place INTEGER PRIMARY KEY, room INTEGER NOT NULL, kind INTEGER NOT NULL, nick INTEGER NOT NULL, shift INTEGER NOT NULL,
    word TEXT NOT NULL, code TEXT NOT NULL, others TEXT NOT NULL, addressee TEXT NOT NULL, trait TEXT NOT NULL, plain TEXT NOT NULL);
  CREATE TABLE lexicon (word TEXT PRIMARY KEY, df INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE stem (stem TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (stem, word)) WITHOUT ROWID;
  CREATE VIRTUAL TABLE fts USING fts5 (word, code, nick, addressee, room, trait,
    content='', columnsize=0, tokenize='${TOKENIZER.replaceAll("'", "''")}');
  INSERT INTO fts (fts, rank) VALUES ('secure-delete', 1);
`
const TABLES = ['fts', 'stem', 'lexicon', 'doc', 'nick', 'room', 'meta']

// Of an index that is being built: what the one in use has already put here, ahead of the checkpoint.
const AHEAD = 'CREATE TABLE IF NOT EXISTS ahead (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL)'

/**
 * Opens the index file for writing, making it where there is none. An index of another analyser is kept, for it can be searched
 * until another is built (see isOutdated). One of another schema is replaced by an empty one, and so is one that is damaged: a
 * copy would keep what is removed later. A file that is not known for an index is moved aside to `<path>.damaged`, a database of
 * another kind is left alone: ERR_SEARCH.
 */
export function openIndexFile (path: string, log: Logger): Database.Database {
  mkdirSync(dirname(path), { recursive: true })
  try {
    const db = openChecked(path)
    if (db !== undefined) return db
    log.warn({ path }, 'search index was made by another version, starting an empty one')
    remove(path)
  } catch (error) {
    if (!isDamage(error)) throw toSearchError(`open the search index ${path}`, error)
    if (isOurs(path)) discard(path, log, error)
    else moveAside(path, log, error)
  }
  return create(path)
}

/** Whether the index was made by another analyser than ours. */
export function isOutdated (db: Database.Database): boolean {
  return versionOf(db) !== VERSION
}

/** Opens an index that is being built; undefined for one that cannot be gone on with. */
export function openUnfinished (path: string): Database.Database | undefined {
  let db: Database.Database | undefined
  try {
    db = openChecked(path)
    if (db !== undefined && !isOutdated(db)) {
      db.exec(AHEAD)
      return db
    }
    db?.close()
  } catch (error) {
    db?.close()
    if (!isDamage(error)) throw toSearchError(`open the search index ${path}`, error)
  }
  return undefined
}

/** What was being built is now an index as any other; part of the caller's transaction. */
export function finishFile (db: Database.Database): void {
  db.exec('DROP TABLE ahead')
}

/** Takes a damaged index away and opens an empty one. */
export function replaceIndexFile (path: string, log: Logger, damage: unknown): Database.Database {
  discard(path, log, damage)
  return create(path)
}

/** Empties the index; part of the caller's transaction. */
export function emptyIndex (db: Database.Database): void {
  for (const table of TABLES) db.exec(`DROP TABLE ${table}`)
  createSchema(db)
}

export function isDamage (error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)
}

export function toSearchError (what: string, error: unknown): HansardError {
  return error instanceof HansardError ? error : new HansardError('ERR_SEARCH', `Cannot ${what}: ${messageOf(error)}`, { cause: error })
}

function versionOf (db: Database.Database): string {
  return String(db.prepare("SELECT value FROM meta WHERE key = 'version'").pluck().get())
}

// Undefined for an index of another schema.
function openChecked (path: string): Database.Database | undefined {
  const db = connect(path)
  try {
    createSchemaIfEmpty(db)
    if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
      throw new HansardError('ERR_SEARCH', `Cannot open the search index ${path}: it is a database of another program, expected a file of its own`)
    }
    if (versionOf(db).startsWith(`${SCHEMA_VERSION}.`)) {
      checkTables(db)
      return db
    }
  } catch (error) {
    db.close()
    throw error
  }
  db.close()
  return undefined
}

// A full check reads the whole file; this finds lost tables and torn first pages, later damage shows when it is met.
function checkTables (db: Database.Database): void {
  for (const table of TABLES) {
    // Without its column sizes the full-text table has no list of its rows.
    if (table === 'fts') continue
    try {
      db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get()
    } catch (error) {
      if (isDamage(error)) throw error
      throw new Database.SqliteError(`the table ${table} is gone`, 'SQLITE_CORRUPT')
    }
  }
  db.prepare('SELECT max(rowid) FROM fts WHERE fts MATCH ?').get('"a"')
}

function create (path: string): Database.Database {
  const db = connect(path)
  createSchemaIfEmpty(db)
  return db
}

// In a transaction, as two processes may start at once.
function createSchemaIfEmpty (db: Database.Database): void {
  db.transaction(() => {
    if (db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined) createSchema(db)
  }).immediate()
}

function connect (path: string): Database.Database {
  const db = new Database(path, { timeout: BUSY_MS })
  // The checkpoint goes to disk with the postings, so a power cut loses both or neither: NORMAL is enough.
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('secure_delete = ON')
  // Merging the lists of words reads and writes many pages again and again.
  db.pragma(`cache_size = ${-1024 * CACHE_MB}`)
  db.pragma('wal_autocheckpoint = 4000')
  return db
}

function createSchema (db: Database.Database): void {
  db.pragma(`application_id = ${APPLICATION_ID}`)
  db.exec(SCHEMA)
  const put = db.prepare('INSERT INTO meta VALUES (?, ?)')
  put.run('version', VERSION)
  put.run('generation', randomUUID())
}

function remove (path: string): void {
  const file = existsSync(path) ? realpathSync(path) : path
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  rmSync(path, { force: true })
}

// By the place of the application id in the header of a database, which outlives damage elsewhere.
function isOurs (path: string): boolean {
  const header = Buffer.alloc(100)
  const file = openSync(path, 'r')
  try {
    return readSync(file, header) === header.length && header.readUInt32BE(68) === APPLICATION_ID
  } finally {
    closeSync(file)
  }
}

function discard (path: string, log: Logger, damage: unknown): void {
  log.warn({ path, err: damage }, 'search index is damaged, starting an empty one')
  remove(path)
}

function moveAside (path: string, log: Logger, damage: unknown): void {
  log.warn({ path, aside: `${path}.damaged`, err: damage }, 'this is no search index, moved it aside and started an empty one')
  renameSync(path, `${path}.damaged`)
  remove(path)
}
