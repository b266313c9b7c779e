import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect } from 'node:tls'

/**
 * Turns the connection into one with TLS. The certificate has to be the one of the account's domain, wherever the
 * name server sent us (RFC 6120 §13.7.2).
 */
export async function upgradeToTls (
  socket: Socket,
  { domain, isChecked }: { readonly domain: string, readonly isChecked: boolean }
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const host = isIP(domain) === 0 ? { servername: domain } : { host: domain }
    const secured = connect({ socket, ...host, rejectUnauthorized: isChecked }, () => {
      secured.removeListener('error', reject)
      // xmpp.js looks here before it sends a password in plain text.
      resolve(Object.assign(secured, { secure: true }))
    })
    secured.once('error', reject)
    socket.once('close', () => { reject(new Error('the connection was closed during the TLS handshake')) })
  })
}
