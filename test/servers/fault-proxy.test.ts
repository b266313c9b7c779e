import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { startFaultProxy } from './fault-proxy.ts'
import type { FaultProxy } from './fault-proxy.ts'

describe('a proxy through which the network breaks', () => {
  test('hands on what comes, both ways, and the end of it', async t => {
    const { proxy, accepted } = await stage(t)
    const { near, far } = await dial(proxy, accepted)
    near.end('over')
    assert.equal(await text(far), 'over')
    far.end('and out')
    assert.equal(await text(near), 'and out')
  })

  test('silent, holds everything back, an end as well; delivered once restored', async t => {
    const { proxy, accepted } = await stage(t)
    const { near, far } = await dial(proxy, accepted)
    const heard: string[] = []
    far.on('data', chunk => { heard.push(String(chunk)) })
    proxy.silence()
    near.end('late')
    const late = connect(proxy.port, '127.0.0.1')
    await once(late, 'connect')
    assert.deepEqual([heard, accepted.waiting()], [[], 0])
    await proxy.restore('deliver')
    await once(far, 'end')
    assert.deepEqual(heard, ['late'])
    await accepted.next()
    late.destroy()
  })

  test('after a silence, the connections from before are reset, or left hanging', async t => {
    const { proxy, accepted } = await stage(t)
    const first = await dial(proxy, accepted)
    proxy.silence()
    await proxy.restore('reset')
    for (const socket of [first.near, first.far]) assert.equal((await failure(socket)).code, 'ECONNRESET')

    const second = await dial(proxy, accepted)
    let isTold = false
    second.far.on('data', () => { isTold = true }).on('close', () => { isTold = true })
    proxy.silence()
    await proxy.restore('forget')
    second.near.end('nobody hears this')
    const third = await dial(proxy, accepted)
    third.near.end('all well')
    assert.equal(await text(third.far), 'all well')
    assert.equal(isTold, false)
  })

  test('refuses, and is there again at the same port', async t => {
    const { proxy, accepted } = await stage(t)
    const { near } = await dial(proxy, accepted)
    const reset = failure(near)
    await proxy.refuse()
    assert.equal((await reset).code, 'ECONNRESET')
    assert.equal((await failure(connect(proxy.port, '127.0.0.1'))).code, 'ECONNREFUSED')
    await proxy.restore()
    const again = await dial(proxy, accepted)
    again.near.end('here')
    assert.equal(await text(again.far), 'here')
  })
})

interface Accepted {
  next (): Promise<Socket>
  waiting (): number
}

async function stage (t: TestContext): Promise<{ proxy: FaultProxy, accepted: Accepted }> {
  const sockets: Socket[] = []
  const all: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, socket => {
    all.push(socket)
    socket.on('error', () => {})
    sockets.push(socket)
    server.emit('taken')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const proxy = await startFaultProxy({ port: (server.address() as AddressInfo).port })
  t.after(async () => {
    await proxy.close()
    for (const socket of all) socket.destroy()
    server.close()
  })
  return {
    proxy,
    accepted: {
      waiting: () => sockets.length,
      async next () {
        while (sockets.length === 0) await once(server, 'taken')
        return sockets.shift() as Socket
      }
    }
  }
}

async function dial (proxy: FaultProxy, accepted: Accepted): Promise<{ near: Socket, far: Socket }> {
  const near = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
  near.on('error', () => {})
  return { near, far: await accepted.next() }
}

async function text (socket: Socket): Promise<string> {
  let got = ''
  socket.on('data', chunk => { got += String(chunk) })
  await once(socket, 'end')
  return got
}

async function failure (socket: Socket): Promise<NodeJS.ErrnoException> {
  if (socket.errored !== null) return socket.errored
  return new Promise(resolve => { socket.once('error', resolve) })
}
