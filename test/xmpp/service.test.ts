import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatService, isLoopback, parseService } from '../../src/xmpp/service.ts'

const PORTS = { plain: 5222, tls: 5223 }

describe('the address of a server', () => {
  const cases: ReadonlyArray<readonly [string, string, number, boolean]> = [
    ['xmpp.example.org', 'xmpp.example.org', 5222, false],
    ['xmpp.example.org:5269', 'xmpp.example.org', 5269, false],
    ['xmpp://127.0.0.1:15222', '127.0.0.1', 15222, false],
    ['xmpps://xmpp.example.org', 'xmpp.example.org', 5223, true],
    ['XMPPS://xmpp.example.org:443/', 'xmpp.example.org', 443, true],
    ['[::1]:5347', '::1', 5347, false],
    ['xmpp://[2001:db8::1]', '2001:db8::1', 5222, false]
  ]
  for (const [text, host, port, isDirectTls] of cases) {
    it(`is read from ${text}`, () => { assert.deepEqual(parseService(text, PORTS), { host, port, isDirectTls }) })
  }

  for (const text of ['', ' ', 'https://example.org', 'example.org:0', 'example.org:65536', 'example.org:x', '::1:5347', 'a b', 'example.org/path', 'xmpp://']) {
    it(`is not "${text}"`, () => { assert.throws(() => parseService(text, PORTS), { code: 'ERR_CONFIG', message: /such as xmpp\.example\.org:5222/ }) })
  }

  it('is written with brackets where it needs them', () => {
    assert.equal(formatService({ host: '::1', port: 5347 }), '[::1]:5347')
    assert.equal(formatService({ host: 'example.org', port: 5347 }), 'example.org:5347')
  })

  it('is on this machine or not', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1']) assert.equal(isLoopback(host), true, host)
    for (const host of ['example.org', '127.example.org', '10.0.0.1', 'localhost.example.org']) assert.equal(isLoopback(host), false, host)
  })
})
