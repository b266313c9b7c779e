import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLocalState } from '../../src/archive/local-state.ts'
import { silentLogger } from '../../src/log.ts'
import { HansardError } from '../../src/model/errors.ts'
import { ANNEX, LOUNGE } from './sample-events.ts'

function open (path = ':memory:') {
  const local = openLocalState({ path, maxBytes: 1_000, log: silentLogger })
  return { ...local, close: () => { local.close() } }
}

test('what is put aside is listed newest first, with its room, time and error', () => {
  const { quarantine, close } = open()
  assert.equal(quarantine.count(), 0)
  assert.deepEqual(quarantine.list(10), [])
  quarantine.add({ room: LOUNGE, stanza: '<message>\u{1F600} \0</message>', error: new HansardError('ERR_STANZA', 'Cannot read it') })
  quarantine.add({ room: ANNEX, stanza: '<presence/>', error: 'plain words' })
  assert.equal(quarantine.count(), 2)
  const [second, first] = quarantine.list(10)
  assert.deepEqual({ ...first, time: undefined }, { room: LOUNGE, time: undefined, stanza: '<message>\u{1F600} \0</message>', error: 'Cannot read it' })
  assert.deepEqual([second?.room, second?.stanza, second?.error], [ANNEX, '<presence/>', 'plain words'])
  assert.match(first?.time ?? '', /^20\d\d-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/)
  assert.deepEqual(quarantine.list(1), [second])
  close()
})

test('the same again stands there once, as the newest', () => {
  const { quarantine, close } = open()
  for (const stanza of ['<a/>', '<b/>', '<a/>']) quarantine.add({ room: LOUNGE, stanza, error: 'x' })
  quarantine.add({ room: ANNEX, stanza: '<a/>', error: 'x' })
  assert.deepEqual(quarantine.list(10).map(({ room, stanza }) => `${room.split('@')[0]}${stanza}`), ['annex<a/>', 'lounge<a/>', 'lounge<b/>'])
  assert.equal(quarantine.count(), 3)
  close()
})

test('the newest thousand are kept', () => {
  const { quarantine, close } = open()
  for (let n = 0; n < 1_003; n++) quarantine.add({ room: LOUNGE, stanza: `<m n="${n}"/>`, error: 'x' })
  for (let n = 0; n < 3; n++) quarantine.add({ room: LOUNGE, stanza: '<again/>', error: 'x' })
  assert.equal(quarantine.count(), 1_000)
  const all = quarantine.list(2_000)
  assert.deepEqual([all.length, all[0]?.stanza, all.at(-1)?.stanza], [1_000, '<again/>', '<m n="4"/>'])
  close()
})

test('it is there after a restart, and a file that is gone makes no trouble', t => {
  const directory = mkdtempSync(join(tmpdir(), 'hansard-quarantine-'))
  t.after(() => { rmSync(directory, { recursive: true }) })
  const before = open(join(directory, 'spool.db'))
  before.quarantine.add({ room: LOUNGE, stanza: '<a/>', error: 'x' })
  before.close()
  before.quarantine.add({ room: LOUNGE, stanza: '<b/>', error: 'x' })
  const now = open(join(directory, 'spool.db'))
  assert.deepEqual([now.quarantine.count(), now.quarantine.list(10).map(({ stanza }) => stanza)], [1, ['<a/>']])
  now.close()
})
