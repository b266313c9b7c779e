import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { hasCode, HansardError, messageOf } from '../model/errors.ts'
import type { CouchClient } from './couchdb-client.ts'
import { DESIGN_PREFIX, designOf, DESIGNS } from './couchdb-design.ts'
import type { Design, DesignKey, ViewName } from './couchdb-design.ts'
import { storeClosed } from './group-writer.ts'

export interface CouchSetup {
  /** Resolves when the database exists and has the design documents of this version; tried again after a failure. */
  database (): Promise<void>
  /** Resolves when the index is built; ERR_STORE_UNAVAILABLE with the progress after a while of waiting. */
  view (name: ViewName): Promise<void>
  close (): void
}

interface Options {
  readonly client: CouchClient
  readonly log: Logger
  readonly waitMs: number
}

interface ViewInfo {
  readonly view_index: { readonly updater_running: boolean, readonly updates_pending?: { readonly total: number } }
}

// So few missing rows are added while a query waits.
const NEARLY_BUILT = 500
const POLL_MS = { first: 20, most: 2000 }
const REPORT_MS = 30_000

/** Creates the database, deploys the views beside those of other versions, waits for their indexes, then removes the others. */
export function createCouchSetup ({ client, log, waitMs }: Options): CouchSetup {
  const stop = new AbortController()
  const pending = new Map<DesignKey, number>()
  let ready: Promise<void> | undefined
  let building: Map<DesignKey, Promise<void>> | undefined

  async function prepare (): Promise<void> {
    await createDatabase()
    for (const design of DESIGNS) await deploy(design)
    client.hasWorked(() => { ready = undefined })
    building = new Map(DESIGNS.map(design => [design.key, build(design)]))
    void Promise.all(building.values()).then(removeOldDesigns).catch((error: unknown) => {
      if (stop.signal.aborted) return
      log.warn({ err: messageOf(error) }, 'CouchDB did not finish preparing the views; trying again with the next request')
      ready = undefined
    })
  }

  async function createDatabase (): Promise<void> {
    if (await client.request('', { allow: [404] }) !== undefined) return
    try {
      // Two shards: the measured best for one node; a cluster's administrator may create the database with more.
      await client.request('', { method: 'PUT', query: { q: 2 }, allow: [412] })
      log.info({ database: client.address }, 'created the database')
    } catch (error) {
      if (!hasCode(error, 'ERR_STORE')) throw error
      throw new HansardError('ERR_STORE', `Cannot create the database ${client.address}: ${messageOf(error)}; ` +
        'create it as a server administrator and make this user one of its administrators (docs/couchdb.md)')
    }
  }

  async function deploy ({ name, document }: Design): Promise<void> {
    if (await client.request(`_design/${name}`, { allow: [404] }) !== undefined) return
    await client.request(`_design/${name}`, { method: 'PUT', body: document, allow: [409] })
    log.info({ design: name }, 'deployed a view')
  }

  async function build ({ key, name, document }: Design): Promise<void> {
    const [view = ''] = Object.keys(document.views)
    await client.request(`_design/${name}/_view/${view}`, { query: { limit: 0, reduce: false, update: 'lazy' } })
    let reported = performance.now()
    for (let pause = POLL_MS.first; ; pause = Math.min(pause * 2, POLL_MS.most)) {
      const { view_index: index } = await client.request(`_design/${name}/_info`) as ViewInfo
      const missing = index.updates_pending?.total ?? (index.updater_running ? Infinity : 0)
      if (missing <= NEARLY_BUILT) break
      pending.set(key, missing)
      if (performance.now() - reported > REPORT_MS) {
        log.info({ design: name, missing }, 'CouchDB is building an index')
        reported = performance.now()
      }
      await sleep(pause, undefined, { signal: stop.signal })
    }
    pending.delete(key)
  }

  async function removeOldDesigns (): Promise<void> {
    const { rows } = await client.request('_all_docs', {
      method: 'POST',
      body: { startkey: `_design/${DESIGN_PREFIX}`, endkey: `_design/${DESIGN_PREFIX}~` }
    }) as { rows: ReadonlyArray<{ id: string, value: { rev: string } }> }
    const old = rows.filter(({ id }) => !DESIGNS.some(({ name }) => id === `_design/${name}`))
    if (old.length === 0) return
    const docs = old.map(({ id, value }) => ({ _id: id, _rev: value.rev, _deleted: true }))
    await client.request('_bulk_docs', { method: 'POST', body: { docs } })
    await client.request('_view_cleanup', { method: 'POST', body: {} })
    log.info({ designs: old.map(({ id }) => id) }, 'removed the views of another version')
  }

  async function database (): Promise<void> {
    ready ??= prepare().catch((error: unknown) => {
      ready = undefined
      throw error
    })
    await ready
  }

  return {
    database,

    async view (name) {
      await database()
      const { key } = designOf(name)
      const late = new AbortController()
      const timer = sleep(waitMs, undefined, { signal: late.signal, ref: false }).then(() => {
        throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot use CouchDB at ${client.address} yet: it is building the index ` +
          `"${key}", ${pending.get(key) ?? 'some'} documents are missing; wait for it`)
      })
      timer.catch(() => {})
      try {
        await Promise.race([building?.get(key), timer])
      } catch (error) {
        throw stop.signal.aborted ? storeClosed() : error
      } finally {
        late.abort()
      }
    },

    close () {
      stop.abort()
    }
  }
}
