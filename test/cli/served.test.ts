import assert from 'node:assert/strict'
import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { servedCommands } from '../../src/cli/served.ts'
import type { Served } from '../../src/cli/served.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createControl } from '../../src/control/server.ts'
import { socketPath } from '../../src/control/socket-path.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import { HansardError } from '../../src/model/errors.ts'
import type { Gap } from '../../src/model/gap.ts'
import { message } from '../helpers/events.ts'
import { writeConfig } from '../config/write-config.ts'
import { runCaptured } from './run-captured.ts'

const LOUNGE = parseRoomJid('lounge@conference.localhost')
const CAFE = parseRoomJid('cafe@conference.localhost')
const CONFIG = `xmpp: { mode: component, domain: logs.localhost, server: 127.0.0.1:1, secret: s3cret }
http: { port: 1 }
rooms: [ { jid: ${LOUNGE}, level: indexed }, { jid: ${CAFE} } ]
`

function at (clock: string): ArchiveTime {
  return `2026-11-21T${clock}.000000Z` as ArchiveTime
}

const app: Served = {
  status: () => ({
    xmpp: { state: 'online', address: 'logs.localhost' } as ReturnType<Served['status']>['xmpp'],
    rooms: [
      { jid: LOUNGE, state: 'joined', occupants: 1204, isCatchingUp: true },
      { jid: CAFE, state: 'outside', occupants: 0, isCatchingUp: false, problem: 'Cannot join: it is \u001b[31mfull' }
    ]
  }),
  async catchUp (rooms = [LOUNGE, CAFE], onProgress) {
    onProgress({ room: LOUNGE, recovered: 20, upTo: at('07:14:09') })
    return rooms.map(room => room === LOUNGE ? { room, recovered: 1204, holes: 0 } : { room, recovered: 1, holes: 2 })
  },
  remove: async (_, uids) => ({ events: uids.length, replies: 0 }),
  async reindex (isFresh, onProgress) {
    onProgress?.(isFresh ? 1204 : 20)
  }
}

/** A configuration with a program that answers commands as `serve` does. */
async function served (t: TestContext, overrides: Partial<Served> = {}): Promise<string> {
  const path = writeConfig(t, CONFIG)
  const config = loadConfig(path, {})
  const commands = servedCommands({ ...app, ...overrides }, config.rooms.map(({ jid }) => jid))
  const control = createControl({ path: socketPath(config.spool.path), commands, log: silentLogger })
  await control.start()
  t.after(() => control.stop())
  return path
}

async function putGaps (config: string, ...gaps: Gap[]): Promise<void> {
  const store = createSqliteStore({ path: join(dirname(config), 'data/hansard.db') })
  await store.append([message({ room: LOUNGE, body: 'a secret of the room' })])
  await store.putGaps(gaps)
  await store.close()
}

test('catch-up has the running serve do it, prints a line for each room, and ends with 1 while gaps remain', async t => {
  const { code, stdout } = await runCaptured('catch-up', '--config', await served(t))
  assert.equal(code, 1)
  assert.equal(stdout, `${LOUNGE}: 1,204 messages recovered, nothing is missing\n${CAFE}: 1 message recovered, 2 gaps remain: hansard rooms tells more\n`)
})

test('catch-up of one room asks for that alone, and ends with 0 when nothing is missing', async t => {
  const path = await served(t)
  const { code, stdout } = await runCaptured('catch-up', '--config', path, '--room', 'Lounge@conference.localhost', '--room', LOUNGE, '-o', 'json')
  assert.equal(code, 0)
  assert.deepEqual(JSON.parse(stdout), [{ room: LOUNGE, recovered: 1204, holes: 0 }])
})

test('a room that could not be tried ends catch-up with 1 and says why', async t => {
  const path = await served(t, { catchUp: async () => [{ room: CAFE, recovered: 0, holes: 0, problem: 'it bans us' }] })
  const { code, stdout } = await runCaptured('catch-up', '--config', path)
  assert.equal(code, 1)
  assert.match(stdout, /0 messages recovered, not tried to the end: it bans us/)
})

test('what the running serve cannot do ends catch-up as its own error would', async t => {
  const path = await served(t, { async catchUp () { throw new HansardError('ERR_XMPP_OFFLINE', 'Cannot catch up: the server is away') } })
  assert.deepEqual(await runCaptured('catch-up', '--config', path), { code: 3, stdout: '', stderr: 'Cannot catch up: the server is away\n' })
})

test('without a running serve and without a server, catch-up ends with 3 and says what does not answer', async t => {
  const { code, stdout, stderr } = await runCaptured('catch-up', '--config', writeConfig(t, CONFIG))
  assert.equal(code, 3)
  assert.equal(stdout, '')
  assert.match(stderr, /127\.0\.0\.1:1/)
})

test('rooms says of each room what is missing and how it is now, and no text of the record', async t => {
  const path = await served(t)
  await putGaps(path,
    { room: LOUNGE, from: at('01:00:00'), to: at('01:30:00'), cause: 'stopped', filled: at('02:00:00') },
    { room: LOUNGE, from: at('03:00:00'), to: at('03:20:00'), cause: 'disconnected', problem: 'expired', after: 'uid-1' },
    { room: LOUNGE, from: at('04:00:00'), cause: 'overflow' })
  const { code, stdout } = await runCaptured('rooms', '--config', path, '-o', 'json')
  assert.equal(code, 0)
  assert.doesNotMatch(stdout, /a secret of the room/)
  const [lounge, cafe] = JSON.parse(stdout) as Array<Record<string, unknown>>
  assert.equal(lounge?.['holes'], 2)
  assert.deepEqual(lounge['gaps'], [
    { from: at('03:00:00'), to: at('03:20:00'), cause: 'disconnected', problem: 'expired' },
    { from: at('04:00:00'), to: null, cause: 'overflow', problem: null }
  ])
  assert.deepEqual(lounge['live'], { state: 'joined', occupants: 1204, isCatchingUp: true })
  assert.deepEqual([cafe?.['holes'], cafe?.['gaps']], [0, []])
  const simple = (await runCaptured('rooms', '--config', path)).stdout.trimEnd().split('\n')
  assert.deepEqual(simple, [
    `${LOUNGE}  (indexed, /r/lounge/)  1 messages, 0 other events, 2026-11-21 … 2026-11-21, joined, 1,204 there, catching up`,
    '    missing: since 2026-11-21 04:00:00 (store and spool took no more)',
    '    missing: 2026-11-21 03:00:00 … 03:20:00 (no connection to the server; the room\'s archive does not reach back)',
    `${CAFE}  (off, /r/cafe/)  0 messages, 0 other events, nothing recorded, not joined: Cannot join: it is \ufffd[31mfull`
  ])
})

test('rooms prints the five newest of many gaps and counts the others, and all of them as data', async t => {
  const path = writeConfig(t, CONFIG)
  await putGaps(path, ...Array.from({ length: 1205 }, (_, n): Gap => {
    const hour = at(`${String(10 + n % 10)}:00:00`).replace('2026-11-21', new Date(Date.UTC(2026, 0, 1 + Math.floor(n / 10))).toISOString().slice(0, 10)) as ArchiveTime
    return { room: LOUNGE, from: hour, to: hour.replace(':00:00.', ':30:00.') as ArchiveTime, cause: 'killed', problem: 'no-archive' }
  }))
  const lines = (await runCaptured('rooms', '--config', path)).stdout.trimEnd().split('\n')
  assert.equal(lines.filter(line => line.startsWith('    missing: ')).length, 5)
  assert.match(lines[1] ?? '', /2026-05-01 14:00:00 … 14:30:00 \(the program ended without warning; the room keeps no archive\)/)
  assert.equal(lines[6], '    and 1,200 more')
  const [row] = JSON.parse((await runCaptured('rooms', '--config', path, '-o', 'json')).stdout) as Array<{ gaps: unknown[], live: unknown }>
  assert.equal(row?.gaps.length, 1205)
  assert.equal(row.live, null)
})

test('doctor lets the running serve speak for the connection and each room', async t => {
  const path = await served(t)
  const { code, stdout } = await runCaptured('doctor', '--config', path)
  assert.equal(code, 1)
  assert.match(stdout, new RegExp(`^ok {3}server: is running.*\\(process ${process.pid}\\)$`, 'm'))
  assert.match(stdout, /^ok {3}xmpp: online$/m)
  assert.match(stdout, new RegExp(`^ok {3}room ${LOUNGE}: joined, 1,204 there, catching up$`, 'm'))
  assert.match(stdout, new RegExp(`^FAIL room ${CAFE}: not joined: Cannot join: it is `, 'm'))
})

const { bavail, bsize } = statfsSync(tmpdir())
const isHuge = bavail * bsize > 1e12 && 'this disk has room for any spool'

test('doctor warns when the disk has less room than may wait', { skip: isHuge }, async t => {
  const path = writeConfig(t, `${CONFIG}spool: { max_mb: 1000000 }\n`)
  const { stdout } = await runCaptured('doctor', '--config', path)
  assert.match(stdout, /^ok {3}spool: warning: the disk has less free than the 1,000,000 MB that may wait, which the record is on too/m)
})

test('reindex has the running serve build the index, from the beginning or where that was left', async t => {
  const path = await served(t)
  assert.equal((await runCaptured('reindex', '--config', path)).stdout, '1,204 events read into the index\n')
  assert.equal((await runCaptured('reindex', '--resume', '--config', path)).stdout, '20 events read into the index\n')
})

test('reindex says why the running serve could not', async t => {
  const path = await served(t, { reindex: () => Promise.reject(new HansardError('ERR_SEARCH', 'Cannot build the search index: disk full')) })
  const { code, stderr } = await runCaptured('reindex', '--config', path)
  assert.equal(code, 1)
  assert.match(stderr, /disk full/)
})
