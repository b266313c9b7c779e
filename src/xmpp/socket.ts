import type { Socket } from 'node:net'

const GOODBYE_MS = 2000

/**
 * Sets a socket up for a stream: a character that is split between two packets is put together (xmpp.js decodes each
 * packet by itself), and a page of stanzas does not wait for an acknowledgement (Nagle's algorithm, about 40 ms).
 */
export function tuneSocket (socket: Socket): void {
  socket.setEncoding('utf8')
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 30_000)
}

/** Writes the last words and resolves when the connection is closed, by the peer or, when that takes long, by us. */
export async function sayGoodbye (socket: Socket | null, words: string): Promise<void> {
  if (socket === null || socket.destroyed) return
  await new Promise<void>(resolve => {
    const timer = setTimeout(() => { socket.destroy() }, GOODBYE_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.end(words)
  })
}
