import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { message } from '../helpers/events.ts'
import { runCaptured } from './run-captured.ts'

const folder = mkdtempSync(join(tmpdir(), 'hansard-search-command-'))
const config = join(folder, 'config.yaml')
const room = parseRoomJid('lounge@conference.localhost')

function event (second: number, fields: Partial<RoomEvent>): RoomEvent {
  return message({ room, uid: `u${second}`, time: `202${second}-11-21T07:14:09.000000Z` as ArchiveTime, ...fields })
}

before(async () => {
  writeFileSync(config, [
    'site: { title: Logs, url: "http://127.0.0.1:8080" }',
    'xmpp: { mode: component, domain: logs.localhost, server: "127.0.0.1:1", secret: s3cret, nick: hansard }',
    'store: { driver: sqlite, path: data/hansard.db }',
    'search: { engine: local, path: data/search.db }',
    'rooms: [ { jid: lounge@conference.localhost, slug: lounge, level: off } ]',
    ''
  ].join('\n'))
  const store = createSqliteStore({ path: join(folder, 'data/hansard.db') })
  await store.append([
    event(1, { body: 'about tea', nick: 'alice' }),
    event(2, { body: 'bob: tea again', nick: 'alice' }),
    event(3, { kind: 'kick', nick: 'mallory', actor: 'alice', reason: 'no tea \u001b[31m' }),
    event(4, { kind: 'nick', nick: 'bob', newNick: 'robert' }),
    event(5, { kind: 'join', nick: '', crowd: [{ nick: 'x' }, { nick: 'y' }] })
  ])
  await store.close()
  assert.equal((await runCaptured('reindex', '--config', config)).code, 0)
})
after(() => { rmSync(folder, { recursive: true }) })

test('what moderators did is printed as what happened', async () => {
  const { stdout } = await runCaptured('search', '--config', config, 'is:kick', 'OR', 'is:nick', 'OR', 'is:join')
  assert.deepEqual(stdout.trimEnd().split('\n').map(line => line.slice(50)), [
    '*  join x, y', '* bob nick robert', '* mallory kick by alice (no tea \ufffd[31m)'
  ])
  const json = await runCaptured('search', '--config', config, '-o', 'json', 'is:kick', 'tea', 'to:mallory')
  assert.deepEqual((JSON.parse(json.stdout) as Array<{ kind: string }>).map(({ kind }) => kind), ['kick'])
})

test('people are found by whom they address', async () => {
  const { stdout } = await runCaptured('search', '--config', config, '-o', 'jsonl', 'tea', 'to:bob')
  assert.equal((JSON.parse(stdout) as { body: string }).body, 'bob: tea again')
})

test('--facets counts instead', async () => {
  const simple = await runCaptured('search', '--config', config, '--facets', 'tea')
  assert.equal(simple.code, 0)
  assert.deepEqual(simple.stdout.trimEnd().split('\n').map(line => line.trim().split(/ {2,}/)), [
    ['2', 'total'], ['1', 'year', '2022'], ['1', 'year', '2021'], ['2', 'person', 'alice'], ['2', 'kind', 'message'],
    ['2', 'room', 'lounge@conference.localhost']
  ])
  const json = await runCaptured('search', '--config', config, '--facets', '-o', 'json', 'is:kick')
  assert.deepEqual((JSON.parse(json.stdout) as unknown[])[0], { facet: 'total', value: '', count: 1, isExact: true })
  const none = await runCaptured('search', '--config', config, '--facets', 'coffee')
  assert.deepEqual([none.code, none.stdout.trim().split('\n').length], [1, 1])
})

test('--order turns what is found round, and is one of three', async () => {
  const uids = async (...order: string[]): Promise<string[]> => {
    const { stdout } = await runCaptured('search', '--config', config, '-o', 'json', ...order, 'tea')
    return (JSON.parse(stdout) as Array<{ uid: string }>).map(({ uid }) => uid)
  }
  assert.deepEqual(await uids(), ['u2', 'u1'])
  assert.deepEqual(await uids('--order', 'oldest'), ['u1', 'u2'])
  assert.deepEqual((await uids('--order', 'relevance')).sort(), ['u1', 'u2'])
  const { code, stderr } = await runCaptured('search', '--config', config, '--order', 'random', 'tea')
  assert.equal(code, 2)
  assert.match(stderr, /expected newest, oldest or relevance/)
})

test('a mistake names its place', async () => {
  const { code, stderr } = await runCaptured('search', '--config', config, 'tea', 'OR')
  assert.equal(code, 2)
  assert.match(stderr, /character 5: OR has nothing after it/)
})
