import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startBackend } from './libervia-backend.ts'
import type { Backend } from './libervia-backend.ts'
import { getJson, senderOf } from './stage.ts'
import type { Line } from './stage.ts'
import type { ClientVisit } from './visit.ts'

const run = promisify(execFile)

/** A page as asked for on the command line, and what of the site's lines it has to be. */
interface Asked {
  readonly what: string
  readonly options: readonly string[]
  readonly expected: (lines: readonly Line[]) => readonly Line[]
}

const ASKED: (lines: readonly Line[], mirror: string) => readonly Asked[] = (lines, mirror) => [
  { what: 'the beginning', options: [], expected: all => all.slice(0, 20) },
  { what: 'more than one page has', options: ['-m', '1000'], expected: all => all.slice(0, 250) },
  { what: 'the last page', options: ['-m', '50', '-b', ''], expected: all => all.slice(-50) },
  { what: 'after an id', options: ['-m', '50', '-a', uidAt(lines, 149)], expected: all => all.slice(150, 200) },
  { what: 'before an id', options: ['-m', '50', '-b', uidAt(lines, 200)], expected: all => all.slice(150, 200) },
  { what: 'a nick', options: ['-m', '30', '-W', `${mirror}/Ève`], expected: all => all.filter(({ nick }) => nick === 'Ève').slice(0, 30) },
  {
    what: 'from one time to another',
    options: ['-m', '50', '-S', secondOf(lines, 300, 0), '-E', secondOf(lines, 319, 1)],
    expected: all => all.slice(300, 320)
  }
]

/** Pages by each of its options, paging by index, the full text and the join of the room with its catch-up. */
export const visitWithLibervia: ClientVisit = async visit => {
  const { server, mirror, home, url, talk, tell } = visit
  const lines = await talk()
  const backend = await startBackend(home, server)
  const li = async (...argv: readonly string[]): Promise<string> => {
    const { stdout } = await run('/usr/bin/libervia-cli', argv, { env: backend.env, timeout: 60_000, maxBuffer: 1 << 26 })
    return stdout
  }
  try {
    await li('profile', 'create', 'bob', '-j', 'bob@localhost/libervia', '-x', 'bob', '-p', '')
    await li('param', 'set', 'Connection', 'check_certificate', 'false', '-p', 'bob')
    await li('profile', 'connect', '-c', '-p', 'bob')

    for (const { what, options, expected } of ASKED(lines, mirror)) {
      const shown = JSON.parse(dropNotices(await li('message', 'mam', '-p', 'bob', '-s', mirror, '--output', 'json', ...options))) as Row[]
      assert.deepEqual(shown.map(fromRow), expected(lines).map(line => fromLine(line, mirror)), what)
      tell(`${what} (${options.join(' ')}): ${shown.length} messages as on the site`)
    }

    const refused = await li('message', 'mam', '-p', 'bob', '-s', mirror, '--index', '2').catch((error: { stderr: string }) => error.stderr)
    assert.match(refused, /feature-not-implemented/)
    tell(`paging by index: ${refused.trim().split('\n').at(-1)}`)

    const asked = { 'mam_filter_{urn:xmpp:fulltext:0}fulltext': 'bananas', rsm_max: '250' }
    const uids = uidsIn(await li(...call('MAMGet', mirror, JSON.stringify(asked), 'bob')))
    const onSite = await search(url, 'bananas')
    assert.ok(onSite.length > 0)
    assert.deepEqual(uids, onSite.toReversed())
    tell(`the full text «bananas»: ${uids.length} messages as the site finds them`)

    await catchesUp({ ...visit, backend, li })
  } finally {
    await backend.stop()
  }
}

/** Comes into the room, goes, and comes again when something was said meanwhile; then it has that once. */
async function catchesUp ({ mirror, room, alice, talk, tell, backend, li }: Parameters<ClientVisit>[0] & Tools): Promise<void> {
  const join = async (): Promise<void> => {
    const joined = await li(...call('mucJoin', mirror, 'Visitor', {}, 'bob'))
    assert.match(joined, /LOGGING_ENABLED/)
    const said = (await talk()).filter(({ kind }) => kind === 'message')
    const newest = said.at(-1)?.uid ?? ''
    let uids: string[] = []
    // It is in the room before it has the history.
    for (let tries = 0; !uids.includes(newest) && tries < 10; tries++) {
      uids = uidsIn(await li(...call('historyGet', mirror, 'bob@localhost', 1_000, true, '')))
    }
    assert.ok(uids.length > 0)
    assert.deepEqual(uids, said.slice(-uids.length).map(({ uid }) => uid))
    tell(`in the room it has the newest ${uids.length}: ${/We have received .* in .*/.exec(backend.log().slice(heard))?.[0] ?? 'from the history of the join'}`)
    heard = backend.log().length
  }
  let heard = backend.log().length
  await join()
  await li(...call('disconnect'))
  for (let n = 1; n <= 45; n++) await alice.say(room, `said while nobody listens: ${n}`)
  await li('profile', 'connect', '-c', '-p', 'bob')
  await join()
}

interface Tools { readonly backend: Backend, readonly li: (...argv: readonly string[]) => Promise<string> }

/** It evaluates the arguments as Python; JSON is that, but for its literals. */
function call (method: string, ...values: ReadonlyArray<string | number | boolean | object>): string[] {
  const argument = values.map(value => typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value)).join(', ')
  return ['debug', 'bridge', 'method', '-p', 'bob', method, argument]
}

function uidsIn (printed: string): string[] {
  return [...printed.matchAll(/"stanza_id": "([^"]+)"/g)].map(([, uid = '']) => uid)
}

/** uid, seconds since 1970, sender, receiver, bodies by language, subjects by language, type, the rest as JSON. */
type Row = [string, number, string, string, Record<string, string>, Record<string, string>, string, string]

function fromRow ([, seconds, from, , bodies, subjects, , rest]: Row): readonly unknown[] {
  return [(JSON.parse(rest) as { stanza_id: string }).stanza_id, Math.floor(seconds), from, bodies[''] ?? subjects[''] ?? '']
}

function fromLine (line: Line, mirror: string): readonly unknown[] {
  return [line.uid, Math.floor(Date.parse(line.time) / 1_000), senderOf(line, mirror), line.body]
}

/** It says on its standard output which of its own parts are not installed. */
function dropNotices (output: string): string {
  return output.slice(output.indexOf('\n[') + 1)
}

function uidAt (lines: readonly Line[], index: number): string {
  return lines[index]?.uid ?? ''
}

/** It asks in whole seconds. */
function secondOf (lines: readonly Line[], index: number, later: number): string {
  const second = Math.floor(Date.parse(lines[index]?.time ?? '') / 1_000) + later
  return new Date(second * 1_000).toISOString()
}

/** The uids of all hits, newest first. */
async function search (url: string, text: string): Promise<string[]> {
  const uids: string[] = []
  for (let before: string | null = ''; before !== null;) {
    const page: { hits: Line[], next: string | null } = await getJson(`${url}/search.json?q=${text}&limit=100${before === '' ? '' : `&before=${encodeURIComponent(before)}`}`)
    uids.push(...page.hits.map(({ uid }) => uid))
    before = page.next
  }
  return uids
}
