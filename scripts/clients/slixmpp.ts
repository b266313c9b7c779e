import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ClientVisit } from './visit.ts'
import { senderOf, SUBJECT } from './stage.ts'

const run = promisify(execFile)
const PAGE = 100
const BACK = 500

/** Joins, and walks through everything, page by page, then back from the end. */
export const visitWithSlixmpp: ClientVisit = async ({ server, mirror, talk, tell }) => {
  const began = performance.now()
  const { stdout } = await run('/usr/bin/python3', [
    join(import.meta.dirname, 'slixmpp_walk.py'),
    server.host, String(server.c2sPort), 'bob@localhost', 'bob', mirror, 'Visitor', String(PAGE), String(BACK)
  ], { maxBuffer: 1 << 28 })
  const seconds = (performance.now() - began) / 1_000
  // slixmpp 1.8.3 itself prints the delays that it meets.
  const told = stdout.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line) as Record<string, unknown>)
  const lines = await talk()
  const site = lines.map(line => ({ uid: line.uid, time: line.time, from: senderOf(line, mirror), body: line.body }))

  const { joined } = told.shift() as { joined: { codes: number[], role: string, subject: string, history: string[] } }
  tell(`joined as ${joined.role}, codes ${joined.codes.join(' ')}, ${joined.history.length} messages of history, subject «${joined.subject}»`)
  assert.deepEqual([joined.role, joined.codes, joined.subject], ['visitor', [110, 170], SUBJECT])
  assert.deepEqual(joined.history, lines.filter(({ kind }) => kind === 'message').slice(-joined.history.length).map(({ body }) => body))

  const forward = told.splice(0, site.length)
  assert.deepEqual(forward, site)
  assert.deepEqual(told.shift(), { forward: { pages: Math.ceil(site.length / PAGE), complete: 1 } })
  const backward = told.splice(0, BACK)
  assert.deepEqual(backward, site.slice(-BACK).reverse())
  assert.deepEqual(told.shift(), { backward: { pages: BACK / PAGE, complete: 0 } })
  tell(`walked ${forward.length} messages in ${Math.ceil(site.length / PAGE)} pages and the newest ${BACK} back, all as on the site, in ${seconds.toFixed(1)} s`)
}
