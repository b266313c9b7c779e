/* eslint-disable no-template-curly-in-string -- ${NAME} is the configuration's own notation */
export const XMPP = 'xmpp: { mode: component, domain: logs.localhost, secret: s3cret }\n'
const COUCHDB = `${XMPP}store:\n  driver: couchdb\n  url: `

export interface Mistake {
  readonly name: string
  readonly text: string
  /** Each problem as it stands after the name of the file. */
  readonly problems: readonly string[]
}

/** Wrong configurations, for every check that one may be wrong in. */
export const MISTAKES: readonly Mistake[] = [
  { name: 'an empty file', text: '', problems: [': Cannot use an empty file: expected at least the section xmpp'] },
  { name: 'a file of comments', text: '# nothing\n', problems: [': Cannot use an empty file: expected at least the section xmpp'] },
  { name: 'a list for a file', text: '- a\n', problems: [': Cannot use this file: expected sections of the form xmpp: …'] },
  {
    name: 'an unfinished list',
    text: `${XMPP}rooms: [{ jid: a@b.c }\nlog: { level: info }\n`,
    problems: [':3: Cannot read this as YAML: Flow sequence in block collection must be sufficiently indented and end with a ]']
  },
  { name: 'a tab', text: `${XMPP}log:\n\tlevel: info\n`, problems: [':3: Cannot read this as YAML: Tabs are not allowed as indentation'] },
  { name: 'two documents', text: `${XMPP}---\n${XMPP}`, problems: [':2: Cannot use more than one YAML document: expected no further line of ---'] },
  {
    name: 'a variable in braces without quotes',
    text: 'xmpp: { mode: component, domain: logs.localhost,\n  secret: ${SECRET} }\n',
    problems: [':2: Cannot read a variable inside { } without quotes: expected it in quotes']
  },
  { name: 'an alias of nothing', text: `${XMPP}log: { level: *l }\n`, problems: [': Cannot read this as YAML: Unresolved alias (the anchor must be set before the alias): l'] },
  {
    name: 'a tag of another program',
    text: `${XMPP}log:\n  level: !vault info\n`,
    problems: [':3: Cannot read this as YAML: Unresolved tag: !vault']
  },
  {
    name: 'a key twice, beside another mistake',
    text: `${XMPP}log:\n  level: info\n  level: inf\n`,
    problems: [
      ':4: Cannot use the key "level" twice: expected each key once in its section',
      ':4: log.level: Cannot use "inf": expected one of fatal, error, warn, info, debug, trace, silent; is info meant?'
    ]
  },
  {
    name: 'an unknown section',
    text: `${XMPP}serach: {}\n`,
    problems: [':2: serach: Cannot use this key: it is unknown, expected one of site, http, xmpp, store, spool, search, log, rooms; is search meant?']
  },
  {
    name: 'an unknown key',
    text: `${XMPP}site:\n  title: Logs\n  colour: red\n`,
    problems: [':4: site.colour: Cannot use this key: it is unknown, expected one of title, url, description, language, stylesheet, templates, cache, cache_mb']
  },
  {
    name: 'a key named like something of JavaScript',
    text: `${XMPP}__proto__: { a: 1 }\n`,
    problems: [':2: __proto__: Cannot use this key: it is unknown, expected one of site, http, xmpp, store, spool, search, log, rooms']
  },
  { name: 'no connection', text: 'log: { level: info }\n', problems: [': xmpp: Cannot be left out: expected settings beginning with mode: component or bot'] },
  { name: 'no mode', text: 'xmpp:\n  secret: x\n', problems: [':1: xmpp.mode: Cannot be left out: expected one of component, bot'] },
  { name: 'an unknown mode', text: 'xmpp:\n  mode: bto\n', problems: [':2: xmpp.mode: Cannot use "bto": expected one of component, bot; is bot meant?'] },
  {
    name: 'a component without anything',
    text: 'xmpp:\n  mode: component\n',
    problems: [
      ':1: xmpp.domain: Cannot be left out: expected a domain such as logs.example.org',
      ':1: xmpp.secret: Cannot be left out: expected secret, secret_file, or secret: ${NAME} for an environment variable'
    ]
  },
  {
    name: 'a bot without anything',
    text: 'xmpp:\n  mode: bot\n',
    problems: [
      ':1: xmpp.jid: Cannot be left out: expected an address such as hansard@example.org',
      ':1: xmpp.password: Cannot be left out: expected password, password_file, or password: ${NAME} for an environment variable'
    ]
  },
  {
    name: 'a setting of the other mode',
    text: `${XMPP.replace(' }', ', tls: required }')}`,
    problems: [':1: xmpp.tls: Cannot use this key: it is unknown, expected one of mode, domain, server, secret, secret_file, delegated_from, nick, resource']
  },
  {
    name: 'a domain with a port',
    text: XMPP.replace('logs.localhost', 'logs.localhost:5347'),
    problems: [':1: xmpp.domain: Cannot use "logs.localhost:5347": expected only a domain such as logs.example.org, without user, port and path']
  },
  {
    name: 'a room where a room service belongs',
    text: XMPP.replace(' }', ', delegated_from: [lounge@conference.localhost] }'),
    problems: [
      ':1: xmpp.delegated_from[0]: Cannot use "lounge@conference.localhost": expected only a domain such as logs.example.org, without user, port and path'
    ]
  },
  {
    name: 'a server without a port',
    text: XMPP.replace(' }', ', server: localhost }'),
    problems: [':1: xmpp.server: Cannot use "localhost": expected host:port such as 127.0.0.1:5347, with a port from 1 to 65535']
  },
  {
    name: 'a server with too high a port',
    text: XMPP.replace(' }', ', server: "localhost:65536" }'),
    problems: [':1: xmpp.server: Cannot use "localhost:65536": expected host:port such as 127.0.0.1:5347, with a port from 1 to 65535']
  },
  {
    name: 'a domain that the rooms have',
    text: `${XMPP.replace('logs.localhost', 'Conference.localhost')}rooms:\n  - jid: lounge@conference.localhost\n`,
    problems: [':1: xmpp.domain: Cannot use "conference.localhost": rooms[0] lives there, expected a domain of the component\'s own']
  },
  {
    name: 'a secret that is a number',
    text: XMPP.replace('s3cret', '12345'),
    problems: [':1: xmpp.secret: Cannot use a number: expected text; put it in quotes']
  },
  { name: 'an empty secret', text: XMPP.replace('s3cret', '""'), problems: [':1: xmpp.secret: Cannot use an empty text: expected at least one character'] },
  {
    name: 'a secret and a file with it',
    text: XMPP.replace(' }', ',\n  secret_file: x }'),
    problems: [':2: xmpp.secret_file: Cannot use secret and secret_file together: expected one of them']
  },
  {
    name: 'a variable that is not set',
    text: 'xmpp:\n  mode: component\n  domain: logs.localhost\n  secret: ${HANSARD_SECRETT}\n',
    problems: [':4: xmpp.secret: Cannot use ${HANSARD_SECRETT}: the environment variable is not set, expected a value; is HANSARD_SECRET meant?']
  },
  {
    name: 'a variable that is not set, in a list of rooms, where a number belongs',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n  - jid: d@e.f\n    history: \${QUITE_ANOTHER}\n`,
    problems: [':5: rooms[1].history: Cannot use ${QUITE_ANOTHER}: the environment variable is not set, expected a value; write $${QUITE_ANOTHER} for the text itself']
  },
  {
    name: 'a variable in the manner of a shell',
    text: `${XMPP}log:\n  level: \${LEVEL:-info}\n`,
    problems: [':3: log.level: Cannot use "${LEVEL:-info}": expected ${NAME}, with a name of letters, digits and underscores']
  },
  {
    name: 'a bot with a resource in its address',
    text: 'xmpp: { mode: bot, jid: a@b.c/phone, password: x }\n',
    problems: [':1: xmpp.jid: Cannot use "a@b.c/phone": it has a resource, expected it in xmpp.resource']
  },
  {
    name: 'a bot without a user',
    text: 'xmpp: { mode: bot, jid: example.org, password: x }\n',
    problems: [':1: xmpp.jid: Cannot use "example.org": it has no user, expected an address such as hansard@example.org']
  },
  {
    name: 'a service of another protocol',
    text: 'xmpp: { mode: bot, jid: a@b.c, password: x, service: "http://b.c" }\n',
    problems: [':1: xmpp.service: Cannot use "http://b.c": expected xmpp://host:5222, or xmpps://host:5223 for TLS from the first byte']
  },
  {
    name: 'a site with a path',
    text: `${XMPP}site:\n  url: https://example.org/logs/\n`,
    problems: [':3: site.url: Cannot use "https://example.org/logs/": it has the path /logs/, expected scheme and host alone, such as https://logs.example.org']
  },
  {
    name: 'a site without a scheme',
    text: `${XMPP}site:\n  url: logs.example.org\n`,
    problems: [':3: site.url: Cannot use "logs.example.org": it is no http or https address, expected scheme and host alone, such as https://logs.example.org']
  },
  { name: 'a title without a value', text: `${XMPP}site:\n  title:\n`, problems: [':3: site.title: Cannot be empty: expected a title, or the line taken out'] },
  { name: 'a port out of range', text: `${XMPP}http:\n  port: 65536\n`, problems: [':3: http.port: Cannot use 65536: expected a whole number from 0 to 65535'] },
  {
    name: 'budgets that are neither',
    text: `${XMPP}http:\n  crawlers: none\n`,
    problems: [':3: http.crawlers: Cannot use "none": expected off, or settings such as pages_per_minute: 120']
  },
  {
    name: 'a budget of nothing',
    text: `${XMPP}http:\n  crawlers: { pages_per_minute: 0 }\n`,
    problems: [':3: http.crawlers.pages_per_minute: Cannot use 0: expected a whole number from 1 to 1000000']
  },
  { name: 'a cache of nothing', text: `${XMPP}site:\n  cache_mb: 0\n`, problems: [':3: site.cache_mb: Cannot use 0: expected a whole number from 1 to 1000000'] },
  { name: 'a port in words', text: `${XMPP}http:\n  port: "80 80"\n`, problems: [':3: http.port: Cannot use "80 80": expected a whole number from 0 to 65535'] },
  {
    name: 'a host with a port',
    text: `${XMPP}http:\n  host: 127.0.0.1:8080\n`,
    problems: [':3: http.host: Cannot use "127.0.0.1:8080": expected a host name or an IP address alone, such as 127.0.0.1, or 0.0.0.0 for every interface']
  },
  {
    name: 'a proxy that is no address',
    text: `${XMPP}http:\n  trust_proxy: [127.0.0.1, 10.0.0.0/33]\n`,
    problems: [':3: http.trust_proxy[1]: Cannot use "10.0.0.0/33": expected an IP address or a network such as 10.0.0.0/8']
  },
  { name: 'an unknown driver', text: `${XMPP}store:\n  driver: postgres\n`, problems: [':3: store.driver: Cannot use "postgres": expected one of sqlite, couchdb'] },
  { name: 'no driver', text: `${XMPP}store:\n  path: x\n`, problems: [':2: store.driver: Cannot be left out: expected one of sqlite, couchdb'] },
  { name: 'a store of the wrong driver', text: `${XMPP}store:\n  driver: sqlite\n  url: "http://a:topsecret@b/c"\n`, problems: [':4: store.url: Cannot use this key: it is unknown, expected one of driver, path'] },
  {
    name: 'a store without a database',
    text: `${COUCHDB}http://admin:topsecret@localhost:5984/\n`,
    problems: [':4: store.url: Cannot use http://localhost:5984/ without a database: expected its name at the end, such as http://localhost:5984/hansard']
  },
  {
    name: 'a store whose database has a bad name',
    text: `${COUCHDB}http://localhost:5984/Hansard\n`,
    problems: [':4: store.url: Cannot use the database name "Hansard": expected a-z, 0-9, _ $ ( ) + - beginning with a letter']
  },
  {
    name: 'a store whose password breaks the address',
    text: `${COUCHDB}http://admin:top/secret@localhost:5984/hansard\n`,
    problems: [':4: store.url: Cannot read it as an http or https address: expected http://user@host:5984/database; a password with special characters belongs in store.password']
  },
  {
    name: 'a store with a password in two places',
    text: `${COUCHDB}http://admin:topsecret@localhost/hansard\n  password: topsecret\n`,
    problems: [':5: store.password: Cannot use a second password: store.url has one already, expected it in one place']
  },
  {
    name: 'a store with a password for nobody',
    text: `${COUCHDB}http://localhost/hansard\n  password: topsecret\n`,
    problems: [':5: store.password: Cannot use a password without a user: expected store.url with one, such as http://hansard@127.0.0.1:5984/hansard']
  },
  {
    name: 'record and index in one file',
    text: `${XMPP}store: { driver: sqlite, path: data/x.db }\nsearch:\n  path: ./data/../data/x.db\n`,
    problems: [':4: search.path: Cannot use the file of store.path: expected a file of its own, which may be dropped and rebuilt']
  },
  {
    name: 'spool and record in one file, and search in the spool',
    text: `${XMPP}store: { driver: sqlite, path: x.db }\nspool:\n  path: ./x.db\nsearch: { path: x.db }\n`,
    problems: [
      ':4: spool.path: Cannot use the file of store.path: expected a file of its own, for what waits while the store is away',
      ':5: search.path: Cannot use the file of store.path: expected a file of its own, which may be dropped and rebuilt'
    ]
  },
  {
    name: 'spool and search in one file, with a store elsewhere',
    text: `${COUCHDB}http://localhost/hansard\nspool: { path: y.db }\nsearch: { path: y.db }\n`,
    problems: [':6: search.path: Cannot use the file of spool.path: expected a file of its own, which may be dropped and rebuilt']
  },
  { name: 'a spool that is a directory', text: `${XMPP}spool: { path: / }\n`, problems: [':2: spool.path: Cannot use /: it is a directory, expected the path of a file'] },
  { name: 'a spool of nothing', text: `${XMPP}spool:\n  max_mb: 0\n`, problems: [':3: spool.max_mb: Cannot use 0: expected a whole number from 1 to 1000000'] },
  { name: 'too much of a spool', text: `${XMPP}spool:\n  max_mb: 1000001\n`, problems: [':3: spool.max_mb: Cannot use 1000001: expected a whole number from 1 to 1000000'] },
  { name: 'a spool measured in words', text: `${XMPP}spool:\n  max_mb: 256 MB\n`, problems: [':3: spool.max_mb: Cannot use "256 MB": expected a whole number from 1 to 1000000'] },
  {
    name: 'a record kept for no day',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    retention: { talk_days: 0 }\n`,
    problems: [':4: rooms[0].retention.talk_days: Cannot use 0: expected a whole number from 1 to 36500']
  },
  {
    name: 'a record kept for a time without its stream',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    retention: { days: 5 }\n`,
    problems: [':4: rooms[0].retention.days: Cannot use this key: it is unknown, expected one of talk_days, presence_days']
  },
  {
    name: 'a catch-up of nothing known',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    catch_up: evrything\n`,
    problems: [':4: rooms[0].catch_up: Cannot use "evrything": expected none, all, or since: with a day or a time such as since: 2024-01-01']
  },
  {
    name: 'a catch-up since a day alone',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    catch_up: 2024-01-01\n`,
    problems: [':4: rooms[0].catch_up: Cannot use "2024-01-01": expected none, all, or since: with a day or a time such as since: 2024-01-01']
  },
  {
    name: 'a catch-up since a day that there was not',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    catch_up:\n      since: 2023-02-29\n`,
    problems: [':5: rooms[0].catch_up.since: Cannot use "2023-02-29": expected a day such as 2024-01-01, or a time such as 2024-01-01T12:00:00Z']
  },
  {
    name: 'a catch-up since a year, which YAML takes for a number',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    catch_up:\n      since: 2023\n`,
    problems: [':5: rooms[0].catch_up.since: Cannot use 2023: expected a day such as 2024-01-01, or a time such as 2024-01-01T12:00:00Z']
  },
  {
    name: 'a catch-up until some time',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    catch_up:\n      since: 2023-01-01\n      until: 2024-01-01\n`,
    problems: [':6: rooms[0].catch_up.until: Cannot use this key: it is unknown, expected since']
  },
  {
    name: 'a room made again on a day',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    recreated_after: 2024-01-01\n`,
    problems: [':4: rooms[0].recreated_after: Cannot use "2024-01-01": expected a time with its zone such as 2024-01-01T12:00:00Z']
  },
  {
    name: 'metrics for a host name',
    text: `${XMPP}http:\n  metrics: [127.0.0.1, monitor.example.org]\n`,
    problems: [':3: http.metrics[1]: Cannot use "monitor.example.org": expected an IP address or a network such as 10.0.0.0/8']
  },
  {
    name: 'metrics for everybody',
    text: `${XMPP}http:\n  metrics: true\n`,
    problems: [':3: http.metrics: Cannot use true: expected a list of IP addresses and networks such as [127.0.0.1, 10.0.0.0/8]']
  },
  { name: 'an unknown engine', text: `${XMPP}search:\n  engine: lucene\n`, problems: [':3: search.engine: Cannot use "lucene": expected one of local, nouveau'] },
  { name: 'Nouveau without a CouchDB', text: `${XMPP}search:\n  engine: nouveau\n`, problems: [':2: search.url: is missing: expected the address of a database for the search, such as http://user:password@127.0.0.1:5984/search'] },
  {
    name: 'rooms that are no list',
    text: `${XMPP}rooms:\n  lounge: { level: public }\n`,
    problems: [':2: rooms: Cannot use a section: expected a list of rooms']
  },
  { name: 'a room that is only an address', text: `${XMPP}rooms:\n  - a@b.c\n`, problems: [':3: rooms[0]: Cannot use "a@b.c": expected settings of the form key: value'] },
  {
    name: 'a room that is a domain',
    text: `${XMPP}rooms:\n  - jid: conference.localhost\n`,
    problems: [':3: rooms[0].jid: Cannot use "conference.localhost" as a room: expected the form room@conference.example.org']
  },
  {
    name: 'a room with a forbidden character',
    text: `${XMPP}rooms:\n  - jid: a b@conference.localhost\n`,
    problems: [':3: rooms[0].jid: Cannot read the address "a b@conference.localhost": its localpart is empty or has a forbidden character']
  },
  {
    name: 'an unknown level',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n  - jid: d@e.f\n  - jid: g@h.i\n    level: pubic\n`,
    problems: [':6: rooms[2].level: Cannot use "pubic": expected one of off, unlisted, public, indexed; is public meant?']
  },
  {
    name: 'a room twice',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n  - jid: A@B.C\n    slug: other\n`,
    problems: [':4: rooms[1].jid: Cannot use "a@b.c" twice: rooms[0] is the same room, expected each room once']
  },
  {
    name: 'rooms of one name at two services',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n  - jid: a@d.e\n`,
    problems: [':4: rooms[1].slug: Cannot be left out: "a" is taken by rooms[0].slug, expected a slug of its own']
  },
  {
    name: 'a slug that is another room\'s alias',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    aliases:\n      - old\n      - older\n  - jid: d@e.f\n    slug: older\n`,
    problems: [':8: rooms[1].slug: Cannot use "older": rooms[0].aliases[1] has it already, expected a slug that no other room has as slug or alias']
  },
  {
    name: 'a slug with capitals',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    slug: Lounge\n`,
    problems: [':4: rooms[0].slug: Cannot use "Lounge": expected letters a-z, digits, dots, hyphens and underscores, at most 64, with a letter or digit at both ends']
  },
  {
    name: 'a reserved slug',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    slug: search\n`,
    problems: [':4: rooms[0].slug: Cannot use "search": expected a slug other than the reserved words all, first, latest, live, m, r, search, static, stats, today']
  },
  {
    name: 'a room whose name makes no slug',
    text: `${XMPP}rooms:\n  - jid: 部屋@b.c\n  - jid: live@b.c\n`,
    problems: [
      ':3: rooms[0].slug: Cannot be left out: none can be made of "部屋", expected a slug of its own',
      ':4: rooms[1].slug: Cannot be left out: "live" is a reserved word, expected a slug of its own'
    ]
  },
  {
    name: 'a store below a file',
    text: `${XMPP}store: { driver: sqlite, path: /etc/passwd/x.db }\n`,
    problems: [":2: store.path: Cannot use /etc/passwd/x.db: ENOTDIR: not a directory, stat '/etc/passwd/x.db', expected a path below a folder that this user may enter"]
  },
  { name: 'too much history', text: `${XMPP}rooms:\n  - jid: a@b.c\n    history: 1001\n`, problems: [':4: rooms[0].history: Cannot use 1001: expected a whole number from 0 to 1000'] },
  { name: 'half an event of history', text: `${XMPP}rooms:\n  - jid: a@b.c\n    history: 0.5\n`, problems: [':4: rooms[0].history: Cannot use 0.5: expected a whole number from 0 to 1000'] },
  { name: 'a truth value in words', text: `${XMPP}rooms:\n  - jid: a@b.c\n    real_jids: yes\n`, problems: [':4: rooms[0].real_jids: Cannot use "yes": expected true or false'] },
  {
    name: 'a nick of two lines',
    text: `${XMPP}rooms:\n  - jid: a@b.c\n    nick: "a\\nb"\n`,
    problems: [':4: rooms[0].nick: Cannot use "a\\nb": expected a name of at most 1023 bytes, without control characters']
  },
  {
    name: 'mistakes everywhere',
    text: 'site: { titel: x }\nhttp: { port: -1 }\nxmpp: { mode: component, domain: logs.localhost }\nrooms:\n  - { jid: a@b.c, level: on, slug: a }\n  - { jid: a@b.c, slug: a }\n',
    problems: [
      ':1: site.titel: Cannot use this key: it is unknown, expected one of title, url, description, language, stylesheet, templates, cache, cache_mb; is title meant?',
      ':2: http.port: Cannot use -1: expected a whole number from 0 to 65535',
      ':3: xmpp.secret: Cannot be left out: expected secret, secret_file, or secret: ${NAME} for an environment variable',
      ':5: rooms[0].level: Cannot use "on": expected one of off, unlisted, public, indexed',
      ':6: rooms[1].jid: Cannot use "a@b.c" twice: rooms[0] is the same room, expected each room once',
      ':6: rooms[1].slug: Cannot use "a": rooms[0].slug has it already, expected a slug that no other room has as slug or alias'
    ]
  }
]
