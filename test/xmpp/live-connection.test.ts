import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silentLogger } from '../../src/log.ts'
import { textOf, xml } from '../../src/xmpp/element.ts'
import { createLiveConnection } from '../../src/xmpp/live-connection.ts'
import type { StreamEvents } from '../../src/xmpp/stream.ts'
import { StreamFailure } from '../../src/xmpp/stream-problem.ts'
import type { XmppConnection } from '../../src/xmpp/connection.ts'

const chat = (body: string): ReturnType<typeof xml> => xml('message', {}, xml('body', {}, body))

/** A connection over streams that the test plays. */
function start (refuses = false): { connection: XmppConnection, streams: StreamEvents[], destroyed: number[], seen: string[] } {
  const streams: StreamEvents[] = []
  const destroyed: number[] = []
  const seen: string[] = []
  const connection = createLiveConnection({
    mode: 'component',
    address: 'us@logs.localhost/x',
    domain: 'logs.localhost',
    service: 'server:5347',
    log: silentLogger,
    backoff: { minMs: 1, maxMs: 1 },
    ping: () => xml('iq', { to: 'logs.localhost' }),
    open (events) {
      const number = streams.push(events)
      if (refuses && number === 1) throw new Error('no socket to be had')
      return {
        write: async () => { throw new Error('the socket broke') },
        close: async () => {},
        destroy () { destroyed.push(number) }
      }
    }
  })
  connection.onOnline(({ isResumed }) => { seen.push(`online ${isResumed}`) })
  connection.onOffline(() => { seen.push('offline') })
  connection.onStanza(stanza => { seen.push(textOf(stanza, 'body') ?? '') })
  connection.start()
  return { connection, streams, destroyed, seen }
}

const up = { address: 'us@logs.localhost/x', isResumed: false }

async function nextStream (streams: readonly StreamEvents[], number: number): Promise<StreamEvents> {
  while (streams.length < number) await new Promise(resolve => { setImmediate(resolve) })
  return streams[number - 1] as StreamEvents
}

describe('a connection that is kept up', () => {
  it('hears nothing of a stream that is over, and closes it once', async () => {
    const { connection, streams, destroyed, seen } = start()
    const first = await nextStream(streams, 1)
    first.online(up)
    first.stanza(chat('1'))
    first.closed(new StreamFailure('closed'))
    first.closed(new StreamFailure('closed'))
    first.stanza(chat('late'))
    first.online(up)
    const second = await nextStream(streams, 2)
    second.stanza(chat('early'))
    second.online({ ...up, isResumed: true })
    await connection.stop()
    second.stanza(chat('late'))
    second.online(up)
    assert.deepEqual(seen, ['online false', '1', 'offline', 'online true', 'early', 'offline'])
    assert.deepEqual(destroyed, [1, 2])
  })

  it('keeps the streams apart when it is started while the old one is closing', async () => {
    const { connection, streams, seen } = start()
    const first = await nextStream(streams, 1)
    first.online(up)
    const stopping = connection.stop()
    connection.start()
    first.stanza(chat('late'))
    const second = await nextStream(streams, 2)
    second.online(up)
    await stopping
    second.stanza(chat('new'))
    assert.deepEqual(seen, ['online false', 'offline', 'online false', 'new'])
    assert.equal(connection.isOnline, true)
    await connection.stop()
  })

  it('tries again when a stream cannot even be opened', async () => {
    const { connection, streams } = start(true)
    const second = await nextStream(streams, 2)
    assert.match(connection.status().problem ?? '', /no socket to be had/)
    second.online(up)
    assert.deepEqual(connection.status(), { state: 'online' })
    await connection.stop()
  })

  it('rejects as offline what cannot be written', async () => {
    const { connection, streams } = start()
    const stream = await nextStream(streams, 1)
    stream.online(up)
    await assert.rejects(connection.send(xml('message', { to: 'a@b' })), { code: 'ERR_XMPP_OFFLINE' })
    await assert.rejects(connection.request(xml('iq', { to: 'a@b', type: 'get' })), { code: 'ERR_XMPP_OFFLINE' })
    await connection.send()
    await connection.stop()
  })

  it('may be stopped twice and started twice', async () => {
    const { connection, streams } = start()
    connection.start()
    await nextStream(streams, 1)
    await Promise.all([connection.stop(), connection.stop()])
    assert.equal(streams.length, 1)
  })
})
