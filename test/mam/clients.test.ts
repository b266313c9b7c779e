import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { after, before } from 'node:test'
import { createDirectory } from '../../src/access/directory.ts'
import { createOccupantIds } from '../../src/access/occupant-ids.ts'
import { createIndexFeed } from '../../src/archive/index-feed.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { createMamResponder } from '../../src/mam/responder.ts'
import { archiveJidOf } from '../../src/model/address.ts'
import { formatTime, parseDateTime } from '../../src/model/archive-time.ts'
import { createLocalIndex } from '../../src/search/local.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { checkStanza } from '../../src/xmpp/outgoing.ts'
import { LOUNGE, message } from '../helpers/events.ts'
import { buildClientQuery, checkAnswer } from './asked.ts'
import type { Line } from './asked.ts'
import { CLIENT_QUERIES } from './clients.ts'

const DOMAIN = 'logs.example.org'
const ARCHIVE = archiveJidOf(LOUNGE, DOMAIN)
const START = parseDateTime('2026-08-21T09:00:00.123456Z')

const folder = mkdtempSync(join(tmpdir(), 'hansard-clients-'))
const store = createSqliteStore({ path: ':memory:' })
const index = createLocalIndex({ path: join(folder, 'search.db'), log: silentLogger, readers: 1 })
const sent: Element[] = []
const respond = createMamResponder({
  connection: {
    address: `hansard@${DOMAIN}/h`,
    async send (...stanzas) {
      sent.push(...stanzas.map(stanza => parseXml(checkStanza(stanza, { mode: 'component', address: DOMAIN, domain: DOMAIN }, {}))))
    }
  },
  domain: DOMAIN,
  directory: createDirectory([{
    jid: LOUNGE, slug: 'lounge', aliases: [], title: undefined, description: undefined, level: 'public', isOpen: true
  }]),
  store,
  index,
  occupantIds: createOccupantIds('key'),
  site: { title: 'Logs', url: 'https://logs.example.org' },
  log: silentLogger
})
let talk: Line[] = []

before(async () => {
  const events = Array.from({ length: 400 }, (_, n) => message({
    uid: `id <${n}> & more`, time: formatTime(START + n * 61_000_001), body: n % 7 === 0 ? `apple ${n}` : `pear ${n}`
  }))
  talk = (await store.append(events)).map(({ event: { uid, time, body = '' } }) => ({ uid, time, body }))
  await createIndexFeed({ store, index, log: silentLogger }).advance()
})

after(async () => {
  await index.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

for (const query of CLIENT_QUERIES) {
  test(`${query.client} gets what it asks for, in the form that it counts on`, async () => {
    sent.length = 0
    const payload = buildClientQuery(query, talk, 'q7')
    const fin = await respond({ type: 'set', from: 'reader@example.net/phone', to: ARCHIVE, id: 'i1', payload })
    assert.ok(fin)
    checkAnswer(query, talk, { archive: ARCHIVE, queryId: 'q7', outer: sent, fin })
  })
}
