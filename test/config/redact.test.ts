import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { z } from 'zod'
import { loadConfig } from '../../src/config/load.ts'
import { isSecretKey, printConfig, redactConfig } from '../../src/config/redact.ts'
import { configSchema } from '../../src/config/schema.ts'
import { writeConfig } from './write-config.ts'

const COMPONENT = `
xmpp: { mode: component, domain: logs.localhost, server: "[::1]:5347", secret: topsecret1 }
store: { driver: couchdb, url: "http://admin:topsecret2@localhost:5984/hansard" }
rooms: [{ jid: lounge@conference.localhost, password: topsecret3, real_jids: true, catch_up: all }]
`
const BOT = `
spool: { path: x.db, max_mb: 7 }
search: { engine: nouveau, url: "http://admin:topsecret4@localhost:5984/postings" }
site: { cache: pages, cache_mb: 3 }
http: { metrics: [], crawlers: off }
xmpp: { mode: bot, jid: a@b.c, password: topsecret1 }
store: { driver: couchdb, url: "http://admin@localhost:5984/hansard", password: topsecret2 }
rooms: [{ jid: lounge@conference.localhost, title: Lounge, catch_up: { since: 2024-01-01 }, recreated_after: 2024-01-01T00:00:00Z }]
`

for (const [name, text] of Object.entries({ component: COMPONENT, bot: BOT })) {
  test(`no secret is left in what is shown of the configuration of a ${name}`, t => {
    const config = loadConfig(writeConfig(t, text), {})
    assert.match(inspect(config, { depth: 9 }), /topsecret1/)
    assert.doesNotMatch(inspect(redactConfig(config), { depth: 9 }), /topsecret/)
    assert.doesNotMatch(printConfig(config), /topsecret/)
    assert.match(printConfig(config), /http:\/\/admin:hidden@localhost:5984\/hansard/)
  })

  test(`what is printed of the configuration of a ${name} is a configuration of the same meaning`, t => {
    const config = loadConfig(writeConfig(t, text), {})
    const again = loadConfig(writeConfig(t, printConfig(config)), {})
    assert.deepEqual({ ...redactConfig(again), file: '' }, { ...redactConfig(config), file: '' })
  })
}

test('the keys held to be secret are those that the schema marks', () => {
  const marked: string[] = []
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })
  JSON.stringify(schema, (key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'secret' in value && value.secret === true) marked.push(key)
    return value
  })
  assert.deepEqual([...new Set(marked)].sort(), ['password', 'secret'])
  assert.ok(marked.every(key => isSecretKey([key])))
})
