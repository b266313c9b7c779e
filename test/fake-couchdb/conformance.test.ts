import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { runConformance } from './conformance.ts'
import type { Answer } from './conformance.ts'
import { startFakeCouch } from './server.ts'

const recorded = JSON.parse(readFileSync(new URL('../fixtures/couchdb/conformance.json', import.meta.url), 'utf8')) as {
  version: string
  date: string
  answers: Record<string, Answer>
}

test(`the fake answers as CouchDB ${recorded.version} did on ${recorded.date}`, async t => {
  const fake = await startFakeCouch()
  t.after(() => fake.close())
  const base = new URL('conformance/', fake.url)
  const headers = { authorization: `Basic ${btoa(`${fake.user}:${fake.password}`)}`, 'content-type': 'application/json' }
  base.username = base.password = ''
  const send = async (method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(new URL(path, base), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    return { status: response.status, body: await response.json() }
  }
  await send('PUT', '')
  const answers = await runConformance(send)
  assert.deepEqual(Object.keys(answers), Object.keys(recorded.answers))
  for (const [name, answer] of Object.entries(answers)) {
    await t.test(name, () => { assert.deepEqual(answer, recorded.answers[name]) })
  }
})
