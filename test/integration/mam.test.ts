import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createReadStream, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { openRecord } from '../../src/record.ts'
import { printConfig } from '../../src/config/redact.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import { importEvents } from '../../src/transfer/import.ts'
import { buildForm } from '../../src/xmpp/data-form.ts'
import { child, elementsOf, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseRsmResult } from '../../src/xmpp/rsm.ts'
import { runCaptured } from '../cli/run-captured.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { openStage, SERVERS } from './stage.ts'
import type { Stage } from './stage.ts'

const SAMPLE = join(import.meta.dirname, '../fixtures/duraspace-sample.jsonl.gz')
const PYTHON = '/usr/bin/python3'
const ARCHIVE = 'duraspace\\40conference.localhost@logs.localhost'
const QUERY = 'dspace -fedora'

const run = promisify(execFile)

for (const { name, start } of SERVERS) {
  describe(`a month of a real channel behind ${name}`, { skip: requireServer(name) || requireSlixmpp() }, () => {
    test('is the same over MAM, as pages of JSON and in the search of command, site and MAM', async () => {
      const server = await start()
      const stage = await openStage(server, { rooms: [{ slug: 'duraspace' }, { slug: 'hidden', level: 'off' }] })
      try {
        await importSample(stage)
        const alice = await stage.talker('alice')
        await discoversOnlyWhatIsListed(alice)
        const site = await talkOnSite(stage)
        assert.ok(site.length > 500)

        const wanted = site.map(({ uid, time, nick, body }) => ({ uid, time, from: `${ARCHIVE}/${nick}`, body }))
        const forward = await walk(server)
        assert.deepEqual(forward.end, { pages: Math.ceil(site.length / 50), complete: 1 })
        assert.deepEqual(forward.lines, wanted)
        // Backward slixmpp goes on until a page is empty.
        const backward = await walk(server, 'back')
        assert.deepEqual(backward.end, { pages: Math.ceil(site.length / 50) + 1, complete: 2 })
        assert.deepEqual(backward.lines, wanted.toReversed())

        const found = await searchOnSite(stage, QUERY)
        assert.ok(found.length > 10)
        assert.deepEqual(new Set(await searchOverMam(alice, QUERY)), new Set(found))
        assert.deepEqual(await searchByCommand(stage, QUERY), found)
        await answersErrorsAsTheContractSays(alice, site[0]?.uid ?? '')
      } finally {
        await stage.stop()
        await server.stop()
      }
    })
  })
}

/** The month as slixmpp walks through it. */
async function walk (server: XmppServer, ...options: string[]): Promise<{ lines: unknown[], end: unknown }> {
  const { stdout } = await run(PYTHON, [
    join(import.meta.dirname, 'mam_walk.py'), server.host, String(server.c2sPort), 'bob@localhost', 'bob', ARCHIVE, '50',
    '2009-07-01T00:00:00+00:00', '2009-07-31T23:59:59.999999+00:00', ...options
  ], { maxBuffer: 1 << 26 })
  const lines = stdout.trim().split('\n').map(line => JSON.parse(line) as unknown)
  return { lines: lines.slice(0, -1), end: lines.at(-1) }
}

function requireSlixmpp (): false | string {
  if (existsSync('/usr/lib/python3/dist-packages/slixmpp')) return false
  const reason = 'slixmpp is not installed: apt-get install python3-slixmpp'
  if (process.env['CI'] === 'true') throw new Error(reason)
  return reason
}

async function importSample (stage: Stage): Promise<void> {
  const record = await openRecord({ config: stage.config, log: silentLogger })
  const result = await importEvents({
    room: parseRoomJid('duraspace@conference.localhost'),
    source: createReadStream(SAMPLE),
    name: SAMPLE,
    record: events => record.append.append(events)
  })
  assert.equal(result.added, 2000)
  await record.feed.advance()
  await record.close()
}

interface Line { uid: string, time: string, nick: string, body: string, kind: string }

async function talkOnSite (stage: Stage): Promise<Line[]> {
  const talk: Line[] = []
  for (let day = 1; day <= 31; day++) {
    const response = await fetch(`${stage.url}/r/duraspace/2009-07-${String(day).padStart(2, '0')}.json`)
    if (response.status === 404) continue
    const { events } = await response.json() as { events: Line[] }
    talk.push(...events.filter(({ kind }) => kind === 'message' || kind === 'subject'))
  }
  return talk
}

async function searchOnSite (stage: Stage, text: string): Promise<string[]> {
  const uids: string[] = []
  let next: string | undefined = `/search.json?q=${encodeURIComponent(text)}`
  while (next !== undefined) {
    const response = await fetch(new URL(next, stage.url))
    const page = await response.json() as { hits: Array<{ uid: string }>, next?: string | null }
    uids.push(...page.hits.map(({ uid }) => uid))
    next = page.next === undefined || page.next === null
      ? undefined
      : `/search.json?q=${encodeURIComponent(text)}&before=${encodeURIComponent(page.next)}`
  }
  return uids
}

async function searchByCommand ({ config }: Stage, text: string): Promise<string[]> {
  writeFileSync(config.file, printConfig(config))
  const { stdout } = await runCaptured('search', '--config', config.file, '--limit', '0', '--output', 'jsonl', text)
  return stdout.trim().split('\n').map(line => (JSON.parse(line) as { uid: string }).uid)
}

async function searchOverMam (talker: Talker, text: string): Promise<string[]> {
  const uids: string[] = []
  for (let after: string | undefined; ;) {
    const { results, fin } = await ask(talker, [
      buildForm('submit', NS.MAM, [{ var: `{${NS.FULLTEXT}}fulltext`, values: [text] }]),
      xml('set', { xmlns: NS.RSM }, xml('max', {}, '7'), after === undefined ? undefined : xml('after', {}, after))
    ])
    uids.push(...results)
    assert.equal(parseRsmResult(fin).last, results.at(-1))
    if (fin.attrs['complete'] === 'true') {
      assert.equal(parseRsmResult(fin).count, uids.length)
      return uids
    }
    after = results.at(-1)
  }
}

let queries = 0

/** One MAM query; the results that carry its queryid are those that came before the answer. */
async function ask (talker: Talker, payloads: readonly Element[], archive = ARCHIVE): Promise<{ results: string[], fin: Element }> {
  const queryid = `q${++queries}`
  const before = talker.received().length
  const answer = await talker.request(xml('iq', { type: 'set', to: archive }, xml('query', { xmlns: NS.MAM, queryid }, payloads)))
  const results = talker.received().slice(before).flatMap(stanza => {
    const result = child(stanza, 'result', NS.MAM)
    if (result?.attrs['queryid'] !== queryid) return []
    assert.equal(stanza.attrs['from'], archive)
    return result.attrs['id'] ?? []
  })
  return { results, fin: child(answer, 'fin', NS.MAM) as Element }
}

async function discoversOnlyWhatIsListed (talker: Talker): Promise<void> {
  const items = await talker.request(xml('iq', { type: 'get', to: 'logs.localhost' }, xml('query', { xmlns: NS.DISCO_ITEMS })))
  const query = child(items, 'query', NS.DISCO_ITEMS) as Element
  assert.deepEqual(elementsOf(query).map(item => item.attrs['jid']), [ARCHIVE])
  const info = await talker.request(xml('iq', { type: 'get', to: ARCHIVE }, xml('query', { xmlns: NS.DISCO_INFO })))
  assert.ok(String(info).includes('"urn:xmpp:mam:2"'))
  const form = await talker.request(xml('iq', { type: 'get', to: ARCHIVE }, xml('query', { xmlns: NS.MAM })))
  assert.ok(String(form).includes('{urn:xmpp:fulltext:0}fulltext'))
}

async function answersErrorsAsTheContractSays (talker: Talker, uid: string): Promise<void> {
  const set = (...children: Element[]) => xml('set', { xmlns: NS.RSM }, children)
  const form = (name: string, value: string, formType: string = NS.MAM) => buildForm('submit', formType, [{ var: name, values: [value] }])
  const table: Array<[string, string, Element[], string?]> = [
    ['item-not-found', 'cancel', [set(xml('after', {}, 'no such id'))]],
    ['item-not-found', 'cancel', [set(xml('before', {}, 'no such id'))]],
    ['item-not-found', 'cancel', [form('after-id', 'no such id')]],
    ['item-not-found', 'cancel', [form('before-id', 'no such id')]],
    ['item-not-found', 'cancel', [buildForm('submit', NS.MAM, [{ var: 'ids', values: [uid, 'no such id'] }])]],
    ['feature-not-implemented', 'cancel', [form('include-groupchat', 'true')]],
    ['feature-not-implemented', 'cancel', [], `${ARCHIVE}/alice`],
    ['feature-not-implemented', 'cancel', [form('colour', 'blue')]],
    ['feature-not-implemented', 'cancel', [set(xml('index', {}, '3'))]],
    ['bad-request', 'modify', [form('start', '2009-07-01T00:00:00Z', 'urn:xmpp:mam:1')]],
    ['bad-request', 'modify', [form('start', 'last week')]],
    ['bad-request', 'modify', [form('with', '@@')]],
    ['bad-request', 'modify', [set(xml('max', {}, '-1'))]],
    ['bad-request', 'modify', [form('fulltext', ' ')]],
    ['bad-request', 'modify', [form('fulltext', 'an "open quote')]],
    ['forbidden', 'auth', [form('with', 'alice@localhost')]],
    ['item-not-found', 'cancel', [], 'hidden\\40conference.localhost@logs.localhost'],
    ['item-not-found', 'cancel', [], 'nosuchroom\\40conference.localhost@logs.localhost']
  ]
  for (const [condition, type, payloads, archive] of table) {
    await assert.rejects(ask(talker, payloads, archive), { condition, type }, String(payloads))
  }

  const empty = await ask(talker, [form('start', '2030-01-01T00:00:00Z')])
  assert.deepEqual([empty.results, empty.fin.attrs['complete'], parseRsmResult(empty.fin)], [[], 'true', { count: 0 }])
  const count = await ask(talker, [set(xml('max', {}, '0'))])
  assert.deepEqual([count.results, count.fin.attrs['complete']], [[], undefined])
  assert.ok((parseRsmResult(count.fin).count ?? 0) > 500)
  const last = await ask(talker, [set(xml('max', {}, '3'), xml('before'))])
  assert.deepEqual([last.results.length, last.fin.attrs['complete']], [3, undefined])
  const between = await ask(talker, [set(xml('max', {}, '3'), xml('after', {}, uid), xml('before', {}, last.results[0] ?? ''))])
  assert.equal(between.results.length, 3)
  assert.equal(textOf(child(between.fin, 'set', NS.RSM) as Element, 'last'), between.results[2])
}
