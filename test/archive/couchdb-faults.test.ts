import { strict as assert } from 'node:assert'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { inspect } from 'node:util'
import { createCouchdbStore } from '../../src/archive/couchdb.ts'
import { DESIGNS } from '../../src/archive/couchdb-design.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { silentLogger } from '../../src/log.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { Database } from '../fake-couchdb/database.ts'
import type { CouchRequest } from '../fake-couchdb/routes.ts'
import { startFakeCouch } from '../fake-couchdb/server.ts'
import type { FakeCouch, Fault } from '../fake-couchdb/server.ts'
import { at, join, LOUNGE, message, messages } from './sample-events.ts'
import { allTalk, uids } from './store-under-test.ts'

const PASSWORD = 's3cr3t@:/%'
const PAGE = `<!DOCTYPE html><title>Bad gateway</title>${'<p>…</p>'.repeat(1000)}`

interface Stage {
  readonly fake: FakeCouch
  readonly store: ArchiveStore
  readonly database: () => Database
}

async function setStage (t: TestContext, requestTimeoutMs = 5000, isServerAdmin = true): Promise<Stage> {
  const fake = await startFakeCouch({ password: PASSWORD, isServerAdmin })
  const store = createCouchdbStore({ url: `${fake.url}record`, log: silentLogger, requestTimeoutMs })
  t.after(async () => {
    fake.interfere(() => undefined)
    await store.close()
    await fake.close()
  })
  return { fake, store, database: () => fake.databases.get('record') ?? assert.fail('no database') }
}

function isTo (request: CouchRequest, ...path: string[]): boolean {
  return path.every((part, n) => request.path[n + 1] === part)
}

/** The fault for the first request that fits, and only for it. */
function once (fits: (request: CouchRequest) => boolean, fault: Fault | undefined): (request: CouchRequest) => Fault | undefined {
  let isDone = false
  return request => {
    if (isDone || !fits(request)) return undefined
    isDone = true
    return fault
  }
}

/** Resolves when the database is compacted the next time. */
async function compaction (fake: FakeCouch): Promise<void> {
  await new Promise<void>(resolve => {
    fake.interfere(request => {
      if (!isTo(request, '_compact') || request.path.length > 2) return undefined
      return {
        type: 'change',
        body (body) {
          resolve()
          return body
        }
      }
    })
  })
}

function answer (status: number, error: string, reason = error): Fault {
  return { type: 'answer', status, body: { error, reason } }
}

const unavailable = { code: 'ERR_STORE_UNAVAILABLE' }

test('a wrong password is refused with a word on what to do and without the password', async t => {
  const { fake } = await setStage(t)
  const store = createCouchdbStore({ url: fake.url.replace('admin', 'other') + 'record', log: silentLogger })
  t.after(() => store.close())
  await assert.rejects(store.ping(), (error: unknown) => {
    assert.ok(error instanceof HansardError && error.code === 'ERR_STORE')
    assert.match(error.message, /127\.0\.0\.1:\d+\/record.*status 401.*check user and password/)
    return true
  })
})

test('a user who may not create the database is told how it is done', async t => {
  const { fake, store } = await setStage(t)
  fake.interfere(({ method }) => method === 'PUT' ? answer(403, 'forbidden', 'You are not a server admin.') : undefined)
  await assert.rejects(store.ping(), { code: 'ERR_STORE', message: /create it as a server administrator/ })
  fake.interfere(() => undefined)
  await store.ping()
})

test('an address without database, or none at all, is refused without showing a password', () => {
  for (const url of ['http://u:hush@h:5984/', 'ftp://u:hush@h/x', 'hush', 'http://u:hush@:5984/x']) {
    assert.throws(() => createCouchdbStore({ url, log: silentLogger }), (error: unknown) =>
      error instanceof HansardError && error.code === 'ERR_STORE' && !error.message.includes('hush'))
  }
})

test('a server that is not there is out of reach', async t => {
  const server = createServer()
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => { server.close(resolve) })
  const store = createCouchdbStore({ url: `http://u:hush@127.0.0.1:${port}/record`, log: silentLogger })
  t.after(() => store.close())
  await assert.rejects(store.append([message(0)]), { ...unavailable, message: new RegExp(`127\\.0\\.0\\.1:${port}/record: connect ECONNREFUSED`) })
})

const OUTAGES: ReadonlyArray<readonly [name: string, fault: Fault]> = [
  ['500 timeout', answer(500, 'timeout', 'The request could not be processed in a reasonable amount of time.')],
  ['503', answer(503, 'service_unavailable')],
  ['429', answer(429, 'too_many_requests')],
  ['401', answer(401, 'unauthorized', 'Name or password is incorrect.')],
  ['403', answer(403, 'forbidden', 'You are not allowed to access this db.')],
  ['404', answer(404, 'not_found', 'Database does not exist.')],
  ['409', answer(409, 'conflict', 'Document update conflict.')],
  ['412', answer(412, 'file_exists')],
  ['507', answer(507, 'insufficient_storage')],
  ['502 of a proxy', { type: 'answer', status: 502, body: {} }],
  ['a page of a proxy', { type: 'page', status: 502, html: PAGE }],
  ['a page of a proxy that says all is well', { type: 'page', status: 200, html: PAGE }],
  ['a page of a proxy, cut short', { type: 'page', status: 200, html: PAGE, isCut: true }],
  ['JSON of a proxy', { type: 'answer', status: 200, body: { status: 'maintenance' } }],
  ['a refused connection', { type: 'refuse' }],
  ['a connection lost before the answer', { type: 'reset' }],
  ['an answer cut short', { type: 'truncate' }],
  ['no answer', { type: 'stall' }],
  ['something else than an answer', { type: 'change', body: () => 'welcome to the hotel network' }]
]

for (const [name, fault] of OUTAGES) {
  test(`${name}: everything is out of reach, nothing is lost or doubled, and works when it is over`, async t => {
    const { fake, store } = await setStage(t, fault.type === 'stall' ? 1000 : 5000)
    const [recorded] = await store.append([message(0)])
    const calls: Array<() => Promise<unknown>> = [
      () => store.append([message(60), join(61)]),
      () => store.page(LOUNGE, { stream: 'talk', limit: 5 }),
      () => store.page(LOUNGE, { stream: 'talk', limit: 5, nick: 'alice' }),
      () => store.page(LOUNGE, { stream: 'talk', limit: 5, after: 'uid-0' }),
      () => store.count(LOUNGE, { stream: 'talk' }),
      () => store.get(LOUNGE, 'uid-0'),
      () => store.days(LOUNGE),
      () => store.rooms(),
      () => store.changes()[Symbol.asyncIterator]().next(),
      () => store.revise(LOUNGE, 'uid-0', () => ({ ...recorded!.event, body: 'revised' })),
      () => store.scrub(LOUNGE, ['uid-0'], () => ({ ...recorded!.event, body: 'new' })),
      () => store.referring(LOUNGE, ['x']),
      () => store.logRemoval({ time: at(0), room: LOUNGE, by: 'author', count: 0 }),
      () => store.removals()[Symbol.asyncIterator]().next(),
      () => store.mark('x'),
      () => store.setMark('x', '0' as never),
      () => store.purge(LOUNGE, at(-60)),
      () => store.putGaps([{ room: LOUNGE, from: at(0), cause: 'stopped' }]),
      () => store.gaps(LOUNGE),
      () => store.ping()
    ]
    await store.page(LOUNGE, { stream: 'talk', limit: 5, nick: 'alice' })
    fake.interfere(() => fault)
    await Promise.all(calls.map(call => assert.rejects(call(), (error: unknown) => {
      assert.ok(error instanceof HansardError && error.code === 'ERR_STORE_UNAVAILABLE', String(error))
      assert.match(error.message, /127\.0\.0\.1:\d+\/record/)
      assert.ok(!error.message.includes(PASSWORD) && !error.message.includes('<p>'))
      return true
    })))
    fake.interfere(() => undefined)
    for (const call of calls) await call()
    assert.deepEqual(uids(await allTalk(store, LOUNGE)), ['uid-0', 'uid-60'])
  })
}

test('a server that is stopped and started again takes what it refused meanwhile, once', async t => {
  const first = await startFakeCouch({ password: PASSWORD })
  const store = createCouchdbStore({ url: `${first.url}record`, log: silentLogger })
  await store.append([message(0)])
  await first.close()
  const batch = [message(0), message(1), join(1)]
  for (let n = 0; n < 2; n++) await assert.rejects(store.append(batch), { ...unavailable, message: /ECONNREFUSED|other side closed|ECONNRESET/ })
  const second = await startFakeCouch({ password: PASSWORD, port: Number(new URL(first.url).port), databases: first.databases })
  t.after(async () => {
    await store.close()
    await second.close()
  })
  assert.deepEqual((await store.append(batch)).map(({ isNew }) => isNew), [false, true, true])
  assert.equal((await allTalk(store, LOUNGE)).length, 2)
})

test('a database that is deleted while in use is made again with its views, and takes gaps and events', async t => {
  const { fake, store } = await setStage(t)
  await store.append(messages(3))
  await store.days(LOUNGE)
  fake.databases.delete('record')
  await assert.rejects(store.putGaps([{ room: LOUNGE, from: at(0), cause: 'stopped' }]), { ...unavailable, message: /status 404.*is gone/ })
  await store.putGaps([{ room: LOUNGE, from: at(0), cause: 'stopped' }])
  await store.append(messages(2))
  assert.equal((await store.days(LOUNGE))[0]?.talk, 2)
  assert.equal((await store.gaps(LOUNGE)).length, 1)
})

test('an error of the server told for one document is an outage, not a refusal of the event', async t => {
  const { fake, store } = await setStage(t)
  await store.append([message(0)])
  for (const error of ['timeout', 'internal_server_error', 'service_unavailable']) {
    fake.interfere(once(request => isTo(request, '_bulk_docs'), { type: 'answer', status: 201, body: [{ id: 'x', error, reason: 'told' }] }))
    await assert.rejects(store.append([message(1)]), unavailable)
  }
  assert.deepEqual((await store.append([message(1)])).map(({ isNew }) => isNew), [true])
})

test('events whose answer was lost are recorded once, and the next try still tells them as new', async t => {
  const { fake, store } = await setStage(t)
  await store.append([message(0)])
  fake.interfere(once(request => isTo(request, '_bulk_docs'), { type: 'reset' }))
  await assert.rejects(store.append(messages(3)), unavailable)
  const results = await store.append(messages(3))
  assert.deepEqual(results.map(({ isNew }) => isNew), [false, true, true])
  assert.deepEqual((await store.append(messages(3))).map(({ isNew }) => isNew), [false, false, false])
  assert.equal((await allTalk(store, LOUNGE)).length, 3)
})

test('a gap whose answer was lost stands once, in the form put last', async t => {
  const { fake, store } = await setStage(t)
  const gap = { room: LOUNGE, from: at(0), cause: 'stopped' as const }
  for (const put of [gap, { ...gap, to: at(60) }]) {
    fake.interfere(once(request => isTo(request, '_bulk_docs'), { type: 'reset' }))
    await assert.rejects(store.putGaps([put]), unavailable)
    await store.putGaps([put])
    assert.deepEqual(await store.gaps(LOUNGE), [put])
  }
})

test('a gap that another writer changes meanwhile is put all the same, unless he does not stop', async t => {
  const { fake, store, database } = await setStage(t)
  const gap = { room: LOUNGE, from: at(0), cause: 'stopped' as const }
  await store.putGaps([gap])
  let rounds = 0
  let most = 3
  fake.interfere(request => {
    if (isTo(request, '_bulk_docs') && rounds++ < most) {
      const id = `${LOUNGE}:g:${at(0)}`
      database().write([{ ...database().json(id), problem: `refused ${rounds}` }], true)
    }
    return undefined
  })
  await store.putGaps([{ ...gap, to: at(1) }, { ...gap, from: at(9) }])
  assert.equal(rounds, 4)
  assert.deepEqual(await store.gaps(LOUNGE), [{ ...gap, to: at(1) }, { ...gap, from: at(9) }])
  most = Infinity
  await assert.rejects(store.putGaps([gap]), { ...unavailable, message: /another writer keeps changing them/ })
})

test('half an outcome of a bulk is not taken for all of it', async t => {
  const { fake, store } = await setStage(t)
  await store.ping()
  fake.interfere(once(request => isTo(request, '_bulk_docs'), { type: 'change', body: body => (body as unknown[]).slice(0, 2) }))
  await assert.rejects(store.append(messages(4)), unavailable)
  assert.ok((await store.append(messages(4))).every(({ isNew }) => isNew))
  assert.equal((await allTalk(store, LOUNGE)).length, 4)
})

test('a document that the server refuses fails its own call only', async t => {
  const { fake, store } = await setStage(t)
  await store.ping()
  fake.interfere(request => isTo(request, '_bulk_docs') && request.text.includes('poison')
    ? { type: 'answer', status: 201, body: (JSON.parse(request.text) as { docs: object[] }).docs.map(() => ({ id: 'x', error: 'forbidden', reason: 'no' })) }
    : undefined)
  const calls = await Promise.allSettled([store.append([message(0)]), store.append([message(1, { body: 'poison' })]), store.append([message(2)])])
  assert.deepEqual(calls.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'])
  assert.equal((calls[1] as PromiseRejectedResult).reason.code, 'ERR_STORE')
})

test('a request too large is refused for good', async t => {
  const { fake, store } = await setStage(t)
  await store.ping()
  fake.interfere(once(request => isTo(request, '_bulk_docs'), answer(413, 'too_large')))
  await assert.rejects(store.append([message(0)]), { code: 'ERR_STORE' })
})

test('a place that another writer took meanwhile is left to him', async t => {
  const { fake, store, database } = await setStage(t)
  await store.append([message(-60)])
  let round = 0
  fake.interfere(request => {
    if (isTo(request, '_bulk_docs') && round++ < 3) {
      const { docs: [doc] } = JSON.parse(request.text) as { docs: [object] }
      database().write([{ ...doc, uid: `other-${round}`, anchor: `t071409${'cde'[round - 1]}` }], true)
    }
    return undefined
  })
  const [result] = await store.append([message(0)])
  assert.deepEqual([result?.event.time, result?.event.anchor, result?.isNew], [at(0.000003), 't071409f', true])
  assert.equal((await allTalk(store, LOUNGE)).length, 5)
})

test('one uid that two writers record at once at different times stands once afterwards', async t => {
  for (const [theirs, keepsOurs] of [[at(-5), false], [at(5), true]] as const) {
    const { fake, store, database } = await setStage(t)
    await store.ping()
    fake.interfere(once(request => {
      if (!isTo(request, '_bulk_docs')) return false
      const { docs: [doc] } = JSON.parse(request.text) as { docs: [object] }
      database().write([{ ...doc, _id: `${LOUNGE}:t:${theirs}`, time: theirs, anchor: 't071404' }], true)
      return true
    }, undefined))
    const [result] = await store.append([message(0)])
    assert.equal(result?.isNew, keepsOurs)
    assert.equal(result?.event.time, keepsOurs ? at(0) : theirs)
    assert.deepEqual(await allTalk(store, LOUNGE), [result?.event])
    assert.equal(await store.count(LOUNGE, { stream: 'talk' }), 1)
  }
})

test('without offsets counts are exact all the same', async t => {
  const { fake, store } = await setStage(t)
  const hours = Array.from({ length: 24 * 4 }, (_, n) => n)
  await store.append(hours.map(n => message(n * 3600)))
  fake.interfere(request => isTo(request, '_all_docs', 'queries')
    ? { type: 'change', body: body => ({ results: (body as { results: object[] }).results.map(result => ({ ...result, offset: null })) }) }
    : undefined)
  assert.equal(await store.count(LOUNGE, { stream: 'talk' }), 96)
  assert.equal(await store.count(LOUNGE, { stream: 'presence' }), 0)
  for (const from of [0, 1, 17, 40]) {
    for (const to of [0, 3, 17, 41, 95]) {
      const expected = Math.max(0, to - from + 1)
      assert.equal(await store.count(LOUNGE, { stream: 'talk', start: at(from * 3600), end: at(to * 3600) }), expected, `${from} to ${to}`)
    }
    assert.equal(await store.rank(LOUNGE, 'talk', at(from * 3600)), from)
    assert.equal(await store.count(LOUNGE, { stream: 'talk', start: at(from * 3600) }), 96 - from)
  }
})

test('while an index is built what needs it waits and then says how far it is, the rest works', async t => {
  const { fake, store, database } = await setStage(t, 1000)
  fake.interfere(request => request.path.at(-1) === '_info' && request.path[2]?.startsWith('hansard-reading')
    ? { type: 'answer', status: 200, body: { view_index: { updater_running: true, updates_pending: { total: 70_000 } } } }
    : undefined)
  await store.append(messages(3))
  assert.equal(await store.count(LOUNGE, { stream: 'talk' }), 3)
  assert.equal((await store.page(LOUNGE, { stream: 'talk', limit: 5 })).events.length, 3)
  await assert.rejects(store.page(LOUNGE, { stream: 'talk', limit: 5, nick: 'alice' }), { ...unavailable, message: /building the index "reading", 70000 documents are missing/ })
  await assert.rejects(store.days(LOUNGE), unavailable)
  assert.ok(database().seq() > 0)
  const built = new Promise<void>(resolve => {
    fake.interfere(request => {
      if (request.path.at(-1) === '_info') resolve()
      return undefined
    })
  })
  await built
  assert.equal((await store.days(LOUNGE)).length, 1)
})

test('views of another version are removed when the new ones are built, views of others are not', async t => {
  const { fake, store } = await setStage(t)
  const other = createCouchdbStore({ url: `${fake.url}record`, log: silentLogger })
  t.after(() => other.close())
  await store.ping()
  const database = fake.databases.get('record')
  database?.write([{ _id: '_design/hansard-uids-00000000', views: {} }, { _id: '_design/mine', views: {} }], true)
  const cleaned = new Promise<void>(resolve => {
    fake.interfere(request => {
      if (isTo(request, '_view_cleanup')) resolve()
      return undefined
    })
  })
  await other.ping()
  await cleaned
  const { rows } = database?.allDocs({ startkey: '_design/', endkey: '_design0' }) as { rows: Array<{ id: string }> }
  assert.deepEqual(rows.map(({ id }) => id), [...DESIGNS.map(({ name }) => `_design/${name}`), '_design/mine'].sort())
})

test('a store in use takes a refused password and a vanished database as passing, and makes the database again', async t => {
  const { fake, store } = await setStage(t)
  await store.append([message(0)])
  fake.interfere(() => answer(401, 'unauthorized', 'Name or password is incorrect.'))
  await assert.rejects(store.append([message(1)]), { ...unavailable, message: /check user and password/ })
  fake.interfere(() => undefined)
  fake.databases.delete('record')
  await assert.rejects(store.append([message(1)]), unavailable)
  await store.append([message(1)])
  assert.deepEqual(uids(await allTalk(store, LOUNGE)), ['uid-1'])
})

for (const isServerAdmin of [true, false]) {
  test(`texts taken out cannot be asked for by their old revision (${isServerAdmin ? 'by purging' : 'by compacting'})`, async t => {
    const { fake, store, database } = await setStage(t, 5000, isServerAdmin)
    const results = await store.append([message(0), message(1)])
    const ids = results.map(({ event }) => event._id)
    const revs = ids.map(id => database().json(id)?.['_rev'] as string)
    for (const [n, id] of ids.entries()) assert.ok(database().json(id, { rev: revs[n] as string }) !== undefined)
    await store.scrub(LOUNGE, [results[0]!.event.uid], event => ({ ...event, body: '' }))
    await store.purge(LOUNGE, at(0))
    await store.scrub(LOUNGE, [results[1]!.event.uid], event => ({ ...event, body: '' }))
    for (const [n, id] of ids.entries()) {
      while (!isServerAdmin && database().json(id, { rev: revs[n] as string }) !== undefined) await compaction(fake)
      assert.equal(database().json(id, { rev: revs[n] as string }), undefined)
    }
    assert.deepEqual((await allTalk(store, LOUNGE)).map(({ body }) => body), [''])
  })
}

test('a password refused for a while does not keep the store from purging later', async t => {
  const { fake, store, database } = await setStage(t)
  const [result] = await store.append([message(0)])
  const id = result!.event._id
  const rev = database().json(id)?.['_rev'] as string
  fake.interfere(request => isTo(request, '_all_docs') ? undefined : answer(401, 'unauthorized', 'Name or password is incorrect.'))
  await assert.rejects(store.scrub(LOUNGE, [result!.event.uid], event => ({ ...event, body: '' })), unavailable)
  fake.interfere(request => isTo(request, '_bulk_docs') && !request.text.includes('"new_edits":false') ? assert.fail('it compacts only') : undefined)
  await store.scrub(LOUNGE, [result!.event.uid], event => ({ ...event, body: '' }))
  assert.equal(database().json(id, { rev }), undefined)
})

test('a replacement that was broken off is finished by doing it again', async t => {
  const { fake, store, database } = await setStage(t)
  const [result] = await store.append([message(0)])
  const id = result!.event._id
  const rev = database().json(id)?.['_rev'] as string
  const tombstone = { ...result!.event, body: '' }
  fake.interfere(request => isTo(request, '_purge') && request.text !== '{}' ? { type: 'refuse' } : undefined)
  await assert.rejects(store.scrub(LOUNGE, [tombstone.uid], () => tombstone), unavailable)
  assert.deepEqual(await allTalk(store, LOUNGE), [tombstone], 'readers see the new form already')
  fake.interfere(() => undefined)
  await store.scrub(LOUNGE, [tombstone.uid], () => tombstone)
  assert.equal(database().json(id, { rev }), undefined)
  assert.deepEqual(database().json(id, { conflicts: true })?.['_conflicts'], undefined)
  assert.deepEqual(await allTalk(store, LOUNGE), [tombstone])
})

test('no error holds the password or a text that was said', async t => {
  const { fake, store } = await setStage(t)
  await store.ping()
  const faults = [...OUTAGES.map(([, fault]) => fault), answer(400, 'bad_request'), answer(401, 'unauthorized'), answer(403, 'forbidden'), answer(413, 'too_large')]
  for (const [n, fault] of faults.filter(({ type }) => type !== 'stall').entries()) {
    fake.interfere(request => isTo(request, '_bulk_docs') ? fault : undefined)
    await assert.rejects(store.append([message(n, { body: 'a private word' })]), (error: unknown) => {
      const everything = inspect(error, { depth: 10, showHidden: true })
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), btoa(`admin:${PASSWORD}`), 'a private word']) {
        assert.ok(!everything.includes(secret), `${secret} in ${everything}`)
      }
      return true
    })
  }
})

test('documents of others in the database are not taken for events', async t => {
  const { store, database } = await setStage(t)
  await store.append([message(0)])
  database().write([{ _id: 'note', room: LOUNGE, uid: 'x' }, { _id: `${LOUNGE}:t:`, text: 'x' }, { _id: '_design/mine', views: {} }], true)
  await store.append([message(1)])
  assert.deepEqual(uids(await allTalk(store, LOUNGE)), ['uid-0', 'uid-1'])
  const ids: string[] = []
  for await (const batch of store.changes()) ids.push(...batch.map(({ id }) => id))
  assert.equal(ids.length, 2)
  assert.equal(await store.get(LOUNGE, 'x'), undefined)
  assert.deepEqual((await store.rooms()).map(({ room }) => room), [LOUNGE])
})
