import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { message } from '../helpers/events.ts'
import { runCaptured } from './run-captured.ts'

const folder = mkdtempSync(join(tmpdir(), 'hansard-export-'))
const config = join(folder, 'config.yaml')
const site = join(folder, 'site')
const lounge = parseRoomJid('lounge@conference.localhost')
const closed = parseRoomJid('closed@conference.localhost')
const quiet = parseRoomJid('quiet@conference.localhost')

function said (day: string, fields: Partial<RoomEvent>): RoomEvent {
  const { body, ...event } = message({ room: lounge, uid: `uid-${day}`, time: `${day}T07:14:09.000000Z` as ArchiveTime, ...fields })
  return event.kind === 'message' ? { ...event, body: body ?? '' } : event
}

const EVENTS: readonly RoomEvent[] = [
  said('2024-05-16', { body: 'about tea', occupant: 'occupant-of-alice', source: { format: 'jsonl', line: 7 } }),
  said('2024-05-17', { body: 'tea <b>again</b> & "more"', files: [{ url: 'https://example.org/tea.png', type: 'image/png', name: 'tea' }] }),
  said('2024-05-17', { kind: 'kick', nick: 'mallory', actor: 'alice', reason: 'no tea', uid: 'kick' }),
  said('2024-05-17', { kind: 'join', nick: '', uid: 'crowd', crowd: [{ nick: 'x' }, { nick: 'y', occupant: 'o' }] }),
  said('2024-06-01', { body: 'hidden words', encrypted: 'urn:xmpp:omemo:2' }),
  said('2025-01-01', { body: '', uid: 'reaction', reactsTo: 'uid-2024-05-17', reactions: ['👍'] }),
  said('2025-01-02', { body: 'a new year', bodies: { fr: 'un an', de: 'ein Jahr' }, private: { jid: 'alice@example.org/home' } }),
  message({ room: closed, uid: 'closed', body: 'behind doors', time: '2024-05-16T00:00:00.000000Z' as ArchiveTime }),
  message({ room: quiet, uid: 'quiet', body: 'by link only', time: '2024-05-16T00:00:00.000000Z' as ArchiveTime })
]

function configFor (data: string): string {
  return [
    'site: { title: Logs, url: "http://127.0.0.1:8080" }',
    'xmpp: { mode: component, domain: logs.localhost, server: "127.0.0.1:1", secret: s3cret, nick: hansard }',
    `store: { driver: sqlite, path: ${data}/hansard.db }`,
    `search: { engine: local, path: ${data}/search.db }`,
    'rooms:',
    `  - { jid: ${lounge}, slug: lounge, level: public }`,
    `  - { jid: ${closed}, slug: closed, level: off }`,
    `  - { jid: ${quiet}, slug: quiet, level: unlisted }`,
    ''
  ].join('\n')
}

async function inStore (work: (store: ReturnType<typeof createSqliteStore>) => Promise<unknown>): Promise<void> {
  const store = createSqliteStore({ path: join(folder, 'data/hansard.db') })
  await work(store)
  await store.close()
}

before(async () => {
  writeFileSync(config, configFor('data'))
  await inStore(store => store.append(EVENTS))
})
after(() => { rmSync(folder, { recursive: true }) })

function hansard (...argv: string[]): ReturnType<typeof runCaptured> {
  return runCaptured(...argv, '--config', config)
}

for (const [form, options] of [['a backup', ['--all']], ['what readers see', ['--room', 'lounge', '--room', 'quiet']]] as const) {
  test(`${form}, imported elsewhere and exported again, is the same byte for byte`, async () => {
    const first = await hansard('export', ...options)
    assert.equal(first.code, 0)
    const file = join(folder, `${options.length}.jsonl`)
    writeFileSync(file, first.stdout)
    const elsewhere = join(folder, `elsewhere${options.length}.yaml`)
    writeFileSync(elsewhere, configFor(`elsewhere${options.length}`))
    assert.equal((await runCaptured('import', file, '--config', elsewhere)).code, 0)
    const second = await runCaptured('export', ...options, '--config', elsewhere)
    assert.equal(second.stdout, first.stdout)
  })
}

test('a backup has every room and all that is kept of an event, in the order of time', async () => {
  const { stdout } = await hansard('export', '--format', 'jsonl', '--all')
  const events = stdout.trimEnd().split('\n').map(line => JSON.parse(line) as RoomEvent)
  assert.equal(events.length, EVENTS.length)
  assert.ok(stdout.includes('behind doors') && stdout.includes('alice@example.org/home') && stdout.includes('occupant-of-alice'))
  const times = events.filter(({ room }) => room === lounge).map(({ time }) => time)
  assert.deepEqual(times, [...times].sort())
})

test('without --all there is what readers see of the rooms that are listed', async () => {
  const { stdout } = await hansard('export')
  for (const secret of ['behind doors', 'by link only', 'alice@example.org', 'occupant', 'hidden words']) assert.ok(!stdout.includes(secret), secret)
  assert.ok(stdout.includes('about tea'))
})

test('days and rooms can be chosen', async () => {
  const { stdout } = await hansard('export', '--from', '2024-05-17', '--to', '2024')
  assert.deepEqual([...stdout.matchAll(/"time":"(.{10})/g)].map(([, day]) => day), ['2024-05-17', '2024-05-17', '2024-05-17', '2024-06-01'])
  assert.ok((await hansard('export', '--room', 'quiet')).stdout.includes('by link only'))
})

test('the days as text stand one after the other, each under its room and date', async () => {
  const { code, stdout } = await hansard('export', '--format', 'txt', '--to', '2024-05-16')
  assert.equal(code, 0)
  assert.equal(stdout, `== ${lounge} 2024-05-16 ==\n[07:14:09] <alice> about tea\n\n`)
})

for (const [argv, code, message] of [
  [['--room', 'closed'], 2, /its level is off/],
  [['--format', 'site', '--room', 'closed', '--to-dir', 'x'], 2, /its level is off/],
  [['--room', 'nowhere'], 2, /not in the configuration/],
  [['--format', 'pdf'], 2, /expected one of jsonl, txt, site/],
  [['--format', 'site'], 2, /expected --to-dir/],
  [['--format', 'txt', '--all'], 2, /--all is for/],
  [['--from', 'soon'], 2, /expected a date/],
  [['--from', '2025', '--to', '2024'], 2, /later than/],
  [['--file', '/nowhere/at/all'], 2, /Cannot write/],
  [['--from', '2030'], 1, /^$/]
] as const) {
  test(`export ${argv.join(' ')} ends with ${code}`, async () => {
    const outcome = await hansard('export', ...argv)
    assert.equal(outcome.code, code, outcome.stderr)
    assert.match(outcome.stderr, message)
    assert.equal(outcome.stdout, '')
  })
}

test('a file is there whole, or not at all', async () => {
  const file = join(folder, 'out.jsonl')
  const { code, stdout, stderr } = await hansard('export', '--file', file)
  assert.deepEqual([code, stdout, existsSync(`${file}.new`)], [0, '', false])
  assert.match(stderr, /\d events written to/)
  assert.equal(readFileSync(file, 'utf8'), (await hansard('export')).stdout)
})

function files (): Map<string, string> {
  return new Map(readdirSync(site, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(site, name)).isFile()).map(name => [name, readFileSync(join(site, name), 'utf8')]))
}

async function exportSite (...options: string[]): Promise<{ written: number, removed: number }> {
  const { code, stderr } = await hansard('export', '--format', 'site', '--to-dir', site, ...options)
  assert.equal(code, 0, stderr)
  const [, written, removed] = /: (\d+) files? written, .* (\d+) taken away/.exec(stderr) ?? []
  return { written: Number(written), removed: Number(removed) }
}

test('a site has a page for each day, month, year and room, and every link leads to a file', async () => {
  await exportSite()
  const all = files()
  for (const name of [
    'index.html', 'search.html', 'about.html', 'r/lounge/index.html', 'r/lounge/2024.html', 'r/lounge/2024-05.html', 'r/lounge/2024-05-17.html',
    'r/lounge/2024-05-17.json', 'r/lounge/2024-05-17.txt', 'static/site.css', 'static/nicks.css', 'search/lunr.js', 'search/lounge/room.js'
  ]) assert.ok(all.has(name), name)
  for (const [name, text] of all) {
    if (!name.endsWith('.html')) continue
    for (const [, address = ''] of text.matchAll(/<(?:a|link|script|form)\b[^>]* (?:href|src|action)="(?!https?:|xmpp:|#|mailto:)([^"#?]*)/g)) {
      assert.ok(all.has(join(name, '..', address)), `${name} links to ${address}`)
    }
  }
  const whole = [...all.values()].join('\n')
  for (const secret of ['behind doors', 'by link only', 'alice@example.org', 'hidden words']) assert.ok(!whole.includes(secret), secret)
  assert.ok(all.get('r/lounge/2024-05-17.html')?.includes('tea &lt;b&gt;again') === true)
  assert.ok(all.get('r/lounge/2024-05-17.html')?.includes('<meta name="robots" content="noindex">') === true, 'the room is not for search engines')
})

test('exported again, only what has changed is written', async () => {
  await exportSite()
  assert.deepEqual(await exportSite(), { written: 0, removed: 0 })
  await inStore(store => store.append([said('2024-05-18', { body: 'one more' })]))
  const { written } = await exportSite()
  const names = ['2024-05-18.html', '2024-05-18.json', '2024-05-18.txt', '2024-05-17.html', '2024-06-01.html', '2024-05.html', '2024.html', 'index.html']
  assert.ok(written >= names.length && written <= names.length + 4, `${written} files`)
  assert.ok(files().get('r/lounge/2024-05-17.html')?.includes('2024-05-18.html') === true, 'the neighbour links to the new day')
})

test('a removed text leaves the site, its search too, when it is exported again', async () => {
  await inStore(store => store.append([said('2024-05-19', { body: 'regrettable xylophone' })]))
  await exportSite()
  assert.ok([...files().values()].some(text => text.includes('xylophone')))
  await inStore(store => store.scrub(lounge, ['uid-2024-05-19'], event => {
    const { body: _, ...rest } = event
    return { ...rest, removed: { by: 'author', time: event.time } }
  }))
  await exportSite()
  assert.deepEqual([...files()].filter(([, text]) => text.includes('xylophone')).map(([name]) => name), [])
})

test('what is taken out of the record, or not asked for any more, is taken out of the folder', async () => {
  await exportSite()
  await inStore(store => store.purge(lounge, '2024-05-16T23:59:59.999999Z' as ArchiveTime))
  assert.ok((await exportSite()).removed >= 3)
  assert.ok(!files().has('r/lounge/2024-05-16.html'))
  await exportSite('--room', 'quiet')
  const all = files()
  assert.ok(all.has('r/quiet/2024-05-16.html') && ![...all.keys()].some(name => name.includes('lounge')))
  assert.ok(!all.get('index.html')?.includes('quiet') && !all.get('search/rooms.js')?.includes('quiet'), 'an unlisted room is not listed')
})

test('a site of some days knows no others', async () => {
  await exportSite('--from', '2024-06', '--to', '2024-12')
  const all = files()
  assert.deepEqual([...all.keys()].filter(name => /^r\/lounge\/\d.*html$/.test(name)).sort(), ['r/lounge/2024-06-01.html', 'r/lounge/2024-06.html', 'r/lounge/2024.html'])
  assert.ok(![...all.values()].some(text => text.includes('a new year') || text.includes('2025-01')))
})

test('a folder with files of others is left alone', async () => {
  const { code, stderr } = await hansard('export', '--format', 'site', '--to-dir', folder)
  assert.equal(code, 2)
  assert.match(stderr, /files that are not of an export/)
})

test('an exported site speaks the language of the site, and looks as its owner made it', async () => {
  const own = join(folder, 'own.yaml')
  const [templates, stylesheet, german] = [join(folder, 'templates'), join(folder, 'own.css'), join(folder, 'german')]
  mkdirSync(templates)
  writeFileSync(join(templates, 'about.eta'), "<% layout('layout') %>\n<h1>Our own words</h1>\n")
  writeFileSync(stylesheet, 'body { color: teal }')
  writeFileSync(own, configFor('data').replace('8080" }', `8080", language: de, templates: ${JSON.stringify(templates)}, stylesheet: ${JSON.stringify(stylesheet)} }`))
  assert.equal((await runCaptured('export', '--config', own, '--format', 'site', '--to-dir', german)).code, 0)
  const search = readFileSync(join(german, 'search.html'), 'utf8')
  assert.match(search, /<html lang="de">/)
  assert.match(search, /<title>Suche – Logs<\/title>/)
  assert.match(search, /Suche läuft/)
  assert.doesNotMatch(search.replace(/<[^>]*>/g, ' '), /Search|found|words/)
  assert.match(readFileSync(join(german, 'about.html'), 'utf8'), /Our own words/)
  assert.match(search, /href="static\/theme\.css/)
  assert.equal(readFileSync(join(german, 'static/theme.css'), 'utf8'), 'body { color: teal }')
})
