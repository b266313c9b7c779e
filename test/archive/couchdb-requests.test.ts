import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { createCouchdbStore } from '../../src/archive/couchdb.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { silentLogger } from '../../src/log.ts'
import { startFakeCouch } from '../fake-couchdb/server.ts'
import { at, LOUNGE, messages } from './sample-events.ts'

const READS: ReadonlyArray<readonly [name: string, requests: number, read: (store: ArchiveStore) => Promise<unknown>]> = [
  ['a page', 1, store => store.page(LOUNGE, { stream: 'talk', limit: 5 })],
  ['the last page', 1, store => store.page(LOUNGE, { stream: 'talk', limit: 5, reverse: true })],
  ['a page between two uids', 2, store => store.page(LOUNGE, { stream: 'talk', limit: 5, after: 'uid-60', before: 'uid-1200' })],
  ['a page of one nick', 1, store => store.page(LOUNGE, { stream: 'talk', limit: 5, nick: 'alice' })],
  ['a count', 1, store => store.count(LOUNGE, { stream: 'talk', start: at(5), end: at(6000) })],
  ['a count of one nick', 1, store => store.count(LOUNGE, { stream: 'talk', nick: 'alice' })],
  ['a rank', 1, store => store.rank(LOUNGE, 'talk', at(600))],
  ['one event', 1, store => store.get(LOUNGE, 'uid-60')],
  ['many uids', 1, store => store.getMany(LOUNGE, messages(100).map(({ uid }) => uid))]
]

test('what a page of MAM needs costs so many requests, whatever the room holds', async t => {
  const fake = await startFakeCouch()
  const store = createCouchdbStore({ url: `${fake.url}record`, log: silentLogger })
  t.after(async () => {
    await store.close()
    await fake.close()
  })
  for (const size of [100, 3000]) {
    await store.append(messages(size))
    for (const [, , read] of READS) await read(store) // the views are looked up once
    for (const [name, expected, read] of READS) {
      let requests = 0
      fake.interfere(() => {
        requests += 1
        return undefined
      })
      await read(store)
      assert.equal(requests, expected, `${name} of ${size} messages`)
    }
  }
})
