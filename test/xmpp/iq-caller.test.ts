import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HansardError } from '../../src/model/errors.ts'
import { parseXml, xml } from '../../src/xmpp/element.ts'
import { createIqCaller, isReplyFrom } from '../../src/xmpp/iq-caller.ts'

const OWN = 'bot@example.org/res'

describe('a reply', () => {
  const cases: ReadonlyArray<readonly [from: string | undefined, to: string | undefined, expected: boolean]> = [
    ['room@c.example.org', 'room@c.example.org', true],
    ['ROOM@C.example.org', 'room@c.example.org', true],
    ['room@c.example.org/nick', 'room@c.example.org/nick', true],
    ['room@c.example.org/NICK', 'room@c.example.org/nick', false],
    ['room@c.example.org/nick', 'room@c.example.org', false],
    ['mallory@evil.example', 'room@c.example.org', false],
    [undefined, 'room@c.example.org', false],
    ['@@', 'room@c.example.org', false],
    ['', 'room@c.example.org', false],
    [undefined, undefined, true],
    ['bot@example.org', undefined, true],
    ['bot@example.org/res', undefined, true],
    ['example.org', undefined, true],
    ['bot@example.org/other', undefined, false],
    ['alice@example.org', undefined, false],
    [undefined, 'bot@example.org', true],
    ['bot@example.org', 'bot@example.org', true],
    [undefined, 'example.org', true],
    ['example.org', 'example.org', true],
    ['evil.example', 'example.org', false]
  ]
  for (const [from, to, expected] of cases) {
    it(`from ${from ?? 'nobody'} ${expected ? 'answers' : 'does not answer'} what was asked of ${to ?? 'our server'}`, () => {
      assert.equal(isReplyFrom(from, to, OWN), expected)
    })
  }
})

describe('the caller of requests', () => {
  function start (): { caller: ReturnType<typeof createIqCaller>, ids: string[] } {
    const ids: string[] = []
    const caller = createIqCaller({ write: async (_, { id }) => { ids.push(id) }, address: () => OWN })
    return { caller, ids }
  }
  const iq = xml('iq', { type: 'get', to: 'room@c.example.org' })
  const reply = (id = '', from = 'room@c.example.org', inner = ''): ReturnType<typeof parseXml> =>
    parseXml(`<iq xmlns='jabber:client' type='${inner === '' ? 'result' : 'error'}' id='${id}' from='${from}'>${inner}</iq>`)

  it('gives each request an id that cannot be guessed, and leaves the element alone', async () => {
    const { caller, ids } = start()
    const asked = [caller.request(iq), caller.request(iq)]
    assert.equal(new Set(ids).size, 2)
    for (const id of ids) assert.match(id, /^[\da-f-]{36}$/)
    assert.equal(iq.attrs['id'], undefined)
    for (const id of ids) assert.equal(caller.settle(reply(id)), true)
    await Promise.all(asked)
  })

  it('waits on when somebody else answers with the right id', async () => {
    const { caller, ids } = start()
    const asked = caller.request(iq)
    assert.equal(caller.settle(reply(ids[0], 'mallory@evil.example')), false)
    assert.equal(caller.settle(reply('another')), false)
    assert.equal(caller.settle(reply(ids[0])), true)
    assert.equal((await asked).attrs['from'], 'room@c.example.org')
    assert.equal(caller.settle(reply(ids[0])), false, 'a second answer')
  })

  it('rejects with the error of the answer', async () => {
    const { caller, ids } = start()
    const asked = caller.request(iq)
    caller.settle(reply(ids[0], undefined, "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"))
    await assert.rejects(asked, { name: 'StanzaError', condition: 'forbidden', type: 'auth' })
  })

  it('rejects when no answer comes in time, and then takes none', async () => {
    const { caller, ids } = start()
    await assert.rejects(caller.request(iq, 1), { code: 'ERR_XMPP_TIMEOUT' })
    assert.equal(caller.settle(reply(ids[0])), false)
  })

  it('rejects what waits when the stream breaks, and what cannot be written', async () => {
    const { caller } = start()
    const asked = [caller.request(iq), caller.request(iq)]
    caller.failAll(new HansardError('ERR_XMPP_OFFLINE', 'gone'))
    for (const waiting of asked) await assert.rejects(waiting, { code: 'ERR_XMPP_OFFLINE' })
    const offline = createIqCaller({ write: async () => { throw new HansardError('ERR_XMPP_OFFLINE', 'gone') }, address: () => OWN })
    await assert.rejects(offline.request(iq), { code: 'ERR_XMPP_OFFLINE' })
  })
})
