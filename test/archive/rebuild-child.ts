/** A process of its own that builds the search index of a record anew, for the tests that kill it. Tells each batch on a line. */
import { rebuildIndex } from '../../src/archive/index-rebuild.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { createLocalIndex } from '../../src/search/local.ts'

const [, , recordPath = '', indexPath = ''] = process.argv
const store = createSqliteStore({ path: recordPath })
const index = createLocalIndex({ path: indexPath, log: silentLogger })
const rebuild = index.rebuilding?.begin(false)
if (rebuild === undefined) throw new Error('another process builds')
process.stdout.write(`from ${rebuild.checkpoint() ?? 'the beginning'}\n`)
await rebuildIndex({ store, rebuild, onProgress (changes) { process.stdout.write(`${changes}\n`) } })
process.stdout.write('done\n')
await index.close()
await store.close()
