import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { loadConfig } from '../../src/config/load.ts'
import { configSchema } from '../../src/config/schema.ts'
import { writeConfig } from './write-config.ts'

const MANUAL = resolve(import.meta.dirname, '../../config.yaml')
const text = readFileSync(MANUAL, 'utf8')

/** The settings of the manual by path, those not in force included: `rooms[].slug`. */
function documentedKeys (): string[] {
  const open: Array<{ readonly indent: number, readonly path: string }> = []
  return text.split('\n').flatMap(line => {
    const match = /^( *)(- )?#?([a-z_]+):/.exec(line)
    if (match === null) return []
    const indent = (match[1] ?? '').length + (match[2] ?? '').length
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop()
    const parent = open.at(-1)?.path
    const path = parent === undefined ? `${match[3]}` : `${parent}${parent === 'rooms' ? '[]' : ''}.${match[3]}`
    open.push({ indent, path })
    return [path]
  })
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

function schemaKeys (schema: JsonSchema, path = ''): string[] {
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
      const inner = path === '' ? key : `${path}.${key}`
      return [inner, ...schemaKeys(part, inner)]
    }),
    ...(schema.items === undefined ? [] : schemaKeys(schema.items, `${path}[]`)),
    ...[...schema.anyOf ?? [], ...schema.oneOf ?? []].flatMap(part => schemaKeys(part, path))
  ]
}

test('config.yaml loads as it is, for a server on this machine', () => {
  const config = loadConfig(MANUAL, {})
  assert.deepEqual(config.warnings, [])
  assert.equal(config.xmpp.mode === 'component' && config.xmpp.domain, 'logs.localhost')
  assert.deepEqual(config.rooms.map(({ jid, slug }) => ({ jid, slug })), [{ jid: 'lounge@conference.localhost', slug: 'lounge' }])
})

test('config.yaml shows every key of the schema and no other', () => {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const known = new Set(schemaKeys(schema))
  assert.ok(known.size > 35)
  assert.deepEqual([...new Set(documentedKeys())].sort(), [...known].sort())
})

test('the four lines that config.yaml says must be changed are in force', () => {
  const data = parse(text) as { site: object, xmpp: object, rooms: object[] }
  assert.ok('url' in data.site && 'domain' in data.xmpp && 'secret' in data.xmpp && 'jid' in (data.rooms[0] ?? {}))
})

test('the default that config.yaml names for a setting is the one in force without it', t => {
  const { file: _, warnings: __, rooms, xmpp, store, spool, search, ...shown } = loadConfig(MANUAL, {})
  const bare = loadConfig(writeConfig(t, 'xmpp: { mode: component, domain: logs.localhost, secret: change-me }\nrooms: [{ jid: lounge@conference.localhost }]'), {})
  assert.deepEqual({ site: { ...bare.site, cache: shown.site.cache }, http: bare.http, log: bare.log }, shown)
  assert.deepEqual(bare.xmpp, xmpp)
  assert.deepEqual({ ...bare.spool, path: spool.path }, spool)
  assert.deepEqual({ ...bare.search, path: search.path }, search)
  assert.equal(bare.store.driver, store.driver)
  assert.deepEqual(bare.rooms, rooms.map(room => ({ ...room, level: 'off' })))
})

test('the examples that config.yaml leaves out of force are right as well', t => {
  const uncommented = text.replace(/^( *)#(?=[a-z_]+:)/gm, '$1')
  const without = (pattern: RegExp): string => uncommented.replace(/^ +(secret_file|password_file):.*\n/gm, '').replace(pattern, '')
  const env = { HANSARD_PASSWORD: 'a', COUCHDB_PASSWORD: 'b', LOUNGE_PASSWORD: 'c' }
  const bot = without(/^ {2}(domain|server|secret|delegated_from|path: data\/hansard\.db).*\n/gm)
    .replace('mode: component', 'mode: bot')
    .replace('driver: sqlite', 'driver: couchdb')
  const config = loadConfig(writeConfig(t, bot), env)
  assert.equal(config.xmpp.mode === 'bot' && config.xmpp.password, 'a')
  assert.equal(config.store.driver === 'couchdb' && config.store.url, 'http://hansard:b@127.0.0.1:5984/hansard')
  assert.equal(config.rooms[0]?.password, 'c')
})
