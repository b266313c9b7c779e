import { z } from 'zod'
import { LEVELS } from '../access/can-read.ts'
import {
  account, dayOrTime, domain, hostPort, line, listenHost, network, nick, paragraph, path, room, secret, slug, time, truth, wholeNumber
} from './fields.ts'
import type { LogLevel } from './config.ts'
import { databaseUrl, serviceUrl, siteUrl } from './urls.ts'

const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** Languages with a stemmer; the index itself is the same for all. */
export const LANGUAGES: readonly string[] = [
  'none', 'ar', 'da', 'de', 'el', 'en', 'es', 'fi', 'fr', 'hu', 'it', 'nl', 'no', 'pt', 'ro', 'ru', 'sv', 'tr'
]

/** Languages of the site itself. */
export const SITE_LANGUAGES = ['en', 'de', 'fr'] as const

/** What `max_mb` counts in. */
export const BYTES_PER_MB = 1_000_000

const MAX_HISTORY = 1000
const MAX_KEPT_DAYS = 36_500
const MAX_SPOOL_MB = 1_000_000
const MAX_CACHE_MB = 1_000_000
const MAX_PER_MINUTE = 1_000_000
const CATCH_UP = 'none, all, or since: with a day or a time such as since: 2024-01-01'

/** Reports unknown keys as the list of those that exist, for problem lines to compare with. */
function section<Shape extends z.core.$ZodShape> (shape: Shape) {
  return z.strictObject(shape, {
    error: issue => issue.code === 'unrecognized_keys' ? oneOf(Object.keys(shape)) : 'settings of the form key: value'
  })
}

function choice<const Values extends readonly string[]> (values: Values) {
  return z.enum(values, oneOf(values))
}

function oneOf (values: readonly string[]): string {
  return values.length === 1 ? values.join() : `one of ${values.join(', ')}`
}

function variants (key: string, names: readonly string[]) {
  return { error: (issue: { code?: string }) => issue.code === 'invalid_union' ? oneOf(names) : `settings beginning with ${key}: ${names.join(' or ')}` }
}

const site = section({
  title: line('a title').default('Room logs'),
  url: siteUrl.optional(),
  description: paragraph.default(''),
  language: choice(SITE_LANGUAGES).default('en'),
  stylesheet: path.optional(),
  templates: path.optional(),
  cache: path.default('data/site'),
  cache_mb: wholeNumber(1, MAX_CACHE_MB).default(1000)
})

const budgets = section({
  pages_per_minute: wholeNumber(1, MAX_PER_MINUTE).default(120),
  searches_per_minute: wholeNumber(1, MAX_PER_MINUTE).default(30)
})

const http = section({
  host: listenHost.default('127.0.0.1'),
  port: wholeNumber(0, 65535).default(8080),
  metrics: z.array(network, 'a list of IP addresses and networks such as [127.0.0.1, 10.0.0.0/8]').default(['127.0.0.1', '::1']),
  crawlers: z.union([z.literal('off'), budgets], 'off, or settings such as pages_per_minute: 120').prefault({}),
  trust_proxy: z.union([truth, z.array(network)], 'true, false, or a list of IP addresses and networks such as [127.0.0.1, 10.0.0.0/8]').default(false)
})

const identity = { nick: nick.default('hansard'), resource: nick.default('hansard') }

const component = section({
  mode: z.literal('component'),
  domain,
  server: hostPort.default({ host: '127.0.0.1', port: 5347 }),
  secret: secret.optional(),
  secret_file: path.optional(),
  delegated_from: z.array(domain, 'a list of domains such as [conference.example.org]').default([]),
  ...identity
})

const bot = section({
  mode: z.literal('bot'),
  jid: account,
  password: secret.optional(),
  password_file: path.optional(),
  service: serviceUrl.optional(),
  tls: choice(['required', 'optional', 'insecure']).default('required'),
  ...identity
})

const sqlite = section({
  driver: z.literal('sqlite'),
  path: path.default('data/hansard.db')
})

const couchdb = section({
  driver: z.literal('couchdb'),
  url: databaseUrl,
  password: secret.optional(),
  password_file: path.optional()
})

const spool = section({
  path: path.default('data/spool.db'),
  max_mb: wholeNumber(1, MAX_SPOOL_MB).default(256)
})

const search = section({
  engine: choice(['local', 'nouveau']).default('local'),
  path: path.default('data/search.db'),
  url: databaseUrl.optional(),
  language: choice(LANGUAGES).default('en')
})

const log = section({ level: choice(LOG_LEVELS).default('info') })

const keptDays = wholeNumber(1, MAX_KEPT_DAYS).optional()
const retention = section({ talk_days: keptDays, presence_days: keptDays })

export const roomSchema = section({
  jid: room,
  slug: slug.optional(),
  aliases: z.array(slug, 'a list of slugs').default([]),
  title: line('a title').optional(),
  description: paragraph.optional(),
  level: choice(LEVELS).default('off'),
  nick: nick.optional(),
  password: secret.optional(),
  password_file: path.optional(),
  history: wholeNumber(0, MAX_HISTORY).default(100),
  catch_up: z.union([z.enum(['none', 'all']), section({ since: dayOrTime })], CATCH_UP).default('none'),
  recreated_after: time.optional(),
  retention: retention.prefault({}),
  edit_history: truth.default(false),
  rank_people: truth.default(false),
  real_jids: truth.default(false)
})

/** The file as it is written, all keys; defaults are filled in. Unknown keys are errors. */
export const configSchema = section({
  site: site.prefault({}),
  http: http.prefault({}),
  xmpp: z.discriminatedUnion('mode', [component, bot], variants('mode', ['component', 'bot'])),
  store: z.discriminatedUnion('driver', [sqlite, couchdb], variants('driver', ['sqlite', 'couchdb'])).prefault({ driver: 'sqlite' }),
  spool: spool.prefault({}),
  search: search.prefault({}),
  log: log.prefault({}),
  rooms: z.array(roomSchema, 'a list of rooms').default([])
})

export type ConfigFile = z.infer<typeof configSchema>
export type RoomFile = z.infer<typeof roomSchema>
