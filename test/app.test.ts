import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createApp } from '../src/app.ts'
import { openRecord } from '../src/record.ts'
import { loadConfig } from '../src/config/load.ts'
import type { Config } from '../src/config/config.ts'
import { silentLogger } from '../src/log.ts'
import { writeConfig } from './config/write-config.ts'
import { message } from './helpers/events.ts'

function configFor (t: TestContext, port: number, store = ''): Config {
  return loadConfig(writeConfig(t, `xmpp: { mode: component, domain: logs.localhost, server: 127.0.0.1:1, secret: s3cret }
http: { port: ${port} }
rooms: [ { jid: lounge@conference.example.org, level: indexed } ]
${store}`), {})
}

test('a start that fails because the port is taken says what to change, and is undone by stop()', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.after(() => { taken.close() })
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const app = await createApp({ config: configFor(t, port), log: silentLogger })
  await assert.rejects(app.start(), { code: 'ERR_CONFIG', message: /EADDRINUSE.*http\.port/ })
  await app.stop()
  assert.equal(app.status().xmpp.state, 'stopped')
})

test('a store that is not within reach yet is waited for: the site says so meanwhile', async t => {
  const config = configFor(t, 0, 'store: { driver: couchdb, url: "http://127.0.0.1:2/hansard" }')
  const app = await createApp({ config, log: silentLogger })
  t.after(() => app.stop())
  const url = await app.start()
  const health = await (await fetch(`${url}/healthz`)).json() as Record<string, unknown>
  assert.equal(health['store'], 'failing')
  assert.equal((await fetch(url)).status, 503)
})

test('a second program with the same spool is refused', async t => {
  const config = configFor(t, 0)
  const app = await createApp({ config, log: silentLogger })
  t.after(() => app.stop())
  await assert.rejects(createApp({ config, log: silentLogger }), { code: 'ERR_RUNNING' })
})

test('stop() may be called twice and before start(), and the record can be opened again afterwards', async t => {
  const config = configFor(t, 0)
  const never = await createApp({ config, log: silentLogger })
  await Promise.all([never.stop(), never.stop()])
  const app = await createApp({ config, log: silentLogger })
  const url = await app.start()
  assert.equal((await fetch(url)).status, 200)
  await Promise.all([app.stop(), app.stop()])
  await assert.rejects(fetch(url))
  const record = await openRecord({ config, log: silentLogger })
  assert.equal((await record.append.append([message()]))[0]?.isNew, true)
  await record.close()
  await record.close()
})

test('without a server to connect to the site is served, and its health says so', async t => {
  const app = await createApp({ config: configFor(t, 0), log: silentLogger })
  t.after(() => app.stop())
  const response = await fetch(`${await app.start()}/healthz`)
  assert.equal(response.status, 503)
  const { store, xmpp, rooms, joined } = await response.json() as Record<string, unknown>
  assert.deepEqual([store, rooms, joined], ['ok', 1, 0])
  assert.notEqual(xmpp, 'online')
})
