import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import { messageOf } from '../model/errors.ts'
import type { CouchClient } from './couchdb-client.ts'
import { DESIGNS } from './couchdb-design.ts'

/** Rids the files of the database and of its views of what was taken out. */
export interface CouchCompaction {
  /** Resolves when a compaction was started, or is to be once the one that runs has ended; problems are logged, and tried again. */
  start (): Promise<void>
  /** Waits a while for what was asked for. */
  close (): Promise<void>
}

interface Info {
  readonly compact_running?: boolean
  readonly view_index?: { readonly compact_running?: boolean }
}

const POLL_MS = { first: 20, most: 2000 }
// A large database is not to be compacted all the time: after each time it is left in peace for ten times as long.
const REST = 10
const SMALL_MS = 2000
const RETRY_MS = 30_000
const CLOSE_MS = 10_000

export function createCouchCompaction ({ client, log }: { client: CouchClient, log: Logger }): CouchCompaction {
  const hurry = new AbortController()
  const stop = new AbortController()
  let isOwed = false
  let running: Promise<void> | undefined

  /** `onWait` is called when another compaction runs: it may have passed by what was taken out since, so it does not count. */
  async function idle (path: string, onWait = (): void => {}): Promise<void> {
    for (let pause = POLL_MS.first; ; pause = Math.min(pause * 2, POLL_MS.most)) {
      const info = await client.request(path) as Info
      if (info.compact_running !== true && info.view_index?.compact_running !== true) return
      onWait()
      await sleep(pause, undefined, { signal: stop.signal })
    }
  }

  async function compact (onStart: () => void): Promise<void> {
    await idle('', onStart)
    await client.request('_compact', { method: 'POST', body: {} })
    onStart()
    await idle('')
    for (const { name, document } of DESIGNS) {
      const [view = ''] = Object.keys(document.views)
      // Brings the index up to date, which then has no rows of what is gone.
      await client.request(`_design/${name}/_view/${view}`, { query: { limit: 0, reduce: false } })
      await idle(`_design/${name}/_info`)
      await client.request(`_compact/${name}`, { method: 'POST', body: {} })
      await idle(`_design/${name}/_info`)
    }
  }

  async function run (onStart: () => void): Promise<void> {
    while (isOwed && !stop.signal.aborted) {
      const began = performance.now()
      let pause = RETRY_MS
      isOwed = false
      try {
        await compact(onStart)
        pause = Math.max(0, performance.now() - began - SMALL_MS) * REST
      } catch (error) {
        if (stop.signal.aborted) break
        log.warn({ err: messageOf(error) }, 'the files of CouchDB may still hold texts that were taken out: they could not be compacted')
        if (hurry.signal.aborted) break
        isOwed = true
      }
      onStart()
      await sleep(pause, undefined, { signal: hurry.signal, ref: false }).catch(() => {})
    }
    onStart()
    running = undefined
  }

  return {
    start () {
      isOwed = true
      return new Promise(resolve => {
        if (running === undefined) running = run(resolve)
        else resolve()
      })
    },

    async close () {
      hurry.abort()
      if (running === undefined) return
      const late = new AbortController()
      const isLate = await Promise.race([
        running.then(() => false),
        sleep(CLOSE_MS, true, { signal: late.signal }).catch(() => false)
      ])
      late.abort()
      stop.abort()
      if (isLate) log.warn({ database: client.address }, 'closing while CouchDB is compacting; its files are rid of removed texts when it has ended')
    }
  }
}
