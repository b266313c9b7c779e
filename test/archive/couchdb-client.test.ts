import { strict as assert } from 'node:assert'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createCouchClient } from '../../src/archive/couchdb-client.ts'
import type { CouchClient } from '../../src/archive/couchdb-client.ts'
import { HansardError } from '../../src/model/errors.ts'

/** A server that answers every request with these very bytes and then does what is said. */
async function rawServer (t: TestContext, bytes: string, then: (socket: Socket) => void): Promise<CouchClient> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => { socket.write(bytes, () => { then(socket) }) })
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => { server.close(resolve) })
  })
  const { port } = server.address() as AddressInfo
  return createCouchClient({ url: `http://admin:hush@127.0.0.1:${port}/record`, timeoutMs: 400 })
}

const HEAD = (status: string, type: string | undefined, length: number): string =>
  `HTTP/1.1 ${status}\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}Content-Length: ${length}\r\n\r\n`

const TYPES = [undefined, 'application/json', 'application/json; charset=utf-8', 'text/html', 'text/plain; charset=utf-8', 'multipart/related; boundary=x', 'application/octet-stream']
const ENDS: ReadonlyArray<readonly [name: string, then: (socket: Socket) => void]> = [
  ['closed', socket => { socket.end() }],
  ['reset', socket => { socket.resetAndDestroy() }],
  ['silent', () => {}]
]

for (const type of TYPES) {
  for (const status of ['200 OK', '201 Created', '502 Bad Gateway']) {
    for (const [end, then] of ENDS) {
      test(`an answer ${status} of ${type ?? 'no type'} that is cut short, the connection ${end}, is out of reach`, async t => {
        const client = await rawServer(t, `${HEAD(status, type, 1000)}{"rows": [`, then)
        await assert.rejects(client.request('_all_docs'), (error: unknown) => {
          assert.ok(error instanceof HansardError && error.code === 'ERR_STORE_UNAVAILABLE')
          assert.match(error.message, /^Cannot reach CouchDB at http:\/\/127\.0\.0\.1:\d+\/record: /)
          assert.ok(!error.message.includes('hush'))
          return true
        })
      })
    }
  }
}

for (const status of ['200 OK', '503 Service Unavailable']) {
  for (const body of ['null', '5', '"text"', '[', '', '<!DOCTYPE html><title>Login</title>', '{"error": 7, "reason": {}}x', '{"error": 7, "reason": {}}']) {
    test(`an answer ${status} of ${JSON.stringify(body)} that calls itself JSON is out of reach`, async t => {
      const client = await rawServer(t, HEAD(status, 'application/json', Buffer.byteLength(body)) + body, socket => { socket.end() })
      await assert.rejects(client.request(''), { code: 'ERR_STORE_UNAVAILABLE' })
    })
  }
}

test('JSON of another server is not taken for an answer of CouchDB', async t => {
  const body = '{"status": "down for maintenance"}'
  for (const path of ['', '_bulk_docs', '_changes', '_all_docs', '_all_docs/queries', '_design/x/_view/y', '_design/x/_info']) {
    const client = await rawServer(t, HEAD('200 OK', 'application/json', body.length) + body, socket => { socket.end() })
    await assert.rejects(client.request(path), { code: 'ERR_STORE_UNAVAILABLE', message: /not that of a CouchDB.*look at store\.url/ })
  }
})

test('a redirection, to a page for logging in, is not followed', async t => {
  const client = await rawServer(t, 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n', socket => { socket.end() })
  await assert.rejects(client.request(''), { code: 'ERR_STORE_UNAVAILABLE', message: /unexpected redirect/ })
})

test('the time limit holds where fetch does not hear of it', async t => {
  t.mock.method(globalThis, 'fetch', () => new Promise(() => {}))
  const client = createCouchClient({ url: 'http://127.0.0.1:1/record', timeoutMs: 20 })
  await assert.rejects(client.request(''), { code: 'ERR_STORE_UNAVAILABLE', message: /no answer within 0\.02 seconds/ })
})

test('a server that speaks no HTTP is out of reach', async t => {
  const client = await rawServer(t, 'SSH-2.0-OpenSSH_9.7\r\n', socket => { socket.end() })
  await assert.rejects(client.request(''), { code: 'ERR_STORE_UNAVAILABLE' })
})

test('before anything has worked a refusal is one for good, afterwards only that of what was sent', async t => {
  const states: ReadonlyArray<readonly [status: number, first: string, later: string]> = [
    [400, 'ERR_STORE', 'ERR_STORE'], [413, 'ERR_STORE', 'ERR_STORE'],
    [401, 'ERR_STORE', 'ERR_STORE_UNAVAILABLE'], [403, 'ERR_STORE', 'ERR_STORE_UNAVAILABLE'], [404, 'ERR_STORE', 'ERR_STORE_UNAVAILABLE'],
    [405, 'ERR_STORE', 'ERR_STORE_UNAVAILABLE'],
    ...[408, 409, 412, 425, 429, 500, 502, 503, 504, 507].map(status => [status, 'ERR_STORE_UNAVAILABLE', 'ERR_STORE_UNAVAILABLE'] as const)
  ]
  for (const [status, first, later] of states) {
    const body = JSON.stringify({ error: 'told', reason: 'x'.repeat(10_000) })
    const client = await rawServer(t, HEAD(`${status} Refused`, 'application/json', body.length) + body, socket => { socket.end() })
    const refuses = (code: string): Promise<void> => assert.rejects(client.request('_all_docs'), (error: unknown) => {
      assert.ok(error instanceof HansardError && error.code === code, `${status}: ${String(error)}`)
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:\\d+/record: it answers with status ${status} \\(told, x+`))
      assert.ok(error.message.length < 500)
      return true
    })
    await refuses(first)
    let isGone = false
    client.hasWorked(() => { isGone = true })
    await refuses(later)
    assert.equal(isGone, status === 404)
  }
})
