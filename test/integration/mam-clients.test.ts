import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { createDirectory } from '../../src/access/directory.ts'
import { createOccupantIds } from '../../src/access/occupant-ids.ts'
import { openRecord } from '../../src/record.ts'
import { silentLogger } from '../../src/log.ts'
import { createMamResponder } from '../../src/mam/responder.ts'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import { createBotConnection } from '../../src/xmpp/bot.ts'
import { parseItems } from '../../src/xmpp/disco.ts'
import { child, children, parseXml, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { buildJoin } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseRsmResult } from '../../src/xmpp/rsm.ts'
import { message } from '../helpers/events.ts'
import { buildClientQuery, checkAnswer } from '../mam/asked.ts'
import type { Line } from '../mam/asked.ts'
import { CLIENT_QUERIES } from '../mam/clients.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import { openStage, SERVERS } from './stage.ts'
import type { Stage } from './stage.ts'

const run = promisify(execFile)
const ROOM = 'lounge@conference.localhost'
const ARCHIVE = 'lounge\\40conference.localhost@logs.localhost'
const START = parseDateTime('2026-08-21T09:00:00.123456Z')

for (const { name, start } of SERVERS) {
  describe(`MAM behind ${name}`, { skip: requireServer(name) }, () => {
    test('every client gets what it asks for, and what is left of a page when a client goes reaches nobody', async () => {
      const server = await start()
      const stage = await openStage(server, { rooms: [{ slug: 'lounge' }] })
      try {
        const talk = await fill(stage)
        const alice = await stage.talker('alice', 'desk')
        for (const query of CLIENT_QUERIES) await asksAs(alice, query, talk)
        await tellsItsMetadata(alice, talk)
        await flipsPages(alice, talk)
        await findsChannels(alice)
        await leavesNothingBehind(stage, alice)
      } finally {
        await stage.stop()
        await server.stop()
      }
    })

    test('Gajim walks through it with its own library', { skip: requireGajim() }, async () => {
      const server = await start()
      const stage = await openStage(server, { rooms: [{ slug: 'lounge' }] })
      try {
        await isWalkedByGajim(stage, await fill(stage))
      } finally {
        await stage.stop()
        await server.stop()
      }
    })

    test('a bot gives its archives at its own address, by node, also to who only knows it as an occupant of the room', async () => {
      const server = await start()
      const stage = await openStage(server, { rooms: [{ slug: 'lounge' }] })
      const bot = createBotConnection({
        jid: 'carol@localhost', password: 'carol', resource: 'logs', service: `${server.host}:${server.c2sPort}`, tls: 'optional', log: silentLogger
      })
      const record = await openRecord({ config: stage.config, log: silentLogger })
      try {
        const talk = await fill(stage)
        bot.onRequest(createMamResponder({
          connection: bot,
          domain: undefined,
          directory: createDirectory(stage.config.rooms.map(room => ({ ...room, isOpen: undefined }))),
          store: record.store,
          index: record.index,
          occupantIds: createOccupantIds('key'),
          site: { title: 'Logs', url: 'http://logs.example.org' },
          log: silentLogger
        }))
        bot.start()
        await bot.waitOnline(15_000)
        const alice = await stage.talker('alice')
        const items = await alice.request(xml('iq', { type: 'get', to: bot.address }, xml('query', { xmlns: NS.DISCO_ITEMS })))
        assert.deepEqual(parseItems(items), [{ jid: bot.address, node: ROOM, name: 'lounge' }])
        const { outer, fin } = await ask(alice, xml('query', { xmlns: NS.MAM, node: ROOM, queryid: 'b' }), bot.address)
        assert.deepEqual(outer.map(resultId), talk.slice(0, 50).map(({ uid }) => uid))
        assert.ok(outer.every(({ attrs }) => attrs['from'] === bot.address))
        assert.equal(parseRsmResult(fin).count, talk.length)

        await alice.join(ROOM, 'Alice')
        await bot.send(buildJoin(`${ROOM}/logs`))
        await alice.waitFor(stanza => stanza.name === 'presence' && stanza.attrs['from'] === `${ROOM}/logs`)
        const through = await ask(alice, xml('query', { xmlns: NS.MAM, node: ROOM }), `${ROOM}/logs`)
        assert.deepEqual(through.outer.map(resultId), talk.slice(0, 50).map(({ uid }) => uid))
        assert.ok(through.outer.every(({ attrs }) => attrs['from'] === `${ROOM}/logs`))
      } finally {
        await bot.stop()
        await record.close()
        await stage.stop()
        await server.stop()
      }
    })
  })
}

/** Four hundred messages in the record, long before anyone came. */
async function fill (stage: Stage): Promise<Line[]> {
  const [room] = stage.config.rooms
  assert.ok(room)
  const record = await openRecord({ config: stage.config, log: silentLogger })
  const results = await record.append.append(Array.from({ length: 400 }, (_, n) => message({
    room: room.jid, uid: `id <${n}> & more`, via: 'import', time: formatTime(START + n * 61_000_001), body: n % 7 === 0 ? `apple ${n}` : `pear ${n}`
  })))
  await record.feed.advance()
  await record.close()
  return results.map(({ event: { uid, time, body = '' } }) => ({ uid, time, body }))
}

function resultId (outer: Element): string | undefined {
  return child(outer, 'result', NS.MAM)?.attrs['id']
}

/** The results that came before the answer. */
async function ask (talker: Talker, payload: Element, archive = ARCHIVE): Promise<{ outer: readonly Element[], fin: Element }> {
  const before = talker.received().length
  const answer = await talker.request(xml('iq', { type: 'set', to: archive }, payload))
  const outer = talker.received().slice(before).filter(stanza => resultId(stanza) !== undefined)
  return { outer, fin: child(answer, 'fin', NS.MAM) as Element }
}

async function asksAs (talker: Talker, query: typeof CLIENT_QUERIES[number], talk: readonly Line[]): Promise<void> {
  const answer = await ask(talker, buildClientQuery(query, talk, query.client))
  try {
    checkAnswer(query, talk, { archive: ARCHIVE, queryId: query.client, ...answer })
  } catch (cause) {
    throw new Error(`${query.client} does not get what it asks for`, { cause })
  }
}

function requireGajim (): false | string {
  if (existsSync('/usr/lib/python3/dist-packages/nbxmpp')) return false
  const reason = 'nbxmpp, the library of Gajim, is not installed: apt-get install python3-nbxmpp'
  if (process.env['CI'] === 'true') throw new Error(reason)
  return reason
}

/** Gajim asks for 70 at a time, and goes on after the last until it is told that all is there. */
async function isWalkedByGajim ({ server }: Stage, talk: readonly Line[]): Promise<void> {
  const { stdout } = await run('/usr/bin/python3', [
    join(import.meta.dirname, 'mam_gajim.py'), server.host, String(server.c2sPort), 'bob@localhost', 'bob', ARCHIVE, '70'
  ])
  const lines = stdout.trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(lines.pop(), { pages: Math.ceil(talk.length / 70), count: talk.length })
  assert.deepEqual(lines, talk.map(({ uid, body }) => ({ uid, from: `${ARCHIVE}/alice`, body })))
}

async function tellsItsMetadata (talker: Talker, talk: readonly Line[]): Promise<void> {
  const answer = await talker.request(xml('iq', { type: 'get', to: ARCHIVE }, xml('metadata', { xmlns: NS.MAM })))
  const metadata = child(answer, 'metadata', NS.MAM) as Element
  assert.deepEqual(['start', 'end'].map(name => child(metadata, name)?.attrs), [talk[0], talk.at(-1)].map(line => ({ id: line?.uid, timestamp: line?.time })))
}

async function flipsPages (talker: Talker, talk: readonly Line[]): Promise<void> {
  const { outer, fin } = await ask(talker, parseXml(
    `<query xmlns='urn:xmpp:mam:2'><set xmlns='${NS.RSM}'><max>20</max><before/></set><flip-page/></query>`))
  const last = talk.slice(-20).map(({ uid }) => uid)
  assert.deepEqual(outer.map(resultId), last.toReversed())
  assert.deepEqual([parseRsmResult(fin).first, parseRsmResult(fin).last], [last[0], last.at(-1)])
}

async function findsChannels (talker: Talker): Promise<void> {
  const search = parseXml(`<search xmlns='urn:xmpp:channel-search:0:search'><x xmlns='jabber:x:data' type='submit'>
    <field var='FORM_TYPE'><value>urn:xmpp:channel-search:0:search-params</value></field><field var='q'><value>lounge</value></field></x></search>`)
  const answer = await talker.request(xml('iq', { type: 'get', to: 'logs.localhost' }, search))
  const result = child(answer, 'result', 'urn:xmpp:channel-search:0:search') as Element
  assert.deepEqual(children(result, 'item').map(({ attrs }) => attrs['address']), [ROOM])
}

/** A client asks for page upon page and goes; neither the other one of its user nor a later one gets any of them. */
async function leavesNothingBehind (stage: Stage, other: Talker): Promise<void> {
  await other.send(xml('presence'))
  const phone = await stage.talker('alice', 'phone')
  const query = parseXml(`<query xmlns='urn:xmpp:mam:2' queryid='lost'><set xmlns='${NS.RSM}'><max>250</max></set></query>`)
  await phone.send(...Array.from({ length: 10 }, (_, n) => xml('iq', { type: 'set', to: ARCHIVE, id: `lost${n}` }, query)))
  await phone.waitFor(stanza => resultId(stanza) !== undefined)
  await phone.stop()
  // As long as that: bob's questions stand behind them in the component, and alice's own in her server.
  const bob = await stage.talker('bob')
  const seen = other.received().length
  for (let n = 0; n < 20; n++) await ask(bob, xml('query', { xmlns: NS.MAM }))
  await ask(other, parseXml('<query xmlns=\'urn:xmpp:mam:2\' queryid=\'own\'/>'))
  const later = await stage.talker('alice', 'phone')
  await later.request(xml('iq', { type: 'get', to: 'localhost' }, xml('ping', { xmlns: NS.PING })))
  const strays = [...other.received().slice(seen), ...later.received()]
    .filter(stanza => child(stanza, 'result', NS.MAM)?.attrs['queryid'] === 'lost')
  assert.equal(strays.length, 0)
}
