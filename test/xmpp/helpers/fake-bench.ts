import { silentLogger } from '../../../src/log.ts'
import { createBotConnection } from '../../../src/xmpp/bot.ts'
import { createComponentConnection } from '../../../src/xmpp/component.ts'
import type { XmppConnection } from '../../../src/xmpp/connection.ts'
import { parseXml, xml } from '../../../src/xmpp/element.ts'
import type { ConnectionTiming } from '../../../src/xmpp/live-connection.ts'
import type { Bench } from '../connection-contract.ts'
import { startFakeServer } from './fake-server.ts'
import type { Peer } from './fake-server.ts'

const QUICK: ConnectionTiming = { backoff: { minMs: 5, maxMs: 50 } }
const INFO = "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='http://jabber.org/protocol/muc'/></query>"
const UNKNOWN = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"

/** The contract's server, played by the test: it takes every connection and answers for conference.localhost. */
export async function startFakeBench (mode: 'component' | 'bot'): Promise<Bench> {
  const server = await startFakeServer()
  let peer: Peer | undefined
  let lastId = 0
  void serve()

  async function serve (): Promise<void> {
    for (;;) {
      const next = await server.next()
      const accepting = mode === 'component' ? next.acceptComponent('secret') : next.acceptClient('secret')
      accepting.then(() => {
        peer = next
        return answer(next)
      }).catch(() => { next.cut() })
    }
  }

  async function answer (current: Peer): Promise<void> {
    for (;;) {
      const [stanza] = await current.reads(/<iq [^>]*to="conference\.localhost"[^>]*>.*?<\/iq>/)
      const { id = '', from = '' } = parseXml(stanza).attrs
      const isInfo = stanza.includes('disco#info')
      current.write(`<iq type='${isInfo ? 'result' : 'error'}' id='${id}' from='conference.localhost' to='${from}'>${isInfo ? INFO : UNKNOWN}</iq>`)
    }
  }

  function connected (): Peer {
    if (peer === undefined) throw new Error('nobody is connected')
    return peer
  }

  return {
    connection: ({ secret = 'secret' } = {}) => mode === 'component'
      ? createComponentConnection({ host: '127.0.0.1', port: server.port, domain: 'logs.localhost', secret, log: silentLogger, ...QUICK })
      : createBotConnection({ jid: 'bot@localhost', password: secret, service: server.service, tls: 'optional', log: silentLogger, ...QUICK }),
    async deliver (connection: XmppConnection, texts) {
      connected().write(texts.map(text => xml('message', { from: 'alice@localhost/phone', to: connection.address, type: 'chat' }, xml('body', {}, text)).toString()).join(''))
    },
    async ask (connection, payload) {
      const id = `ask-${lastId++}`
      connected().write(xml('iq', { type: 'get', from: 'alice@localhost/phone', to: connection.address, id }, payload).toString())
      const [answer] = await connected().reads(new RegExp(`<iq [^>]*id="${id}"[^>]*(?:/>|>.*?</iq>)`))
      return parseXml(answer)
    },
    async restart () {
      await server.deafen()
      await server.listen()
    },
    stop: async () => server.stop()
  }
}
