import Database from 'better-sqlite3'

/** Gives the lock back; the system does so too when the process ends, however it ends. */
export type Unlock = () => void

/** Takes the lock of a path, by a small file of its own; undefined while another process or thread has it. */
export function takeLock (path: string): Unlock | undefined {
  const db = new Database(path, { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
    return () => { db.close() }
  } catch (error) {
    db.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
}
