/**
 * Records what a real CouchDB answers to the requests of test/fake-couchdb/conformance.ts, in a database of its own
 * that is deleted afterwards: COUCHDB_URL=http://admin:password@127.0.0.1:5984/ node --import tsx scripts/record-couchdb-conformance.ts
 */
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { runConformance } from '../test/fake-couchdb/conformance.ts'
import type { Answer } from '../test/fake-couchdb/conformance.ts'

const server = process.env['COUCHDB_URL']
if (server === undefined) {
  process.stderr.write('Set COUCHDB_URL, for example to http://admin:password@127.0.0.1:5984/\n')
  process.exit(2)
}
const url = new URL(server)
const headers = { authorization: `Basic ${btoa(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)}`, 'content-type': 'application/json' }
url.username = url.password = ''
const base = new URL(`conformance-${randomUUID()}/`, url)

async function send (method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(new URL(path, base), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return { status: response.status, body: await response.json() }
}

const { version } = await (await fetch(url, { headers })).json() as { version: string }
// One shard: _changes has an order only within one.
await send('PUT', '?q=1')
try {
  const answers = await runConformance(send)
  const file = new URL('../test/fixtures/couchdb/conformance.json', import.meta.url)
  writeFileSync(file, `${JSON.stringify({ version, date: new Date().toISOString().slice(0, 10), answers }, null, 1)}\n`)
  process.stdout.write(`${Object.keys(answers).length} answers of CouchDB ${version} recorded\n`)
} finally {
  await send('DELETE', '')
}
