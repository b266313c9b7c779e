import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import Database from 'better-sqlite3'
import { createCouchdbStore } from '../../src/archive/couchdb.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { silentLogger } from '../../src/log.ts'
import { ended } from './ended.ts'
import { startFaultProxy } from './fault-proxy.ts'

export const STORES = ['sqlite', 'couchdb'] as const
export type StoreName = typeof STORES[number]

/** A store for the program under test, which can be out of its reach for a while and keeps what it has. */
export interface RecordStore {
  /** The value of `store` in the configuration. */
  readonly yaml: string
  /** To look at the record, also while the program writes; to be closed by the caller. */
  open (): Promise<ArchiveStore>
  /** SQLite: another process writes, and does not end. CouchDB: nobody listens at its port. */
  goAway (): Promise<void>
  comeBack (): Promise<void>
  close (): Promise<void>
}

export async function startRecordStore (name: StoreName, folder: string): Promise<RecordStore> {
  return name === 'sqlite' ? sqlite(join(folder, 'hansard.db')) : couchdb()
}

function sqlite (path: string): RecordStore {
  let blocker: Database.Database | undefined
  return {
    yaml: `{ driver: sqlite, path: ${JSON.stringify(path)} }`,
    open: async () => createSqliteStore({ path }),
    async goAway () {
      blocker = new Database(path)
      blocker.exec('BEGIN IMMEDIATE')
    },
    async comeBack () {
      blocker?.close()
      blocker = undefined
    },
    async close () { blocker?.close() }
  }
}

/** The fake in a process of its own, or, where COUCHDB_URL is set, a database of our own there. */
async function couchdb (): Promise<RecordStore> {
  const real = process.env['COUCHDB_URL']
  const fake = real === undefined ? await startFake() : undefined
  const server = new URL(real ?? fake?.url ?? '')
  const database = `test-${process.pid}-${Date.now().toString(36)}`
  const direct = new URL(database, server)
  const proxy = await startFaultProxy({ host: server.hostname, port: Number(server.port || 5984) })
  const url = new URL(direct)
  url.host = `127.0.0.1:${proxy.port}`
  return {
    yaml: `{ driver: couchdb, url: ${JSON.stringify(url.href)} }`,
    open: async () => createCouchdbStore({ url: direct.href, log: silentLogger }),
    goAway: async () => proxy.refuse(),
    comeBack: async () => proxy.restore(),
    async close () {
      await proxy.close()
      if (real !== undefined) await remove(direct)
      await fake?.stop()
    }
  }
}

async function startFake (): Promise<{ url: string, stop (): Promise<void> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'fake-couchdb-process.ts')], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  const [url] = await once(createInterface({ input: child.stdout }), 'line') as [string]
  return {
    url,
    async stop () {
      child.stdin.end()
      await ended(child)
    }
  }
}

async function remove (database: URL): Promise<void> {
  const authorization = `Basic ${btoa(`${decodeURIComponent(database.username)}:${decodeURIComponent(database.password)}`)}`
  const bare = new URL(database)
  bare.username = bare.password = ''
  await fetch(bare, { method: 'DELETE', headers: { authorization } })
}
