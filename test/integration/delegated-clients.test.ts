import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { openRecord } from '../../src/record.ts'
import { silentLogger } from '../../src/log.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { BareJid } from '../../src/model/address.ts'
import { formatTime } from '../../src/model/archive-time.ts'
import { child, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { message } from '../helpers/events.ts'
import { buildClientQuery, checkAnswer } from '../mam/asked.ts'
import type { Line } from '../mam/asked.ts'
import { CLIENT_QUERIES } from '../mam/clients.ts'
import { startProsody } from '../servers/prosody.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { openStage, seeArchiveIn } from './stage.ts'
import type { Stage } from './stage.ts'

const ROOM = parseRoomJid('lounge@conference.localhost')
const START = Date.UTC(2024, 4, 17, 12) * 1000

const run = promisify(execFile)

describe('a delegated room with old messages', { skip: requireServer('prosody') }, () => {
  let server: XmppServer
  let stage: Stage
  let alice: Talker
  let talk: Line[]

  before(async () => {
    server = await startProsody({
      delegation: { hansard_archive_component: 'logs.localhost', hansard_archive_rooms: ['lounge'] }
    })
    stage = await openStage(server, { delegatedFrom: ['conference.localhost' as BareJid] })
    talk = await fill(stage)
    alice = await stage.talker('alice')
    await alice.join(ROOM, 'alice')
    await seeArchiveIn(ROOM, alice)
  })

  after(async () => {
    await stage.stop()
    await server.stop()
  })

  for (const query of CLIENT_QUERIES) {
    test(`gives ${query.client} what it asks for`, async () => {
      const before = alice.received().length
      const answer = await alice.request(xml('iq', { type: 'set', to: ROOM }, buildClientQuery(query, talk, query.client)))
      const outer = alice.received().slice(before).filter(stanza => child(stanza, 'result', NS.MAM) !== undefined)
      checkAnswer(query, talk, { archive: ROOM, queryId: query.client, outer, fin: child(answer, 'fin', NS.MAM) as Element })
    })
  }

  test('is walked by the library of Gajim', { skip: requireGajim() }, async () => {
    const { stdout } = await run('/usr/bin/python3', [
      join(import.meta.dirname, 'mam_gajim.py'), server.host, String(server.c2sPort), 'bob@localhost', 'bob', ROOM, '70'
    ])
    const lines = stdout.trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(lines.pop(), { pages: Math.ceil(talk.length / 70), count: talk.length })
    assert.deepEqual(lines, talk.map(({ uid, body }) => ({ uid, from: `${ROOM}/alice`, body })))
  })
})

/** Four hundred messages, long before anyone came. */
async function fill (stage: Stage): Promise<Line[]> {
  const record = await openRecord({ config: stage.config, log: silentLogger })
  const results = await record.append.append(Array.from({ length: 400 }, (_, n) => message({
    room: ROOM, uid: `id <${n}> & more`, via: 'import', time: formatTime(START + n * 61_000_001), body: n % 7 === 0 ? `apple ${n}` : `pear ${n}`
  })))
  await record.feed.advance()
  await record.close()
  return results.map(({ event: { uid, time, body = '' } }) => ({ uid, time, body }))
}

function requireGajim (): false | string {
  if (existsSync('/usr/lib/python3/dist-packages/nbxmpp')) return false
  const reason = 'nbxmpp, the library of Gajim, is not installed: apt-get install python3-nbxmpp'
  if (process.env['CI'] === 'true') throw new Error(reason)
  return reason
}
