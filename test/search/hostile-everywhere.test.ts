import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createDirectory } from '../../src/access/directory.ts'
import { createOccupantIds } from '../../src/access/occupant-ids.ts'
import { createFind } from '../../src/archive/find.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { createMamResponder } from '../../src/mam/responder.ts'
import { archiveJidOf } from '../../src/model/address.ts'
import { createLocalIndex } from '../../src/search/local.ts'
import { child, xml } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'
import { runCaptured } from '../cli/run-captured.ts'
import { published, said, siteWith } from '../web/site-under-test.ts'
import { SYNTAX, TROUBLESOME, UNREADABLE } from './hostile-queries.ts'

/** What a query gives: the uids that it finds, in their order, or why it is refused. */
type Outcome = readonly string[] | string

const DOMAIN = 'logs.example.org'
const ROOM = published('lounge', 'public')
const bodies = ['hello there', 'nothing else', 'a '.repeat(2000), '@a,'.repeat(2000), 'a, '.repeat(2000)]
const events = bodies.map((body, n) => said(ROOM, `2026-11-20T08:00:0${n}`, 'alice', body, { uid: `u${n}` }))

const folder = mkdtempSync(join(tmpdir(), 'hansard-hostile-'))
const config = join(folder, 'config.yaml')
writeFileSync(config, `
site: { title: Logs, url: "http://127.0.0.1:8080" }
xmpp: { mode: component, domain: ${DOMAIN}, server: "127.0.0.1:1", secret: s3cret }
store: { driver: sqlite, path: data/hansard.db }
search: { engine: local, path: data/search.db }
rooms: [ { jid: ${ROOM.jid}, slug: lounge, level: public } ]
`)
const store = createSqliteStore({ path: join(folder, 'data/hansard.db') })
await store.append(events)
assert.equal((await runCaptured('reindex', '--config', config)).code, 0)
const index = createLocalIndex({ path: join(folder, 'data/search.db'), log: silentLogger })
const { app } = await siteWith({ after }, [ROOM], events, { find: createFind({ store, index }) })
const results: string[] = []
const respond = createMamResponder({
  connection: {
    address: `hansard@${DOMAIN}/h`,
    async send (...stanzas) { for (const stanza of stanzas) results.push(child(stanza, 'result', NS.MAM)?.attrs['id'] ?? '') }
  },
  domain: DOMAIN,
  directory: createDirectory([ROOM]),
  store,
  index,
  occupantIds: createOccupantIds('key'),
  site: { title: 'Logs', url: 'https://logs.example.org' },
  log: silentLogger
})
after(async () => {
  await index.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

async function bySite (query: string): Promise<Outcome> {
  const url = (path: string): string => `${path}?${new URLSearchParams({ q: query }).toString()}`
  const page = await app.inject(url('/search'))
  const feed = await app.inject(url('/search.atom'))
  const json = await app.inject(url('/search.json'))
  assert.deepEqual([feed.statusCode, json.statusCode], [page.statusCode, page.statusCode])
  if (page.statusCode === 200) return json.json<{ hits: Array<{ uid: string }> }>().hits.map(({ uid }) => uid)
  assert.equal(page.statusCode, 400)
  assert.match(page.body, /role="alert"/)
  return json.json<{ message: string }>().message
}

async function byMam (query: string): Promise<Outcome> {
  results.length = 0
  const field = (name: string, value: string) => xml('field', { var: name }, xml('value', {}, value))
  const payload = xml('query', { xmlns: NS.MAM }, xml('x', { xmlns: NS.DATA_FORM, type: 'submit' },
    field('FORM_TYPE', NS.MAM), field(`{${NS.FULLTEXT}}fulltext`, query)))
  try {
    await respond({ type: 'set', from: 'reader@example.net/phone', to: archiveJidOf(ROOM.jid, DOMAIN), id: 'i', payload })
    return results.toReversed()
  } catch (error) {
    assert.ok(error instanceof StanzaError && error.condition === 'bad-request', String(error))
    return error.text ?? ''
  }
}

async function byCommand (query: string): Promise<Outcome> {
  const { code, stdout, stderr } = await runCaptured('search', '--config', config, '-o', 'jsonl', '--', query)
  if (code !== 2) return stdout.split('\n').filter(line => line !== '').map(line => (JSON.parse(line) as { uid: string }).uid)
  return stderr
}

for (const [name, query] of [...SYNTAX.map(query => [query, query] as const), ...TROUBLESOME, ...UNREADABLE]) {
  test(`the site, the archive and the command give the same for ${JSON.stringify(name)}`, async () => {
    const [site, archive, command] = [await bySite(query), await byMam(query), await byCommand(query)]
    if (typeof site !== 'string') {
      assert.deepEqual([archive, command], [site, site])
      return
    }
    for (const said of [site, archive, command]) assert.match(String(said), /at character \d+: |longer than 2,000 characters/)
  })
}
