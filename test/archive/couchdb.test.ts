import { strict as assert } from 'node:assert'
import { after, before, test } from 'node:test'
import { createCouchdbStore } from '../../src/archive/couchdb.ts'
import { silentLogger } from '../../src/log.ts'
import { startFakeCouch } from '../fake-couchdb/server.ts'
import type { FakeCouch } from '../fake-couchdb/server.ts'
import { storeContract } from './store-contract.ts'

const REAL = process.env['COUCHDB_URL']
const HOW = 'set COUCHDB_URL, for example to http://admin:password@127.0.0.1:5984/, to run the contract on a real CouchDB; ' +
  'it makes databases named test-… there and deletes them'

let fake: FakeCouch
let limited: FakeCouch
before(async () => {
  fake = await startFakeCouch()
  limited = await startFakeCouch({ isServerAdmin: false })
})
after(async () => {
  await fake.close()
  await limited.close()
})

storeContract({
  name: 'couchdb (on the fake)',
  open: async place => createCouchdbStore({ url: fake.url + place, log: silentLogger }),
  async dispose (place) { fake.databases.delete(place) },
  hasOneChangeOrder: false,
  propertyRuns: 12
})

storeContract({
  name: 'couchdb (on the fake, without the right to purge)',
  open: async place => createCouchdbStore({ url: limited.url + place, log: silentLogger }),
  async dispose (place) { limited.databases.delete(place) },
  hasOneChangeOrder: false,
  propertyRuns: 4,
  parts: ['tombstones and purge', 'revise and scrub', 'the log of removals and marks', 'life', 'compared with a model']
})

storeContract({
  name: 'couchdb (on a real server)',
  open: async place => createCouchdbStore({ url: new URL(place, REAL).href, log: silentLogger }),
  dispose: deleteDatabase,
  hasOneChangeOrder: false,
  propertyRuns: 10,
  skip: REAL === undefined ? HOW : undefined
})

if (REAL === undefined && process.env['REQUIRE_COUCHDB'] === '1') {
  test('a real CouchDB is there, since REQUIRE_COUCHDB is 1', () => { assert.fail(HOW) })
}

async function deleteDatabase (place: string): Promise<void> {
  const url = new URL(place, REAL)
  const authorization = `Basic ${btoa(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)}`
  url.username = url.password = ''
  await fetch(url, { method: 'DELETE', headers: { authorization } })
}
