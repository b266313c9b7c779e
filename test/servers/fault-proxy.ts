import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A TCP relay between two programs, through which the network between them breaks in the ways it really does. */
export interface FaultProxy {
  readonly port: number
  /**
   * From now on nothing gets through, no FIN and no RST either: new connections are taken up and hear nothing, those that
   * stand hear nothing more, as when a cable is pulled.
   */
  silence (): void
  /** From now on nobody listens here, and those that are connected are reset, as when the server is killed. */
  refuse (): Promise<void>
  /**
   * All works again for connections to come. What becomes of those from before a silence: `deliver` hands over what was
   * held back, and an end that one side has put to it meanwhile (TCP after a short break); `reset` ends them on both sides
   * (a router that started anew); `forget` leaves them hanging (an address translation that has expired).
   */
  restore (before?: 'deliver' | 'reset' | 'forget'): Promise<void>
  close (): Promise<void>
}

interface Link {
  readonly near: Socket
  far: Socket | undefined
  isForgotten: boolean
}

export async function startFaultProxy ({ host = '127.0.0.1', port: target }: { host?: string, port: number }): Promise<FaultProxy> {
  const links = new Set<Link>()
  let isSilent = false
  // Half-open sockets: an end is passed on by us, or not.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, near => {
    const link: Link = { near, far: undefined, isForgotten: false }
    links.add(link)
    near.on('error', () => {})
    near.on('close', () => {
      if (!link.isForgotten && !isSilent) drop(link)
    })
    if (!isSilent) open(link)
  })
  await listen(0)
  const { port } = server.address() as AddressInfo

  async function listen (at: number): Promise<void> {
    await once(server.listen(at, '127.0.0.1'), 'listening')
  }

  function open (link: Link): void {
    const { near } = link
    if (near.destroyed) {
      links.delete(link)
      return
    }
    const far = connect({ host, port: target, allowHalfOpen: true, noDelay: true })
    link.far = far
    far.on('error', () => {})
    far.on('close', () => {
      if (!link.isForgotten && !isSilent) drop(link)
    })
    near.pipe(far)
    far.pipe(near)
  }

  function drop (link: Link): void {
    links.delete(link)
    for (const socket of [link.near, link.far]) if (socket?.destroyed === false) socket.resetAndDestroy()
  }

  function hold ({ near, far }: Link): void {
    near.unpipe()
    far?.unpipe()
    near.pause()
    far?.pause()
  }

  function goOn (link: Link): void {
    const { near, far } = link
    if (far === undefined) return open(link)
    if (near.destroyed || far.destroyed) return drop(link)
    near.pipe(far)
    far.pipe(near)
  }

  return {
    port,
    silence () {
      isSilent = true
      for (const link of links) hold(link)
    },
    async refuse () {
      if (server.listening) {
        const closed = once(server, 'close')
        server.close()
        for (const link of links) drop(link)
        await closed
      }
    },
    async restore (before = 'deliver') {
      if (!server.listening) await listen(port)
      isSilent = false
      for (const link of [...links]) {
        if (link.isForgotten) continue
        if (before === 'deliver') goOn(link)
        else if (before === 'reset') drop(link)
        else link.isForgotten = true
      }
    },
    async close () {
      const closed = server.listening ? once(server, 'close') : undefined
      server.close()
      for (const link of links) drop(link)
      await closed
    }
  }
}
