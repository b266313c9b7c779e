import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silentLogger } from '../../src/log.ts'
import { textOf, xml } from '../../src/xmpp/element.ts'
import { createLiveConnection } from '../../src/xmpp/live-connection.ts'
import type { StreamEvents } from '../../src/xmpp/stream.ts'
import { StreamFailure } from '../../src/xmpp/stream-problem.ts'
import type { XmppConnection } from '../../src/xmpp/connection.ts'

const chat = (body: string): ReturnType<typeof xml> => xml('message', {}, xml('body', {}, body))

interface Stage {
  readonly connection: XmppConnection
  readonly streams: StreamEvents[]
  readonly destroyed: number[]
  readonly seen: string[]
  readonly resumable: boolean[]
  readonly clock: { now: number }
}

/** A connection over streams that the test plays. */
function start (refuses = false): Stage {
  const resumable: boolean[] = []
  const clock = { now: 1 }
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
    now: () => clock.now,
    open (events, canResume) {
      resumable.push(canResume)
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
  return { connection, streams, destroyed, seen, resumable, clock }
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
    const pausing = connection.pause()
    connection.start()
    first.stanza(chat('late'))
    const second = await nextStream(streams, 2)
    second.online(up)
    await pausing
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

  it('pauses until it is started: no stream is opened meanwhile, and none goes on where the old one was left', async () => {
    const { connection, streams, destroyed, seen, resumable } = start()
    const first = await nextStream(streams, 1)
    first.online(up)
    first.closed(new StreamFailure('closed'))
    await nextStream(streams, 2)
    await connection.pause()
    assert.deepEqual(connection.status(), { state: 'stopped' })
    assert.deepEqual(destroyed, [1, 2])
    connection.start()
    connection.start()
    const third = await nextStream(streams, 3)
    third.online(up)
    await Promise.all([connection.pause(), connection.pause()])
    assert.deepEqual(destroyed, [1, 2, 3])
    assert.deepEqual(resumable, [false, true, false])
    assert.deepEqual(seen, ['online false', 'offline', 'online false', 'offline'])
    await connection.stop()
  })

  it('pauses also while it waits to try again', async () => {
    const { connection, streams } = start(true)
    await connection.pause()
    for (let turn = 0; turn < 10; turn++) await new Promise(resolve => { setTimeout(resolve) })
    assert.equal(streams.length, 1)
    await connection.stop()
  })

  it('keeps who waits for it waiting over a pause, until it is stopped', async () => {
    const { connection, streams } = start()
    const online = connection.waitOnline(10_000)
    await connection.pause()
    connection.start()
    const stream = await nextStream(streams, 2)
    stream.online(up)
    await online
    await connection.pause()
    const never = assert.rejects(connection.waitOnline(10_000), { code: 'ERR_XMPP_OFFLINE' })
    await connection.stop()
    await never
  })

  it('is not started again after it was stopped', async () => {
    const { connection, streams } = start()
    await connection.stop()
    connection.start()
    assert.equal(streams.length, 1)
    assert.deepEqual(connection.status(), { state: 'stopped' })
  })

  it('knows when the server was last heard on a stream that was up', async () => {
    const { connection, streams, clock } = start()
    const heardAt: Array<number | undefined> = []
    connection.onOffline(() => { heardAt.push(connection.heardAt) })
    const first = await nextStream(streams, 1)
    first.heard()
    assert.equal(connection.heardAt, undefined)
    clock.now = 10
    first.online(up)
    assert.equal(connection.heardAt, 10)
    clock.now = 20
    first.heard()
    clock.now = 30
    first.closed(new StreamFailure('closed'))
    first.heard()
    const second = await nextStream(streams, 2)
    second.heard()
    assert.equal(connection.heardAt, 20)
    assert.deepEqual(heardAt, [20])
    clock.now = 40
    second.online(up)
    assert.equal(connection.heardAt, 40)
    await connection.stop()
    assert.deepEqual(heardAt, [20, 40])
  })

  it('may be stopped twice and started twice', async () => {
    const { connection, streams } = start()
    connection.start()
    await nextStream(streams, 1)
    await Promise.all([connection.stop(), connection.stop()])
    assert.equal(streams.length, 1)
  })
})
