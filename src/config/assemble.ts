import { resolve } from 'node:path'
import { parseJid } from '../model/address.ts'
import type { BotConfig, ComponentConfig, Config, CouchdbStoreConfig, RoomConfig, SqliteStoreConfig, SearchConfig } from './config.ts'
import { checkTogether, warningsOf } from './checks.ts'
import { domain } from './fields.ts'
import { problemsOf } from './issues.ts'
import type { Path, Problem } from './problem.ts'
import { BYTES_PER_MB, configSchema } from './schema.ts'
import type { ConfigFile, RoomFile } from './schema.ts'
import { readSecret } from './secrets.ts'
import type { SecretAnswer } from './secrets.ts'
import { checkNames, defaultSlug } from './slugs.ts'

type Raw = Readonly<Record<string, unknown>>

export interface Assembled {
  /** Undefined when there are problems. */
  readonly config: Omit<Config, 'file' | 'warnings'> | undefined
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/**
 * Makes the configuration out of the file's plain data. Checks that concern several settings look at the raw data
 * where they can, so that a mistake in one place does not hide another.
 */
export function assemble (data: Raw, folder: string): Assembled {
  const { shape } = configSchema
  const parsed = configSchema.safeParse(data)
  const rooms = Array.isArray(data['rooms']) ? data['rooms'].map(rawOf) : []
  const secrets = {
    xmpp: secretOf(rawOf(data['xmpp']), ['xmpp'], folder),
    store: secretOf(rawOf(data['store']), ['store'], folder),
    rooms: rooms.map((room, index) => readSecret({ section: room, path: ['rooms', index], key: 'password', isRequired: false, folder }))
  }
  const answers = [secrets.xmpp, secrets.store, ...secrets.rooms]
  const problems = [
    ...problemsOf(parsed.error?.issues ?? [], data),
    ...answers.flatMap(answer => answer.problems),
    ...checkNames(rooms),
    ...checkTogether({
      domain: domain.safeParse(rawOf(data['xmpp'])['domain']).data,
      store: shape.store.safeParse(data['store']).data,
      spool: shape.spool.safeParse(data['spool']).data,
      search: shape.search.safeParse(data['search']).data,
      rooms: rooms.map(room => typeof room['jid'] === 'string' ? room['jid'] : undefined)
    }, folder)
  ]
  if (problems.length > 0 || parsed.data === undefined) return { config: undefined, problems, warnings: [] }

  const file = parsed.data
  return {
    problems,
    warnings: [...answers.flatMap(answer => answer.warnings), ...warningsOf(file)],
    config: {
      site: siteConfig(file, folder),
      http: httpConfig(file.http),
      xmpp: xmppConfig(file.xmpp, secrets.xmpp.value ?? ''),
      store: storeConfig(file.store, secrets.store.value, folder),
      spool: { path: resolve(folder, file.spool.path), maxBytes: file.spool.max_mb * BYTES_PER_MB },
      search: searchConfig(file.search, storeConfig(file.store, secrets.store.value, folder), folder),
      log: file.log,
      rooms: file.rooms.map((room, index) => roomConfig(room, secrets.rooms[index]?.value, file.xmpp.nick))
    }
  }
}

function rawOf (value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Raw : {}
}

function secretOf (section: Raw, path: Path, folder: string): SecretAnswer {
  const key = section['mode'] === 'component' ? 'secret' : 'password'
  const isRequired = section['mode'] === 'component' || section['mode'] === 'bot'
  return readSecret({ section, path, key, isRequired, folder })
}

function siteConfig ({ site, http }: ConfigFile, folder: string): Config['site'] {
  const { stylesheet, templates, cache, cache_mb: cacheMb, ...said } = site
  return {
    ...said,
    url: site.url ?? localUrl(http),
    stylesheet: stylesheet === undefined ? undefined : resolve(folder, stylesheet),
    templates: templates === undefined ? undefined : resolve(folder, templates),
    cache: resolve(folder, cache),
    cacheBytes: cacheMb * BYTES_PER_MB
  }
}

function httpConfig ({ host, port, metrics, crawlers, trust_proxy: trustProxy }: ConfigFile['http']): Config['http'] {
  return {
    host,
    port,
    metrics,
    trustProxy,
    crawlers: crawlers === 'off' ? undefined : { pagesPerMinute: crawlers.pages_per_minute, searchesPerMinute: crawlers.searches_per_minute }
  }
}

function localUrl ({ host, port }: ConfigFile['http']): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return new URL(`http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`).origin
}

function xmppConfig (xmpp: ConfigFile['xmpp'], secret: string): ComponentConfig | BotConfig {
  const { nick, resource } = xmpp
  return xmpp.mode === 'component'
    ? { mode: 'component', domain: xmpp.domain, server: xmpp.server, secret, delegatedFrom: xmpp.delegated_from, nick, resource }
    : { mode: 'bot', jid: xmpp.jid, password: secret, service: xmpp.service, tls: xmpp.tls, nick, resource }
}

function storeConfig (store: ConfigFile['store'], password: string | undefined, folder: string): SqliteStoreConfig | CouchdbStoreConfig {
  if (store.driver === 'sqlite') return { driver: 'sqlite', path: resolve(folder, store.path) }
  const url = new URL(store.url)
  if (password !== undefined) url.password = encodeURIComponent(password)
  return { driver: 'couchdb', url: url.href }
}

/** Without an address of their own the postings stand beside the record: in the database of its name with -search behind it. */
function searchConfig ({ engine, path, url, language }: ConfigFile['search'], store: SqliteStoreConfig | CouchdbStoreConfig, folder: string): SearchConfig {
  const beside = store.driver === 'couchdb' ? `${store.url.replace(/\/$/, '')}-search` : undefined
  const address = engine === 'nouveau' ? url?.href ?? beside : undefined
  return { engine, path: resolve(folder, path), language, ...address !== undefined && { url: address } }
}

function roomConfig (room: RoomFile, password: string | undefined, nick: string): RoomConfig {
  return {
    jid: room.jid,
    slug: room.slug ?? defaultSlug(parseJid(room.jid).local),
    aliases: room.aliases,
    title: room.title,
    description: room.description,
    level: room.level,
    nick: room.nick ?? nick,
    password,
    history: room.history,
    catchUp: room.catch_up,
    recreatedAfter: room.recreated_after,
    retention: { talk: room.retention.talk_days, presence: room.retention.presence_days },
    editHistory: room.edit_history,
    rankPeople: room.rank_people,
    realJids: room.real_jids
  }
}
