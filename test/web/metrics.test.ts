import assert from 'node:assert/strict'
import test from 'node:test'
import { createAddressList } from '../../src/web/address-list.ts'
import type { WebServerOptions } from '../../src/web/site.ts'
import { published, said, siteWith } from './site-under-test.ts'

const METRICS: Partial<WebServerOptions> = {
  metrics: { text: async () => 'CANARY 1\n', contentType: 'text/plain; version=0.0.4; charset=utf-8' },
  metricsFrom: ['127.0.0.1', '::1', '10.20.0.0/16', '2001:db8::/32']
}

interface Ask {
  readonly remoteAddress: string
  readonly headers?: Record<string, string>
  readonly trustProxy?: WebServerOptions['trustProxy']
}

const ALLOWED: ReadonlyArray<readonly [string, Ask]> = [
  ['an address of the list', { remoteAddress: '127.0.0.1' }],
  ['the same as a socket for both versions tells it', { remoteAddress: '::ffff:127.0.0.1' }],
  ['an address of version 6', { remoteAddress: '::1' }],
  ['an address in a network of the list', { remoteAddress: '10.20.255.1' }],
  ['an address in a network of version 6', { remoteAddress: '2001:db8::7' }],
  ['a trusted proxy, for an address of the list', { remoteAddress: '127.0.0.1', trustProxy: ['127.0.0.1'], headers: { 'x-forwarded-for': '10.20.0.1' } }],
  ['an address of the list, where proxies are trusted, without one', { remoteAddress: '10.20.0.1', trustProxy: true }]
]

const REFUSED: ReadonlyArray<readonly [string, Ask]> = [
  ['any other address', { remoteAddress: '192.0.2.1' }],
  ['a neighbour of a network of the list', { remoteAddress: '10.21.0.1' }],
  ['what is no address', { remoteAddress: 'unix' }],
  ['a proxy on this machine that says X-Forwarded-For', { remoteAddress: '127.0.0.1', headers: { 'x-forwarded-for': '127.0.0.1' } }],
  ['a proxy on this machine that says Forwarded', { remoteAddress: '127.0.0.1', headers: { forwarded: 'for=127.0.0.1' } }],
  ['a proxy on this machine that says X-Real-IP', { remoteAddress: '127.0.0.1', headers: { 'x-real-ip': '127.0.0.1' } }],
  ['a proxy on this machine that says Via', { remoteAddress: '127.0.0.1', headers: { via: '1.1 proxy' } }],
  ['a trusted proxy that says Forwarded alone', { remoteAddress: '127.0.0.1', trustProxy: true, headers: { forwarded: 'for=192.0.2.1' } }],
  ['a trusted proxy, for any other address', { remoteAddress: '127.0.0.1', trustProxy: ['127.0.0.1'], headers: { 'x-forwarded-for': '192.0.2.1' } }],
  ['whoever makes up an address before a trusted proxy', { remoteAddress: '127.0.0.1', trustProxy: true, headers: { 'x-forwarded-for': '127.0.0.1, 192.0.2.1' } }],
  ['a proxy that is not trusted itself', { remoteAddress: '192.0.2.1', trustProxy: ['127.0.0.1'], headers: { 'x-forwarded-for': '127.0.0.1' } }],
  ['a trusted proxy that forwards nonsense', { remoteAddress: '127.0.0.1', trustProxy: true, headers: { 'x-forwarded-for': 'localhost' } }]
]

for (const [name, { trustProxy, ...from }] of ALLOWED) {
  test(`metrics are given to ${name}`, async t => {
    const { app } = await siteWith(t, [], [], { ...METRICS, ...(trustProxy === undefined ? {} : { trustProxy }) })
    const { statusCode, headers, body } = await app.inject({ url: '/metrics', ...from })
    assert.deepEqual([statusCode, body], [200, 'CANARY 1\n'])
    assert.deepEqual([headers['content-type'], headers['cache-control']], ['text/plain; version=0.0.4; charset=utf-8', 'no-store'])
  })
}

for (const [name, { trustProxy, ...from }] of REFUSED) {
  test(`to ${name} there are no metrics, and no sign of them`, async t => {
    const { app } = await siteWith(t, [], [], { ...METRICS, ...(trustProxy === undefined ? {} : { trustProxy }) })
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS'] as const) {
      const [asked, nothing] = [await app.inject({ method, url: '/metrics', ...from }), await app.inject({ method, url: '/nothing', ...from })]
      assert.equal(asked.statusCode, nothing.statusCode)
      assert.equal(asked.body, nothing.body)
      assert.deepEqual({ ...asked.headers, date: '' }, { ...nothing.headers, date: '' })
      assert.ok(asked.statusCode >= 404)
    }
  })
}

test('without metrics, or anybody who may read them, there is no such address', async t => {
  for (const options of [{}, { metrics: METRICS.metrics as NonNullable<WebServerOptions['metrics']> }, { metricsFrom: ['127.0.0.1'] }]) {
    const { app } = await siteWith(t, [], [], options)
    assert.equal((await app.inject('/metrics')).statusCode, 404)
  }
})

test('metrics that cannot be made are a fault, told without details', async t => {
  const { app } = await siteWith(t, [], [], { ...METRICS, metrics: { text: () => Promise.reject(new Error('hunter2')), contentType: 'text/plain' } })
  const { statusCode, body } = await app.inject('/metrics')
  assert.equal(statusCode, 500)
  assert.doesNotMatch(body, /hunter2/)
})

for (const entry of ['', 'localhost', '10.0.0.0/33', '::1/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0', ' 127.0.0.1']) {
  test(`${JSON.stringify(entry)} is neither an address nor a network`, () => {
    assert.throws(() => createAddressList([entry]), { code: 'ERR_CONFIG' })
  })
}

test('each answer is told with the pattern of its address, which names no room', async t => {
  const LOUNGE = published('lounge', 'public')
  const answers: Array<readonly [string, number]> = []
  const { app } = await siteWith(t, [LOUNGE, published('secret', 'off')], [said(LOUNGE, '2026-11-20T10:00:00', 'a', 'x', { uid: 'one' })], {
    onAnswered (route, status, seconds) {
      assert.ok(seconds >= 0)
      answers.push([route, status])
    }
  })
  for (const url of ['/', '/r/lounge/', '/r/secret/', '/r/lounge/2026-11-20.json', '/r/lounge/m/one', '/nothing/secret', '/static/site.css']) await app.inject(url)
  assert.deepEqual(answers, [
    ['/', 200], ['/r/:slug/', 200], ['/r/:slug/', 404], ['/r/:slug/:year-:month-:date.json', 200], ['/r/:slug/m/:uid', 200],
    ['none', 404], ['/static/*', 200]
  ])
})
