import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { Day } from '../../src/model/day.ts'
import { MISTAKES } from '../config/mistakes.ts'
import { writeConfig } from '../config/write-config.ts'
import { runCaptured } from './run-captured.ts'

// Some of the wrong configurations name a variable that is set.
process.env['HANSARD_SECRET'] = 'x'

const SAMPLE = join(import.meta.dirname, '../fixtures/duraspace-sample.jsonl.gz')
const CONFIG = `xmpp: { mode: component, domain: logs.localhost, server: 127.0.0.1:1, secret: s3cret }
http: { port: 1 }
rooms: [ { jid: duraspace@conference.localhost, level: indexed } ]
`

async function importedSample (t: TestContext): Promise<string> {
  const config = writeConfig(t, CONFIG)
  const { code } = await runCaptured('import', '--config', config, '--room', 'duraspace@conference.localhost', SAMPLE)
  assert.equal(code, 0)
  return config
}

test('without a command the commands are listed, and the exit code says that this was no use', async () => {
  const { code, stderr } = await runCaptured()
  assert.equal(code, 2)
  for (const name of ['serve', 'catch-up', 'import', 'search', 'remove', 'rooms', 'reindex', 'doctor']) assert.match(stderr, new RegExp(`hansard ${name} `))
})

test('help and --help print the same and succeed', async () => {
  const help = await runCaptured('help', 'import')
  assert.deepEqual(help, await runCaptured('import', '--help'))
  assert.equal(help.code, 0)
  assert.match(help.stdout, /--format jsonl/)
})

const CONFIGURED = join(import.meta.dirname, '../../config.yaml')

const MISUSES: ReadonlyArray<readonly [string, readonly string[], RegExp]> = [
  ['an unknown command', ['record'], /expected one of serve, catch-up, import/],
  ['an unknown option', ['rooms', '--all'], /Unknown option '--all'[^]*hansard help rooms/],
  ['an argument too many', ['rooms', 'lounge'], /Unexpected argument 'lounge'/],
  ['an unknown output', ['rooms', '--output', 'xml'], /expected one of simple, json, jsonl/],
  ['a missing configuration', ['rooms', '--config', '/nowhere/config.yaml'], /does not exist/],
  ['an unknown import format', ['import', '--format', 'mbox'], /Cannot import the format "mbox"/],
  ['a room that is none', ['import', '--room', 'lounge'], /expected the form room@conference/],
  ['a room to catch up with that is none', ['catch-up', '--config', CONFIGURED, '--room', 'lounge'], /expected the form room@conference/],
  ['a room to catch up with that is not configured', ['catch-up', '--config', CONFIGURED, '--room', 'a@b.c'], /a@b\.c: it is not in .*config\.yaml/],
  ['a search for nothing', ['search'], /expected words/],
  ['a limit that is none', ['search', '--limit', 'many', 'words'], /expected a whole number/]
]

for (const [name, argv, message] of MISUSES) {
  test(`${name} ends with 2 and says what is expected`, async () => {
    const { code, stderr, stdout } = await runCaptured(...argv)
    assert.equal(code, 2)
    assert.match(stderr, message)
    assert.equal(stdout, '')
  })
}

for (const { name, text, problems } of MISTAKES) {
  test(`a configuration with ${name} ends with 2 and prints each line and remedy`, async t => {
    const { code, stderr } = await runCaptured('serve', '--config', writeConfig(t, text))
    assert.equal(code, 2)
    for (const problem of problems) assert.ok(stderr.includes(problem), stderr)
  })
}

test('a file that is not there is found before anything is imported', async t => {
  const { code, stderr } = await runCaptured('import', '--config', writeConfig(t, CONFIG), SAMPLE, '/nowhere/log.jsonl')
  assert.equal(code, 2)
  assert.match(stderr, /Cannot read \/nowhere\/log.jsonl/)
})

test('importing twice adds nothing the second time', async t => {
  const config = await importedSample(t)
  const { code, stdout } = await runCaptured('import', '--config', config, '--room', 'duraspace@conference.localhost', '-o', 'jsonl', SAMPLE)
  assert.equal(code, 0)
  const { read, added, known, failed } = JSON.parse(stdout) as Record<string, number>
  assert.deepEqual({ read, added, known, failed }, { read: 2000, added: 0, known: 2000, failed: 0 })
})

test('after an import the ledger counts for each day what the file has', async t => {
  const config = await importedSample(t)
  const expected = new Map<string, { talk: number, presence: number }>()
  for (const line of gunzipSync(readFileSync(SAMPLE)).toString().trim().split('\n')) {
    const { ts, kind } = JSON.parse(line) as { ts: string, kind: string }
    const count = expected.get(ts.slice(0, 10)) ?? { talk: 0, presence: 0 }
    count[kind === 'message' || kind === 'subject' ? 'talk' : 'presence'] += 1
    expected.set(ts.slice(0, 10), count)
  }
  const store = createSqliteStore({ path: join(dirname(config), 'data/hansard.db') })
  for (const [day, { talk, presence }] of expected) {
    const ledger = await store.day(parseRoomJid('duraspace@conference.localhost'), day as Day)
    assert.deepEqual([day, ledger?.talk, ledger?.presence], [day, talk, presence])
  }
  await store.close()
})

test('search prints hits newest first in three forms, and ends with 1 when there are none', async t => {
  const config = await importedSample(t)
  const simple = await runCaptured('search', '--config', config, '--limit', '3', 'dspace')
  assert.equal(simple.code, 0)
  assert.equal(simple.stdout.trim().split('\n').length, 3)
  assert.match(simple.stdout, /^2009-07-\d\d \d\d:\d\d:\d\d {2}duraspace@conference.localhost {2}<[^>]+> /)

  const all = await runCaptured('search', '--config', config, '--limit', '0', '-o', 'json', 'dspace')
  const hits = JSON.parse(all.stdout) as Array<{ time: string, body: string, url: string }>
  assert.ok(hits.length > 50)
  assert.ok(hits.every(({ body }) => /dspace/i.test(body)))
  assert.deepEqual(hits.map(({ time }) => time), hits.map(({ time }) => time).sort().reverse())
  assert.match(hits[0]?.url ?? '', /^http:\/\/.*\/r\/duraspace\/m\//)

  const without = await runCaptured('search', '--config', config, '-o', 'json', '--limit', '0', 'dspace', '-fedora')
  const fewer = JSON.parse(without.stdout) as Array<{ body: string }>
  assert.ok(fewer.length > 0 && fewer.length < hits.length)
  assert.ok(!fewer.some(({ body }) => /\bfedora\b/i.test(body)))

  assert.deepEqual(await runCaptured('search', '--config', config, '-o', 'json', '--limit', '0', 'dspace', '--', '-fedora'), without)

  const none = await runCaptured('search', '--config', config, '-o', 'json', 'serendipity')
  assert.deepEqual(none, { code: 1, stdout: '[]\n', stderr: '' })
  const wrong = await runCaptured('search', '--config', config, 'an "open quote')
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /character 4/)
})

test('rooms lists what is recorded, also of rooms that are not configured any more', async t => {
  const config = await importedSample(t)
  await runCaptured('import', '--config', config, '--room', 'gone@conference.localhost', SAMPLE)
  const { code, stdout } = await runCaptured('rooms', '--config', config, '-o', 'jsonl')
  assert.equal(code, 0)
  const rows = stdout.trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(rows.map(({ room, slug, level, talk, presence }) => [room, slug, level, talk, presence]), [
    ['duraspace@conference.localhost', 'duraspace', 'indexed', 1165, 835],
    ['gone@conference.localhost', null, null, 1165, 835]
  ])
})

test('reindex builds the same index again', async t => {
  const config = await importedSample(t)
  const before = await runCaptured('search', '--config', config, '--limit', '0', 'dspace')
  const { code, stdout } = await runCaptured('reindex', '--config', config)
  assert.equal(code, 0)
  assert.match(stdout, /^2,000 events/)
  assert.deepEqual(await runCaptured('search', '--config', config, '--limit', '0', 'dspace'), before)
})

test('doctor names what fails in one line each with what helps, and never prints a secret', async t => {
  const config = writeConfig(t, CONFIG)
  const { code, stdout } = await runCaptured('doctor', '--config', config)
  assert.equal(code, 1)
  assert.match(stdout, /^ok {3}config: /m)
  assert.match(stdout, /^ok {3}store: /m)
  assert.match(stdout, /^ok {3}spool: .*\/data can be written; [\d,]+ MB free on the disk of \//m)
  assert.match(stdout, /^FAIL xmpp: .*127\.0\.0\.1:1/m)
  const printed = await runCaptured('doctor', '--config', config, '--print-config')
  assert.equal(printed.code, 0)
  assert.ok(!printed.stdout.includes('s3cret'))
})
