import { stringify } from 'yaml'
import type { Config } from './config.ts'
import type { Path } from './problem.ts'
import { BYTES_PER_MB } from './schema.ts'

export const HIDDEN = '[hidden]'

const SECRET_KEYS = new Set<unknown>(['secret', 'password'])

/** Whether the setting at the path may never be shown: a secret, or an address that may carry one. */
export function isSecretKey (path: Path): boolean {
  return SECRET_KEYS.has(path.at(-1)) || ['store.url', 'search.url'].includes(path.join('.'))
}

/** The same configuration without its secrets, fit to be printed and logged. */
export function redactConfig (config: Config): Config {
  const { xmpp, store, search } = config
  return {
    ...config,
    xmpp: xmpp.mode === 'component' ? { ...xmpp, secret: HIDDEN } : { ...xmpp, password: HIDDEN },
    store: store.driver === 'couchdb' ? { ...store, url: hidePassword(store.url) } : store,
    search: search.url === undefined ? search : { ...search, url: hidePassword(search.url) },
    rooms: config.rooms.map(room => room.password === undefined ? room : { ...room, password: HIDDEN })
  }
}

/** What is in force, as a configuration file with every key and without secrets. */
export function printConfig (config: Config): string {
  const { file: _file, warnings: _warnings, ...sections } = redactConfig(config)
  const spool = { path: config.spool.path, maxMb: config.spool.maxBytes / BYTES_PER_MB }
  const { cacheBytes, ...site } = config.site
  const http = { ...config.http, crawlers: config.http.crawlers ?? 'off' }
  return stringify(snakeCased({ ...sections, site: { ...site, cacheMb: cacheBytes / BYTES_PER_MB }, http, spool }), { lineWidth: 0 })
}

function hidePassword (address: string): string {
  const url = new URL(address)
  if (url.password !== '') url.password = 'hidden'
  return url.href
}

function snakeCased (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => [
      key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
      key === 'server' ? hostAndPort(member as { host: string, port: number }) : snakeCased(member)
    ]))
}

function hostAndPort ({ host, port }: { host: string, port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
