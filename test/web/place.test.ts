import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import { happened, published, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed')
const DAY = '2026-11-20'
const { app } = await siteWith({ after }, [LOUNGE], [
  said(LOUNGE, `${DAY}T07:14:09`, 'alice', 'one', { uid: 'a/1' }),
  said(LOUNGE, `${DAY}T07:14:09`, 'alice', 'two', { uid: 'a/2' }),
  happened(LOUNGE, `${DAY}T07:14:09`, 'join', 'bob'),
  happened(LOUNGE, `${DAY}T07:14:10`, 'kick', 'bob', { actor: 'alice' })
])

for (const [at, path] of [
  ['t071409', '/r/lounge/m/a%2F1'],
  ['t071409b', '/r/lounge/m/a%2F2'],
  ['t071409c', `/r/lounge/${DAY}?events=full#t071409c`],
  ['t071410', `/r/lounge/${DAY}#t071410`]
] as const) {
  test(`from the line at ${at} to ${path}`, async () => {
    const { statusCode, headers } = await app.inject(`/r/lounge/go?day=${DAY}&at=${at}`)
    assert.deepEqual([statusCode, headers.location], [302, path])
    assert.equal((await app.inject(`/r/lounge/go.json?day=${DAY}&at=${at}`)).json<{ url: string }>().url, `https://logs.example.org${path}`)
  })
}

for (const query of ['', `?day=${DAY}`, `?day=${DAY}&at=t071411`, `?day=${DAY}&at=t071409d`, `?day=${DAY}&at=t991409`, '?day=2026-02-31&at=t071409', `?day=${DAY}&at=h07`]) {
  test(`no line at ${query} is nothing found`, async () => {
    assert.equal((await app.inject(`/r/lounge/go${query}`)).statusCode, 404)
    assert.equal((await app.inject(`/r/lounge/go.json${query}`)).json<{ error: string }>().error, 'not_found')
  })
}
