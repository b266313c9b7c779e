/* eslint-disable no-template-curly-in-string -- ${NAME} is the configuration's own notation */
import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { writeConfig } from './write-config.ts'

const XMPP = 'xmpp: { mode: component, domain: logs.localhost, secret: s3cret }\n'

test('a file with only the connection gets every other setting by default', t => {
  const path = writeConfig(t, XMPP)
  assert.deepEqual(loadConfig(path, {}), {
    file: path,
    site: {
      title: 'Room logs',
      url: 'http://127.0.0.1:8080',
      description: '',
      language: 'en',
      stylesheet: undefined,
      templates: undefined,
      cache: join(dirname(path), 'data/site'),
      cacheBytes: 1_000_000_000
    },
    http: {
      host: '127.0.0.1',
      port: 8080,
      metrics: ['127.0.0.1', '::1'],
      trustProxy: false,
      crawlers: { pagesPerMinute: 120, searchesPerMinute: 30 }
    },
    xmpp: {
      mode: 'component',
      domain: 'logs.localhost',
      server: { host: '127.0.0.1', port: 5347 },
      secret: 's3cret',
      delegatedFrom: [],
      nick: 'hansard',
      resource: 'hansard'
    },
    store: { driver: 'sqlite', path: join(dirname(path), 'data/hansard.db') },
    spool: { path: join(dirname(path), 'data/spool.db'), maxBytes: 256_000_000 },
    search: { engine: 'local', path: join(dirname(path), 'data/search.db'), language: 'en' },
    log: { level: 'info' },
    rooms: [],
    warnings: [`${path}: rooms: no room is configured, so nothing will be recorded`]
  })
})

test('every setting of a component reaches the configuration', t => {
  const path = writeConfig(t, `
site:
  title: " Logs "
  url: "https://Logs.Example.org/"
  description: Rooms of ours
  language: de
  stylesheet: theme/site.css
  templates: /srv/views
  cache: /var/cache/hansard
  cache_mb: 5
http: { host: "[::]", port: 0, metrics: [10.1.0.0/16, "::1"], trust_proxy: [10.0.0.0/8, "::1"], crawlers: { pages_per_minute: 7 } }
xmpp: { mode: component, domain: Logs.Example.ORG., server: "[::1]:5275", secret: x, delegated_from: [Conference.example.org], nick: clerk, resource: two }
store: { driver: couchdb, url: "http://admin@db.example.org:5984/logs/", password: "p@ss/w%rd" }
spool: { path: /var/lib/spool.db, max_mb: 3 }
search: { engine: local, path: /var/lib/search.db, language: de }
log: { level: debug }
rooms:
  - jid: Lounge@Conference.example.org
    aliases: [cafe]
    title: The lounge
    description: Talk
    level: off
    nick: logger
    password: door
    history: 0
    catch_up: { since: 2024-01-01 }
    recreated_after: 2026-11-21T12:00:00+02:00
    retention: { talk_days: 365, presence_days: 30 }
    edit_history: true
    rank_people: true
    real_jids: true
`)
  const { site, http, xmpp, store, spool, search, log, rooms, warnings } = loadConfig(path, {})
  assert.deepEqual(site, {
    title: 'Logs',
    url: 'https://logs.example.org',
    description: 'Rooms of ours',
    language: 'de',
    stylesheet: join(dirname(path), 'theme/site.css'),
    templates: '/srv/views',
    cache: '/var/cache/hansard',
    cacheBytes: 5_000_000
  })
  assert.deepEqual(http, {
    host: '::',
    port: 0,
    metrics: ['10.1.0.0/16', '::1'],
    trustProxy: ['10.0.0.0/8', '::1'],
    crawlers: { pagesPerMinute: 7, searchesPerMinute: 30 }
  })
  assert.deepEqual(xmpp, {
    mode: 'component',
    domain: 'logs.example.org',
    server: { host: '::1', port: 5275 },
    secret: 'x',
    delegatedFrom: ['conference.example.org'],
    nick: 'clerk',
    resource: 'two'
  })
  assert.deepEqual(store, { driver: 'couchdb', url: 'http://admin:p%40ss%2Fw%25rd@db.example.org:5984/logs' })
  assert.deepEqual(spool, { path: '/var/lib/spool.db', maxBytes: 3_000_000 })
  assert.deepEqual(search, { engine: 'local', path: '/var/lib/search.db', language: 'de' })
  assert.deepEqual(log, { level: 'debug' })
  assert.deepEqual(rooms, [{
    jid: 'lounge@conference.example.org',
    slug: 'lounge',
    aliases: ['cafe'],
    title: 'The lounge',
    description: 'Talk',
    level: 'off',
    nick: 'logger',
    password: 'door',
    history: 0,
    catchUp: { since: '2024-01-01T00:00:00.000000Z' },
    recreatedAfter: '2026-11-21T10:00:00.000000Z',
    retention: { talk: 365, presence: 30 },
    editHistory: true,
    rankPeople: true,
    realJids: true
  }])
  assert.deepEqual(warnings, [])
})

test('every setting of a bot reaches the configuration', t => {
  const path = writeConfig(t, `
xmpp: { mode: bot, jid: Clerk@example.org, password: x, service: "xmpps://xmpp.example.org:5223", nick: clerk, resource: two }
rooms: [{ jid: lounge@conference.example.org }]
`)
  assert.deepEqual(loadConfig(path, {}).xmpp, {
    mode: 'bot',
    jid: 'clerk@example.org',
    password: 'x',
    service: 'xmpps://xmpp.example.org:5223',
    tls: 'required',
    nick: 'clerk',
    resource: 'two'
  })
})

test('a secret comes from a file, without the line break at its end', t => {
  const path = writeConfig(t, `
xmpp: { mode: component, domain: logs.localhost, secret_file: a }
store: { driver: couchdb, url: "http://u@localhost/hansard", password_file: b }
rooms: [{ jid: lounge@conference.localhost, password_file: c }]
`, { a: ' one \n', b: 'two\r\n', c: 'three' })
  const { xmpp, store, rooms, warnings } = loadConfig(path, {})
  assert.equal(xmpp.mode === 'component' && xmpp.secret, ' one ')
  assert.equal(store.driver === 'couchdb' && store.url, 'http://u:two@localhost/hansard')
  assert.equal(rooms[0]?.password, 'three')
  assert.deepEqual(warnings, [])
})

test('a secret file that others may read is a warning', t => {
  const path = writeConfig(t, 'xmpp: { mode: component, domain: logs.localhost, secret_file: a }\nrooms: [{ jid: a@b }]', { a: 'x' })
  const file = join(dirname(path), 'a')
  chmodSync(file, 0o644)
  assert.deepEqual(loadConfig(path, {}).warnings, [
    `${path}:1: xmpp.secret_file: ${file} is open to every user of this machine; chmod o-rwx closes it`
  ])
})

test('the secret of the example is a warning unless the server is on this machine', t => {
  const config = (server: string): string => `
xmpp: { mode: component, domain: logs.example.org, server: "${server}", secret: change-me }
rooms: [{ jid: lounge@conference.example.org }]`
  assert.equal(loadConfig(writeConfig(t, config('127.0.0.1:5347')), {}).warnings.length, 0)
  assert.match(loadConfig(writeConfig(t, config('xmpp.example.org:5347')), {}).warnings.join(), /:2: xmpp\.secret: the secret is the one of the example/)
})

test('a bot that does not insist on TLS is a warning unless the server is on this machine', t => {
  const config = (service: string): string => `
xmpp: { mode: bot, jid: clerk@example.org, password: x, service: "${service}", tls: optional }
rooms: [{ jid: lounge@conference.example.org }]`
  assert.equal(loadConfig(writeConfig(t, config('xmpp://localhost:5222')), {}).warnings.length, 0)
  assert.match(loadConfig(writeConfig(t, config('xmpp://example.org:5222')), {}).warnings.join(), /:2: xmpp\.tls: optional lets others/)
})

test('environment variables stand in for values, are taken as they are and never read as YAML', t => {
  const path = writeConfig(t, `
site: { title: "\${TITLE} of \${TOWN}", description: "$\${TITLE} costs $5" }
http:
  port: \${PORT}
  trust_proxy: \${TRUST}
xmpp:
  mode: component
  domain: logs.localhost
  secret: \${SECRET}
rooms: [{ jid: "\${ROOM}@conference.localhost" }]
`)
  const config = loadConfig(path, { TITLE: 'Logs', TOWN: '${TITLE}', PORT: '9090', TRUST: 'true', SECRET: '0123: [', ROOM: 'lounge' })
  assert.equal(config.site.title, 'Logs of ${TITLE}')
  assert.equal(config.site.description, '${TITLE} costs $5')
  assert.equal(config.http.port, 9090)
  assert.equal(config.http.trustProxy, true)
  assert.equal(config.xmpp.mode === 'component' && config.xmpp.secret, '0123: [')
  assert.equal(config.rooms[0]?.jid, 'lounge@conference.localhost')
})

test('a room that names no slug gets one made of its localpart', t => {
  const table = {
    'lounge@conference.localhost': 'lounge',
    'Café.Größe@conference.localhost': 'cafe.gro-e',
    'd\\27artagnan@conference.localhost': 'd-artagnan',
    '#c++@irc.localhost': 'c',
    '-dev_team-@conference.localhost': 'dev_team',
    [`${'x'.repeat(100)}@conference.localhost`]: 'x'.repeat(64)
  }
  const path = writeConfig(t, `${XMPP}rooms:\n${Object.keys(table).map(jid => `  - { jid: '${jid}' }\n`).join('')}`)
  assert.deepEqual(loadConfig(path, {}).rooms.map(room => room.slug), Object.values(table))
})

test('YAML anchors and aliases work, and a byte order mark and CRLF do no harm', t => {
  const path = writeConfig(t, `\uFEFF${XMPP}rooms:\r\n  - &a { jid: a@b.c, level: public }\r\n  - { jid: d@e.f, level: &l unlisted }\r\n  - { jid: g@h.i, level: *l }\r\n`)
  assert.deepEqual(loadConfig(path, {}).rooms.map(room => room.level), ['public', 'unlisted', 'unlisted'])
})

test('the address of the site follows the address it listens on', t => {
  const url = (http: string): string => loadConfig(writeConfig(t, `${XMPP}http: ${http}\n`), {}).site.url
  assert.equal(url('{ host: 0.0.0.0, port: 9000 }'), 'http://127.0.0.1:9000')
  assert.equal(url('{ host: "::1" }'), 'http://[::1]:8080')
  assert.equal(url('{ host: logs.lan, port: 80 }'), 'http://logs.lan')
})

test('how much of a room\'s archive to take in is nothing, everything, or what a day or a time begins', t => {
  const rooms = ['none', 'all', '{ since: 2024-02-29 }', '{ since: "2024-01-01T12:00:00.5-03:00" }', '\n      since: ${SINCE}']
  const path = writeConfig(t, `${XMPP}rooms:\n${rooms.map((value, n) => `  - jid: r${n}@b.c\n    catch_up: ${value}\n`).join('')}`)
  assert.deepEqual(loadConfig(path, { SINCE: '2020-01-01' }).rooms.map(room => room.catchUp), [
    'none', 'all', { since: '2024-02-29T00:00:00.000000Z' }, { since: '2024-01-01T15:00:00.500000Z' }, { since: '2020-01-01T00:00:00.000000Z' }
  ])
})

test('a time that lies ahead is a warning where it means nothing or too much', t => {
  const room = '{ jid: a@b.c, catch_up: { since: 2250-01-01 },\n  recreated_after: 2250-01-01T00:00:00Z }'
  const path = writeConfig(t, `${XMPP}rooms: [ ${room} ]\n`)
  assert.deepEqual(loadConfig(path, {}).warnings, [
    `${path}:2: rooms[0].catch_up.since: the time lies ahead, so nothing of what the room has archived will be taken in`,
    `${path}:3: rooms[0].recreated_after: the time lies ahead, so a room destroyed until then will be taken for the same room`
  ])
})

test('the configuration cannot be changed, at no depth', t => {
  const config = loadConfig(writeConfig(t, `${XMPP}rooms: [{ jid: a@b.c, aliases: [x] }]`), {})
  const parts: unknown[] = [config, config.site, config.xmpp, config.rooms, config.rooms[0], config.rooms[0]?.aliases, config.warnings]
  assert.ok(parts.every(part => Object.isFrozen(part)))
})
