import type { Database } from 'better-sqlite3'
import { removalLine } from './removal-log.ts'
import type { ArchiveStore, ChangeCursor, LoggedRemoval, RemovalCursor } from './store.ts'

type Line = LoggedRemoval & { readonly cursor: RemovalCursor }

/** What the record keeps beside the events: the log of removals, and where those who follow its changes stand. */
export interface SqliteNotes {
  logRemoval (removal: LoggedRemoval): void
  /** The next lines after the cursor; none at the end. */
  removals (since: RemovalCursor | undefined): Line[]
  mark (name: string): ChangeCursor | undefined
  setMark (...mark: Parameters<ArchiveStore['setMark']>): void
}

const LINES = 500

export const NOTES_TABLES = `
  -- cursor: time and a hash of the line; document: the line as JSON.
  CREATE TABLE removals (cursor TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE marks (name TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID;
`

export function createSqliteNotes (db: Database): SqliteNotes {
  const insert = db.prepare('INSERT OR IGNORE INTO removals (cursor, document) VALUES (?, ?)')
  const next = db.prepare<[string, number], { cursor: RemovalCursor, document: string }>(
    'SELECT * FROM removals WHERE cursor > ? ORDER BY cursor LIMIT ?')
  const getMark = db.prepare<[string], ChangeCursor>('SELECT cursor FROM marks WHERE name = ?').pluck()
  const putMark = db.prepare('INSERT OR REPLACE INTO marks (name, cursor) VALUES (?, ?)')

  return {
    logRemoval (asGiven) {
      const { cursor, removal } = removalLine(asGiven)
      insert.run(cursor, JSON.stringify(removal))
    },
    removals: (since = '' as RemovalCursor) => next.all(since, LINES)
      .map(({ cursor, document }) => ({ ...JSON.parse(document) as LoggedRemoval, cursor })),
    mark: name => getMark.get(name),
    setMark (name, cursor) {
      putMark.run(name, cursor)
    }
  }
}
