import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { RoomJid } from '../../src/model/address.ts'
import { formatTime } from '../../src/model/archive-time.ts'
import { eventId } from '../../src/model/event.ts'
import { DESIGNS } from '../../src/archive/couchdb-design.ts'
import { collationKey, fromCollationKey, gapId, isEventId } from '../../src/archive/couchdb-keys.ts'
import { compareKeys } from '../fake-couchdb/collation.ts'

const text = fc.string({ unit: 'binary' })

function map (view: string, doc: object): unknown[] {
  const source = DESIGNS.map(({ document }) => document.views[view]?.map).find(map => map !== undefined)
  const rows: unknown[] = []
  const run = runInNewContext(`(${source})`, { emit: (key: unknown, value: unknown) => rows.push([key, value]) }) as (doc: object) => void
  run(doc)
  return JSON.parse(JSON.stringify(rows)) as unknown[]
}

test('the views make the same keys as the store asks for', () => {
  fc.assert(fc.property(text, text, text, fc.integer({ min: 0, max: 8e15 }), fc.boolean(), (room, uid, nick, micros, isTalk) => {
    const stream = isTalk ? 'talk' : 'presence'
    const time = formatTime(micros)
    const doc = { _id: eventId(room as RoomJid, stream, time), _rev: `3-${'0'.repeat(24)}0123abcd`, room, uid, nick }
    const [r, u, n] = [room, uid, nick].map(collationKey)
    assert.deepEqual(map('uid', doc), [[[r, u], null]])
    assert.deepEqual(map('nick', doc), [[[r, isTalk ? 't' : 'p', n, time], null]])
    assert.deepEqual(map('days', doc), [[[r, isTalk ? 't' : 'p', time.slice(0, 10), n], [micros, 0x0123abcd, 1]]])
    assert.deepEqual(map('days', { ...doc, appliesTo: 'another' }).map(row => (row as unknown[])[1]), [[micros, 0x0123abcd, 0]])
  }))
})

test('texts that differ have keys that CouchDB tells apart, and a key can be read back', () => {
  const near = fc.constantFrom('a', 'A', 'á', 'a\u0301', 'a\u200b', '\u0001a', 'ａ', 'ª', '_0061', '', ' ', '-', '.', '@')
  fc.assert(fc.property(fc.oneof(text, near), fc.oneof(text, near), (a, b) => {
    assert.equal(compareKeys(collationKey(a), collationKey(b)) === 0, a === b)
    assert.equal(fromCollationKey(collationKey(a)), a)
  }))
})

test('documents that are no events are in no view', () => {
  for (const doc of [
    { _id: 'x' }, { _id: 'x:t:2026', room: 'x' }, { _id: 'r@x:t:2026-11-21T07:14:09.372180Z' },
    { _id: gapId('r@x' as RoomJid, '2026-11-21T07:14:09.372180Z'), room: 'r@x', kind: 'gap', uid: 'x', nick: 'x' },
    { _id: '_design/x', views: {} }
  ]) {
    for (const view of ['uid', 'nick', 'days']) assert.deepEqual(map(view, doc), [])
  }
})

test('a gap has an id of its own form, also in a room that begins with an underscore', () => {
  const time = '2026-11-21T07:14:09.372180Z'
  for (const [room, id] of [['r@x', `r@x:g:${time}`], ['_r@x', `:_r@x:g:${time}`], ['t:t@x', `t:t@x:g:${time}`]] as const) {
    assert.equal(gapId(room as RoomJid, time), id)
    assert.equal(isEventId(id), false)
  }
})

test('the name of a design document tells its content', () => {
  for (const { key, name } of DESIGNS) assert.match(name, new RegExp(`^hansard-${key}-[0-9a-f]{8}$`))
  assert.equal(new Set(DESIGNS.map(({ name }) => name)).size, DESIGNS.length)
})
