import assert from 'node:assert/strict'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { LoggedRemoval } from '../../src/archive/store.ts'
import { run } from '../../src/cli/run.ts'
import { servedCommands } from '../../src/cli/served.ts'
import type { Served } from '../../src/cli/served.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createControl } from '../../src/control/server.ts'
import { socketPath } from '../../src/control/socket-path.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import { message } from '../helpers/events.ts'
import { writeConfig } from '../config/write-config.ts'
import { runCaptured } from './run-captured.ts'
import type { Outcome } from './run-captured.ts'

const LOUNGE = parseRoomJid('lounge@conference.localhost')
const CAFE = parseRoomJid('cafe@conference.localhost')
const OLD = parseRoomJid('old@conference.localhost')
const CONFIG = `xmpp: { mode: component, domain: logs.localhost, server: 127.0.0.1:1, secret: s3cret }
http: { port: 1 }
rooms: [ { jid: ${LOUNGE}, level: indexed }, { jid: ${CAFE} } ]
`

/** The n-th second of a day. */
function at (n: number, day = '2026-11-21'): ArchiveTime {
  return `${day}T${new Date(n * 1000).toISOString().slice(11, 19)}.000000Z` as ArchiveTime
}

const TALK: readonly RoomEvent[] = [
  message({ room: LOUNGE, uid: 'a1', time: at(1), message: 'm1', nick: 'alice', occupant: 'alice-id', body: 'the code is CANARY' }),
  message({ room: LOUNGE, uid: 'a2', time: at(2), nick: 'alice', occupant: 'alice-id', body: 'the code is CANARY, of course', replaces: 'm1' }),
  message({ room: LOUNGE, uid: 'b1', time: at(3), nick: 'bob', body: '> the code is CANARY, of course\nthanks', repliesTo: 'a1' }),
  message({ room: LOUNGE, uid: 'a3', time: at(4), nick: 'alice', body: 'what a day' }),
  message({ room: LOUNGE, uid: 'b2', time: at(5), nick: 'bob', body: 'indeed \u001b[31m' }),
  message({ room: LOUNGE, uid: 'a4', time: at(6, '2026-11-22'), nick: 'alice', body: 'another day' }),
  message({ room: CAFE, uid: 'c1', time: at(7), nick: 'alice', body: 'CANARY in the café' }),
  message({ room: OLD, uid: 'o1', time: at(8), nick: 'alice', body: 'CANARY in a room that is not configured any more' })
]

async function withRecord (t: TestContext, events = TALK): Promise<string> {
  const config = writeConfig(t, CONFIG)
  const store = createSqliteStore({ path: join(dirname(config), 'data/hansard.db') })
  await store.append(events)
  await store.close()
  return config
}

interface Held {
  readonly events: ReadonlyMap<string, ArchivedEvent>
  readonly log: LoggedRemoval[]
}

async function held (config: string): Promise<Held> {
  const store = createSqliteStore({ path: join(dirname(config), 'data/hansard.db') })
  const events = new Map<string, ArchivedEvent>()
  for await (const changes of store.changes()) for (const { event } of changes) if (event !== undefined) events.set(event.uid, event)
  const log: LoggedRemoval[] = []
  for await (const lines of store.removals()) log.push(...lines)
  await store.close()
  return { events, log }
}

function removedIn ({ events }: Held): string[] {
  return [...events.values()].filter(({ removed }) => removed !== undefined).map(({ uid }) => uid).sort()
}

const remove = (config: string, ...argv: readonly string[]): Promise<Outcome> => runCaptured('remove', '--config', config, ...argv)

/** At a terminal where somebody answers. */
async function answering (answer: string | undefined, ...argv: readonly string[]): Promise<Outcome> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })]
  const printed = { stdout: '', stderr: '' }
  stdout.on('data', (text: string) => { printed.stdout += text })
  stderr.on('data', (text: string) => {
    printed.stderr += text
    if (!text.includes('Type yes')) return
    if (answer === undefined) stdin.end()
    else stdin.write(`${answer}\n`)
  })
  const code = await run(argv, { stdin: Object.assign(stdin, { isTTY: true }), stdout, stderr: Object.assign(stderr, { isTTY: true }) })
  return { code, ...printed }
}

test('removal by uid leaves tombstones of all forms, cuts the quotes of replies, and tells who asked and why', async t => {
  const config = await withRecord(t)
  const { code, stdout } = await remove(config, '--room', LOUNGE, '--uid', 'a1', '--reason', 'a secret', '--yes')
  assert.deepEqual([code, stdout], [0, `${LOUNGE}: 2 messages removed, corrections included, and out of the quotes of 1 reply\n`])
  const now = await held(config)
  assert.deepEqual(removedIn(now), ['a1', 'a2'])
  const { body, nick, removed } = now.events.get('a1') as ArchivedEvent
  assert.deepEqual([body, nick, removed?.by, removed?.reason], [undefined, 'alice', 'administrator', 'a secret'])
  assert.deepEqual([now.events.get('b1')?.body, now.events.get('b1')?.answered], ['thanks', { isRemoved: true }])
  assert.deepEqual(now.log.map(({ room, by, uids, reason, actor }) => [room, by, [...uids ?? []].sort(), reason, actor]),
    [[LOUNGE, 'administrator', ['a1', 'a2'], 'a secret', userInfo().username]])
  const { stdout: found } = await runCaptured('search', '--config', config, '-o', 'jsonl', 'canary')
  assert.equal(JSON.parse(found).uid, 'c1')
})

test('the same again is done already, and writes no second line to the log', async t => {
  const config = await withRecord(t)
  const argv = ['--room', LOUNGE, '--uid', 'a1', 'b2', '--yes', '-o', 'json']
  assert.deepEqual(JSON.parse((await remove(config, ...argv)).stdout), [{ room: LOUNGE, removed: 3, replies: 1 }])
  const again = await remove(config, ...argv)
  assert.deepEqual([again.code, JSON.parse(again.stdout)], [0, [{ room: LOUNGE, removed: 0, replies: 1 }]])
  assert.equal((await held(config)).log.length, 1)
})

test('a dry run prints what would go, with its first words and nothing that a terminal obeys, and removes nothing', async t => {
  const config = await withRecord(t, [...TALK, message({ room: LOUNGE, uid: 'long', time: at(9), nick: 'bob', body: `${'🎉'.repeat(100)}\nend` })])
  const { code, stdout, stderr } = await remove(config, '--room', LOUNGE, '--from', 'bob', '--dry-run')
  assert.equal(code, 0)
  assert.deepEqual(stdout.split('\n'), [
    `2026-11-21 00:00:03  ${LOUNGE}  b1  <bob> > the code is CANARY, of course thanks`,
    `2026-11-21 00:00:05  ${LOUNGE}  b2  <bob> indeed \ufffd[31m`,
    `2026-11-21 00:00:09  ${LOUNGE}  long  <bob> ${'🎉'.repeat(60)}…`,
    ''
  ])
  assert.equal(stderr, '3 messages would be removed; nothing was\n')
  const jsonl = await remove(config, '--room', LOUNGE, '--uid', 'a3', '--dry-run', '-o', 'jsonl')
  assert.deepEqual(JSON.parse(jsonl.stdout), { room: LOUNGE, uid: 'a3', time: at(4), kind: 'message', nick: 'alice', text: 'what a day' })
  const now = await held(config)
  assert.deepEqual([removedIn(now), now.log], [[], []])
})

const RANGES: ReadonlyArray<readonly [readonly string[], string[]]> = [
  [[], ['a1', 'a2', 'a3', 'a4']],
  [['--after', '2026-11-21'], ['a4']],
  [['--before', '2026-11-22'], ['a1', 'a2', 'a3']],
  [['--before', '2026'], []],
  [['--after', '2026-11-21T00:00:02Z', '--before', '2026-11-22T01:00:06+01:00'], ['a3']]
]

test('by author, exactly what was said under the nick within the bounds goes', async t => {
  for (const [bounds, expected] of RANGES) {
    const config = await withRecord(t)
    const { code } = await remove(config, '--room', LOUNGE, '--from', 'alice', ...bounds, '--yes')
    assert.equal(code, expected.length === 0 ? 1 : 0)
    assert.deepEqual(removedIn(await held(config)), expected, bounds.join(' '))
  }
})

test('by search, all rooms of the record are looked into, or the one named', async t => {
  const one = await withRecord(t)
  assert.equal((await remove(one, '--search', 'canary', '--room', CAFE, '--yes')).code, 0)
  assert.deepEqual(removedIn(await held(one)), ['c1'])
  const all = await withRecord(t)
  const { code, stdout } = await remove(all, '--search', 'canary', 'from:alice', '--yes', '-o', 'jsonl')
  assert.equal(code, 0)
  assert.deepEqual(stdout.trim().split('\n').map(line => (JSON.parse(line) as { room: string }).room).sort(), [CAFE, LOUNGE, OLD])
  assert.deepEqual(removedIn(await held(all)), ['a1', 'a2', 'c1', 'o1'])
})

test('more than fits one batch is removed to the end, with a line of the log for each batch', async t => {
  const many = Array.from({ length: 1_203 }, (_, n) => message({ room: LOUNGE, uid: `n${n}`, time: at(n), nick: 'flood', body: `buy ${n}` }))
  const config = await withRecord(t, many)
  const { code, stdout } = await remove(config, '--search', 'buy', '--yes', '-o', 'json')
  assert.deepEqual([code, JSON.parse(stdout)], [0, [{ room: LOUNGE, removed: 1_203, replies: 0 }]])
  const { events, log } = await held(config)
  assert.ok([...events.values()].every(({ removed, body }) => removed !== undefined && body === undefined))
  assert.equal(log.reduce((sum, { count }) => sum + count, 0), 1_203)
})

test('an anonymous removal tells nobody whose it was, and with --from comings and goings lose the nick too', async t => {
  const came = { room: LOUNGE, via: 'live' } as const
  const config = await withRecord(t, [
    { ...came, kind: 'join', uid: 'p1', time: at(0), nick: 'alice', occupant: 'occ', private: { jid: 'alice@home.example' } },
    ...TALK.slice(0, 5),
    message({ room: LOUNGE, uid: 'r1', time: at(6), nick: 'alice', body: '', reactsTo: 'b2', reactions: ['👍'] }),
    message({ room: LOUNGE, uid: 'x1', time: at(6), nick: 'alice', retracts: 'b2', body: 'forged' }),
    { ...came, kind: 'nick', uid: 'p2', time: at(7), nick: 'alice', newNick: 'ally' },
    { ...came, kind: 'nick', uid: 'p3', time: at(8), nick: 'ally', newNick: 'alice' },
    { ...came, kind: 'kick', uid: 'p4', time: at(9), nick: 'bob', actor: 'alice', reason: 'rude' },
    { ...came, kind: 'leave', uid: 'p5', time: at(10), nick: '', crowd: [{ nick: 'alice' }, { nick: 'carol' }] },
    { ...came, kind: 'join', uid: 'p6', time: at(11), nick: 'carol' }
  ])
  const { code } = await remove(config, '--room', LOUNGE, '--from', 'alice', '--anonymous', '--yes')
  assert.equal(code, 0)
  const now = await held(config)
  assert.deepEqual(removedIn(now), ['a1', 'a2', 'a3', 'p1', 'p2', 'p3', 'r1', 'x1'])
  for (const uid of removedIn(now)) {
    const { nick, occupant, message: id } = now.events.get(uid) as ArchivedEvent
    assert.deepEqual([nick, occupant, id], ['', undefined, undefined])
  }
  assert.deepEqual([now.events.get('p4')?.actor, now.events.get('p4')?.reason], [undefined, 'rude'])
  assert.deepEqual(now.events.get('p5')?.crowd, [{ nick: 'carol' }])
  assert.deepEqual([now.events.get('b2')?.standing, now.events.get('b2')?.removed], [undefined, undefined], 'neither her reaction nor her claim is left')
  assert.doesNotMatch(JSON.stringify([...now.events.values()].filter(({ room }) => room === LOUNGE)), /alice/)
})

test('an anonymous removal also takes the nick from what was removed before', async t => {
  const config = await withRecord(t)
  await remove(config, '--room', LOUNGE, '--uid', 'a3', '--yes')
  assert.equal((await remove(config, '--room', LOUNGE, '--uid', 'a3', '--anonymous', '--yes')).code, 0)
  assert.equal((await held(config)).events.get('a3')?.nick, '')
})

test('at a terminal the first lines and the count are shown, and only yes removes', async t => {
  const config = await withRecord(t)
  const argv = ['remove', '--config', config, '--room', LOUNGE, '--from', 'alice']
  for (const answer of ['no', 'y', '', undefined]) {
    const { code, stderr } = await answering(answer, ...argv)
    assert.equal(code, 1)
    assert.match(stderr, /<alice> the code is CANARY\n[^]*Remove 4 messages of lounge@conference\.localhost\? This cannot be undone\. Type yes: [^]*Nothing was removed/)
  }
  assert.deepEqual(removedIn(await held(config)), [])
  assert.equal((await answering('yes', ...argv)).code, 0)
  assert.deepEqual(removedIn(await held(config)), ['a1', 'a2', 'a3', 'a4'])
})

test('what is not there ends with 1, and is said', async t => {
  const config = await withRecord(t)
  const ways = [
    ['--room', LOUNGE, '--uid', 'nosuch'], ['--room', LOUNGE, '--from', 'Alice'], ['--search', 'serendipity'], ['--room', 'nosuch@conference.localhost', '--uid', 'a1']
  ]
  for (const way of ways) {
    for (const how of ['--yes', '--dry-run']) {
      assert.deepEqual(await remove(config, ...way, how), { code: 1, stdout: '', stderr: 'Nothing was found\n' })
    }
  }
})

const MISUSES: ReadonlyArray<readonly [string, readonly string[], RegExp]> = [
  ['no selection', ['--room', LOUNGE, '--yes'], /nothing says which messages/],
  ['two selections', ['--room', LOUNGE, '--uid', 'a', '--from', 'b', '--yes'], /--uid and --from are given/],
  ['a uid without a room', ['--uid', 'a', '--yes'], /expected --room JID/],
  ['a nick without a room', ['--from', 'alice', '--yes'], /expected --room JID/],
  ['an empty nick', ['--room', LOUNGE, '--from', '', '--yes'], /it has none/],
  ['a nick in two words', ['--room', LOUNGE, '--from', 'alice', 'cooper', '--yes'], /quotes around a nick/],
  ['bounds of a uid', ['--room', LOUNGE, '--uid', 'a', '--after', '2024', '--yes'], /they go with --from/],
  ['bounds of a search', ['--search', 'a', '--before', '2024', '--yes'], /write after:2024-05/],
  ['a time that is none', ['--room', LOUNGE, '--from', 'alice', '--after', 'noon', '--yes'], /Cannot read the time "noon"/],
  ['an empty time', ['--room', LOUNGE, '--from', 'alice', '--after', '2024-05', '--before', '2024-05', '--yes'], /a time that is empty/],
  ['a search for nothing', ['--search', ' ', '--yes'], /expected words/],
  ['a query with an open quote', ['--search', 'an "open', '--yes'], /character 4/],
  ['an empty reason', ['--room', LOUNGE, '--uid', 'a', '--reason', '', '--yes'], /empty reason/],
  ['no terminal and no --yes', ['--room', LOUNGE, '--uid', 'a1'], /expected --yes, or --dry-run/]
]

test('what cannot be meant ends with 2 and says what is expected, and nothing is removed', async t => {
  const config = await withRecord(t)
  for (const [name, argv, expected] of MISUSES) {
    const { code, stdout, stderr } = await remove(config, ...argv)
    assert.deepEqual([code, stdout], [2, ''], name)
    assert.match(stderr, expected)
  }
  assert.deepEqual(removedIn(await held(config)), [])
})

async function served (t: TestContext, path: string, remove: Served['remove']): Promise<void> {
  const config = loadConfig(path, {})
  const app: Served = { status: () => { throw new Error('unasked') }, catchUp: async () => [], remove, reindex: async () => {} }
  const control = createControl({
    path: socketPath(config.spool.path), commands: servedCommands(app, config.rooms.map(({ jid }) => jid)), log: silentLogger
  })
  await control.start()
  t.after(() => control.stop())
}

test('a running serve is asked to remove, in batches, and this process removes nothing itself', async t => {
  const config = await withRecord(t, Array.from({ length: 250 }, (_, n) => message({ room: OLD, uid: `n${n}`, time: at(n), nick: 'flood' })))
  const asked: Array<Parameters<Served['remove']>> = []
  await served(t, config, async (...request) => {
    asked.push(request)
    return { events: request[1].length, replies: 1 }
  })
  const { code, stdout } = await remove(config, '--room', OLD, '--from', 'flood', '--reason', 'spam', '--anonymous', '--yes', '-o', 'json')
  assert.deepEqual([code, JSON.parse(stdout)], [0, [{ room: OLD, removed: 250, replies: 3 }]])
  assert.deepEqual(asked.map(([room, uids]) => [room, uids.length]), [[OLD, 100], [OLD, 100], [OLD, 50]])
  for (const [, , removal, options] of asked) {
    assert.deepEqual([removal.by, removal.reason, options], ['administrator', 'spam', { actor: userInfo().username, isAnonymous: true, person: 'flood' }])
  }
  assert.deepEqual(removedIn(await held(config)), [])
})

test('a serve whose store is away ends with 3 and its words, and the same again finishes', async t => {
  const config = await withRecord(t)
  let isAway = true
  await served(t, config, async (_, uids) => {
    if (isAway) throw new HansardError('ERR_STORE_UNAVAILABLE', 'Cannot reach the store')
    return { events: uids.length, replies: 0 }
  })
  const argv = ['--room', LOUNGE, '--uid', 'a1', '--yes']
  assert.deepEqual(await remove(config, ...argv), { code: 3, stdout: '', stderr: 'Cannot reach the store\n' })
  isAway = false
  assert.equal((await remove(config, ...argv)).code, 0)
})

test('a store that is away ends with 3', async t => {
  const config = writeConfig(t, `${CONFIG}store: { driver: couchdb, url: "http://127.0.0.1:1/hansard" }\n`)
  const { code, stderr } = await remove(config, '--room', LOUNGE, '--uid', 'a1', '--yes')
  assert.equal(code, 3, stderr)
})
