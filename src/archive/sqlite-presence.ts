import { statSync } from 'node:fs'
import { HansardError } from '../model/errors.ts'

/**
 * Notes which files these are, and throws ERR_STORE_UNAVAILABLE when others, or none, stand in their place: SQLite goes on writing
 * to a file that was moved or deleted, where nobody finds it again.
 */
export function createPresenceCheck (path: string): () => void {
  if (path === ':memory:') return () => {}
  const files = [path, `${path}-wal`]
  const before = files.map(identity)

  return () => {
    const n = files.findIndex((file, n) => before[n] !== undefined && identity(file) !== before[n])
    if (n === -1) return
    throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot use the record ${path}: ${files[n]} was moved, deleted or replaced while in use; ` +
      'put it back, or restart the program to use what stands there now')
  }
}

function identity (path: string): string | undefined {
  try {
    const file = statSync(path, { bigint: true, throwIfNoEntry: false })
    return file && `${file.dev} ${file.ino}`
  } catch {
    return undefined
  }
}
