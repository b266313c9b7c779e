import { resolveSrv } from 'node:dns/promises'
import type { SrvRecord } from 'node:dns'
import { HansardError } from '../model/errors.ts'

/** Where a server listens. */
export interface Service {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (XEP-0368), not after STARTTLS. */
  readonly isDirectTls: boolean
}

const FORM = /^(?:(xmpps?):\/\/)?(?:\[([\da-f:.]+)\]|([^\s[\]:/]+))(?::(\d{1,5}))?\/?$/i

/** Reads `host`, `host:port`, `[::1]:port`, each with or without `xmpp://` or `xmpps://`. Throws ERR_CONFIG. */
export function parseService (text: string, ports: { readonly plain: number, readonly tls?: number }): Service {
  const [, scheme, address, name, digits] = FORM.exec(text.trim()) ?? []
  const host = address ?? name
  const isDirectTls = scheme?.toLowerCase() === 'xmpps'
  const port = digits !== undefined ? Number(digits) : isDirectTls ? ports.tls : ports.plain
  if (host === undefined || port === undefined || port < 1 || port > 65535) {
    throw new HansardError('ERR_CONFIG', `Cannot use "${text.slice(0, 80)}" as the address of a server: expected a form such as xmpp.example.org:${ports.plain}`)
  }
  return { host, port, isDirectTls }
}

export function formatService ({ host, port }: Pick<Service, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

export function isLoopback (host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** Where the domain's server takes clients: RFC 6120 §3.2.1, XEP-0368. In the order in which to try them; never empty. */
export async function findServices (domain: string, resolve: (name: string) => Promise<SrvRecord[]> = resolveSrv): Promise<Service[]> {
  async function lookUp (name: string, isDirectTls: boolean): Promise<Array<SrvRecord & { isDirectTls: boolean }>> {
    const records = await resolve(`${name}.${domain}`).catch(() => [])
    // A target that is only the root says that there is no such service.
    return records.filter(({ name }) => name !== '' && name !== '.').map(record => ({ ...record, isDirectTls }))
  }

  const found = await Promise.all([lookUp('_xmpps-client._tcp', true), lookUp('_xmpp-client._tcp', false)])
  const services = found.flat()
    .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
    .map(({ name, port, isDirectTls }) => ({ host: name, port, isDirectTls }))
  return services.length > 0 ? services : [{ host: domain, port: 5222, isDirectTls: false }]
}
