import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findServices, formatService, isLoopback, parseService } from '../../src/xmpp/service.ts'

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

describe('the servers of a domain', () => {
  const records: Record<string, Array<{ name: string, port: number, priority: number, weight: number }>> = {
    '_xmpps-client._tcp.example.org': [{ name: 'b.example.org', port: 443, priority: 5, weight: 1 }],
    '_xmpp-client._tcp.example.org': [
      { name: 'c.example.org', port: 5222, priority: 10, weight: 0 },
      { name: 'a.example.org', port: 5222, priority: 5, weight: 9 }
    ],
    '_xmpps-client._tcp.half.example': [{ name: '.', port: 0, priority: 0, weight: 0 }],
    '_xmpp-client._tcp.half.example': [{ name: 'x.half.example', port: 5222, priority: 0, weight: 0 }]
  }
  const resolve = async (name: string): Promise<Array<{ name: string, port: number, priority: number, weight: number }>> => {
    const found = records[name]
    if (found === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    return found
  }

  it('are tried by priority, then by weight, with and without TLS from the first byte', async () => {
    assert.deepEqual(await findServices('example.org', resolve), [
      { host: 'a.example.org', port: 5222, isDirectTls: false },
      { host: 'b.example.org', port: 443, isDirectTls: true },
      { host: 'c.example.org', port: 5222, isDirectTls: false }
    ])
  })

  it('do not include what is said not to exist', async () => {
    assert.deepEqual(await findServices('half.example', resolve), [{ host: 'x.half.example', port: 5222, isDirectTls: false }])
  })

  it('are the domain itself when the name server tells of none', async () => {
    assert.deepEqual(await findServices('other.example', resolve), [{ host: 'other.example', port: 5222, isDirectTls: false }])
  })
})
