/** A process of its own with a record open, for the tests of locks and limits. It does what it is told and answers each time. */
import Database from 'better-sqlite3'
import { createAppend } from '../../src/archive/append.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { Order, Report } from './sqlite-children.ts'
import { message } from './sample-events.ts'

const [, , path = ''] = process.argv
const store = createSqliteStore({ path })
// As an import does it: patiently, where another process is quicker again and again.
const append = createAppend({ store, onRecorded () {}, log: silentLogger })
const lock = new Database(path)
// Without a handler the system ends a process whose file reaches its limit.
process.on('SIGXFSZ', () => {})

async function follow (order: Order): Promise<Report> {
  switch (order.do) {
    case 'lock':
      lock.exec('BEGIN IMMEDIATE')
      return {}
    case 'unlock':
      lock.exec('ROLLBACK')
      return {}
    case 'append':
      try {
        const results = await store.append(order.seconds.map(second => message(second, { body: 'x'.repeat(1000) })))
        return { fresh: results.filter(({ isNew }) => isNew).length }
      } catch (error) {
        return error instanceof HansardError ? { code: error.code, text: error.message } : { code: 'another', text: String(error) }
      }
    case 'import':
      for (let n = 0; n < order.batches; n++) {
        await append.append(Array.from({ length: 1000 }, (_, k) => message(1e6 + n * 1000 + k, { uid: `import-${n}-${k}` })))
        process.send?.({ batch: n } satisfies Report)
      }
      return { batch: order.batches }
  }
}

process.on('message', order => { void follow(order as Order).then(report => process.send?.(report)) })
process.on('disconnect', () => process.exit())
process.send?.({} satisfies Report)
