import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { hasRemains } from '../../src/archive/sqlite-remains.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { message } from './sample-events.ts'

const COUNT = `import Database from 'better-sqlite3'
const db = new Database(process.argv[1])
process.stdout.write(String(db.prepare("SELECT count(*) AS n FROM events").get().n))
db.close()`

/** As any other process that has the record open for a moment. */
function countElsewhere (path: string): number {
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', COUNT, path], { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' }))
}

// POSIX takes all its locks on a file from a process that closes any descriptor of it. Those on the database file may go so;
// without those on the -shm file, whoever closes the record elsewhere would delete the log into which this process writes.
test('after the file was looked through, what is recorded here is still seen by other processes', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-locks-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  const path = join(folder, 'hansard.db')
  const store = createSqliteStore({ path })
  t.after(() => store.close())
  await store.append([message(0)])
  assert.equal(countElsewhere(path), 1)
  await hasRemains(path)
  await hasRemains(path)
  assert.equal(countElsewhere(path), 1)
  await store.append([message(1)])
  assert.equal(countElsewhere(path), 2)
})
