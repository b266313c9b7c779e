import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parseRoomJid } from '../../src/model/address.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { importEvents } from '../../src/transfer/import.ts'
import type { ImportOptions, ImportProgress, ImportResult } from '../../src/transfer/import.ts'
import { chunksOf } from './chunks.ts'

const ROOM = parseRoomJid('lounge@conference.example.org')
const SAMPLE = resolve(import.meta.dirname, '../fixtures/duraspace-sample.jsonl.gz')

/** A record that knows events by room and uid, as the archive does. */
function createRecord (): { events: RoomEvent[], record: ImportOptions['record'] } {
  const events: RoomEvent[] = []
  const known = new Set<string>()
  return {
    events,
    record: async batch => batch.map(event => {
      const key = `${event.room} ${event.uid}`
      const isNew = !known.has(key)
      known.add(key)
      if (isNew) events.push(event)
      return { isNew }
    })
  }
}

function message (n: number, fields: object = {}): string {
  return JSON.stringify({ ts: `2026-11-21T07:14:${String(n % 60).padStart(2, '0')}Z`, kind: 'message', nick: 'alice', body: `text ${n}`, ...fields })
}

function run (lines: readonly string[], options: Partial<ImportOptions>): Promise<ImportResult> {
  const source = chunksOf([Buffer.from(lines.join('\n'))])
  return importEvents({ room: ROOM, source, name: 'logs/x.jsonl', record: createRecord().record, ...options })
}

function counts ({ read, added, known, failed, repaired }: ImportResult): number[] {
  return [read, added, known, failed, repaired]
}

test('a real log is taken whole, and a second time nothing is added', async () => {
  const { events, record } = createRecord()
  const options = { room: ROOM, name: SAMPLE, record }
  const first = await importEvents({ ...options, source: createReadStream(SAMPLE) })
  assert.deepEqual(first, { read: 2000, added: 2000, known: 0, failed: 0, repaired: 0, problems: [] })
  const second = await importEvents({ ...options, source: createReadStream(SAMPLE, { highWaterMark: 777 }) })
  assert.deepEqual(second, { read: 2000, added: 0, known: 2000, failed: 0, repaired: 0, problems: [] })

  assert.equal(events.filter(({ kind }) => kind === 'message').length, 1164)
  assert.equal(new Set(events.map(({ uid }) => uid)).size, 2000)
  assert.ok(events.every(({ uid }) => /^[\w-]{22}$/.test(uid)))
  assert.deepEqual(events[1], {
    kind: 'message',
    room: ROOM,
    time: '2009-06-30T16:25:00.250000Z',
    nick: 'mdiggory',
    body: 'I don\'t question their requirements.... just interested in connectors that enable greater pluggablity and more configurations',
    uid: events[1]?.uid,
    via: 'import',
    source: { format: 'jsonl', file: 'duraspace-sample.jsonl.gz', line: 2 }
  })
})

test('events are recognised in another file, at another line and after another cut of the day', async () => {
  const { events, record } = createRecord()
  const lines = Array.from({ length: 40 }, (_, n) => message(n))
  assert.deepEqual(counts(await run(lines.slice(0, 25), { record })), [25, 25, 0, 0, 0])
  assert.deepEqual(counts(await run(['', ...lines.slice(10)], { record, name: 'other.jsonl' })), [30, 15, 15, 0, 0])
  assert.deepEqual(counts(await run([...lines, ...lines], { record })), [80, 0, 80, 0, 0])
  assert.deepEqual(events.map(({ body }) => body), lines.map((_, n) => `text ${n}`))
})

test('one person saying one word twice at one time is two events, on every import the same two', async () => {
  const { events, record } = createRecord()
  const yes = message(1, { body: 'yes' })
  const lines = [yes, message(1, { body: 'yes', nick: 'bob' }), yes, message(2), yes.replace('message', 'subject')]
  assert.deepEqual(counts(await run(lines, { record })), [5, 5, 0, 0, 0])
  assert.deepEqual(counts(await run(lines, { record })), [5, 0, 5, 0, 0])
  assert.equal(new Set(events.map(({ uid }) => uid)).size, 5)
})

test('the same words in another room are another event, and rooms may alternate', async () => {
  const { events, record } = createRecord()
  const lines = [1, 2, 3].flatMap(n => ['a@b.c', 'd@e.f'].map(room => message(n, { room, body: 'same' })))
  const { room: _, ...options } = { room: ROOM, record }
  const source = chunksOf([Buffer.from([...lines, message(4)].join('\n'))])
  const result = await importEvents({ ...options, source, name: 'x' })
  assert.deepEqual(counts(result), [7, 6, 0, 1, 0])
  assert.deepEqual(result.problems, ['x:7: room is missing: expected it in the line, or one given for all lines'])
  assert.deepEqual(events.map(({ room }) => room), ['a@b.c', 'd@e.f', 'a@b.c', 'd@e.f', 'a@b.c', 'd@e.f'])
  assert.equal(new Set(events.map(({ uid }) => uid)).size, 6)
})

test('a stream that comes in drops is imported like a file, gzipped or not', async () => {
  const text = Buffer.from(`\ufeff${[message(1), '', message(2, { body: 'é👍' })].join('\r\n')}\r\n`)
  for (const bytes of [text, gzipSync(text)]) {
    const { events, record } = createRecord()
    const source = new PassThrough()
    const result = importEvents({ room: ROOM, source, name: 'standard input', record })
    for (const byte of bytes) source.write(Buffer.of(byte))
    source.end()
    assert.deepEqual(counts(await result), [2, 2, 0, 0, 0])
    assert.deepEqual(events.map(({ body }) => body), ['text 1', 'é👍'])
    assert.deepEqual(events[1]?.source, { format: 'jsonl', file: 'standard input', line: 3 })
  }
})

test('lines that cannot be understood are reported by file and line, and the rest goes on', async () => {
  const { events, record } = createRecord()
  const result = await run([message(1), '{"kind"', message(3, { nick: 7 }), message(4)], { record })
  assert.deepEqual(counts(result), [4, 2, 0, 2, 0])
  assert.match(result.problems[0] ?? '', /^logs\/x\.jsonl:2: Cannot read the line as JSON: /)
  assert.equal(result.problems[1], 'logs/x.jsonl:3: Cannot use nick: expected a text')
  assert.deepEqual(events.map(({ body }) => body), ['text 1', 'text 4'])
})

test('after a hundred problems the rest is counted', async () => {
  const result = await run([...Array<string>(1334).fill('nonsense'), message(1)], {})
  assert.deepEqual(counts(result), [1335, 1, 0, 1334, 0])
  assert.equal(result.problems.length, 101)
  assert.equal(result.problems.at(-1), 'logs/x.jsonl: 1,234 more problems like these')
})

test('a line with bytes that are not UTF-8 is imported and mentioned', async () => {
  const { events, record } = createRecord()
  const result = await run([], { record, source: chunksOf([Buffer.from(message(1, { body: 'caf\xe9' }), 'latin1')]) })
  assert.deepEqual(counts(result), [1, 1, 0, 0, 1])
  assert.deepEqual(result.problems, ['logs/x.jsonl:1: imported, with U+FFFD in place of bytes that are not UTF-8'])
  assert.equal(events[0]?.body, 'caf\ufffd')
})

test('a line of megabytes is imported, one beyond the limit is reported', async () => {
  const { events, record } = createRecord()
  const result = await run([message(1, { body: 'x'.repeat(3_000_000) }), message(2, { body: 'y'.repeat(5_000_000) }), message(3)], { record })
  assert.deepEqual(counts(result), [3, 2, 0, 1, 0])
  assert.deepEqual(result.problems, ['logs/x.jsonl:2: Cannot read the line: it is longer than 4 MiB'])
  assert.deepEqual(events.map(({ body }) => body?.length), [3_000_000, 6])
})

test('a file that breaks off is reported, and its whole lines are imported', async () => {
  const lines = Array.from({ length: 3000 }, (_, n) => message(n, { nick: `n${n}` }))
  const packed = gzipSync(`${lines.join('\n')}\n`)
  const { events, record } = createRecord()
  const result = await run([], { record, source: chunksOf([packed.subarray(0, -10)]) })
  assert.equal(result.failed, 1)
  assert.deepEqual(result.problems, ['logs/x.jsonl: Cannot unpack the file to its end: it breaks off, expected a whole gzip file'])
  assert.ok(events.length > 2900 && events.length === result.added)
})

test('a source that fails is a problem of its own, after what it gave', async () => {
  async function * broken (): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${message(1)}\n`)
    throw new Error('the disk is gone')
  }
  const result = await run([], { source: broken() })
  assert.deepEqual(counts(result), [1, 1, 0, 1, 0])
  assert.deepEqual(result.problems, ['logs/x.jsonl: the disk is gone'])
})

test('an empty file is no problem', async () => {
  assert.deepEqual(await run([], {}), { read: 0, added: 0, known: 0, failed: 0, repaired: 0, problems: [] })
})

test('documents of ours keep uid, via and source', async () => {
  const { events, record } = createRecord()
  const document = { _id: 'x', uid: 'u1', via: 'live', room: ROOM, time: '2026-11-21T07:14:09.000001Z', kind: 'message', nick: 'a', body: 'b' }
  await run([JSON.stringify(document), message(1, { uid: 'u2' })], { record })
  const { _id, ...kept } = document
  assert.deepEqual(events[0], kept)
  assert.equal(events[1]?.uid, 'u2')
  assert.equal(events[1]?.via, 'import')
})

test('documents of ours keep all that they say, and what is derived is left to the record', async () => {
  const { events, record } = createRecord()
  const place = { _id: 'x', anchor: 't071409', room: ROOM, time: '2026-11-21T07:14:09.000001Z' }
  const said = {
    uid: 'u1',
    via: 'live',
    room: ROOM,
    time: place.time,
    kind: 'message',
    nick: 'a',
    body: '> b\nc',
    language: 'en',
    bodies: { de: 'd' },
    fallback: [{ for: 'urn:xmpp:reply:0', start: 0, end: 4 }],
    files: [{ url: 'https://x/y.png', size: 3, hashes: { 'sha-256': 'eA==' } }],
    unstyled: true,
    spoiler: '',
    mentions: [{ start: 0, end: 1, nick: 'b' }],
    repliesTo: 'u0',
    private: { jid: 'a@x' }
  }
  const crowd = {
    uid: 'u2',
    via: 'live',
    room: ROOM,
    time: place.time,
    kind: 'join',
    nick: '',
    crowd: [{ nick: 'b', occupant: 'o' }],
    private: { jids: { b: 'b@x' } }
  }
  const encrypted = { uid: 'u3', via: 'live', room: ROOM, time: place.time, kind: 'message', nick: 'a', encrypted: 'eu.siacs.conversations.axolotl' }
  const documents = [{ ...said, standing: { edits: 1 }, appliesTo: 'u9' }, crowd, encrypted].map(document => ({ ...place, ...document }))
  const { problems } = await run(documents.map(document => JSON.stringify(document)), { record })
  assert.deepEqual(problems, [])
  assert.deepEqual(events, [said, crowd, encrypted])
})

test('parts of the wrong form are a problem of their line, and named', async () => {
  const wrong = [{ fallback: [{ start: 0 }] }, { files: 'x' }, { mentions: [{ start: 'a' }] }, { bodies: ['x'] }, { crowd: [1] }]
  const { failed, problems } = await run(wrong.map(fields => message(1, { _id: 'x', ...fields })), {})
  assert.equal(failed, wrong.length)
  for (const [n, name] of ['fallback', 'files', 'mentions', 'bodies', 'crowd'].entries()) assert.ok(problems[n]?.includes(`Cannot use ${name}`), problems[n])
})

test('batches are handed on in order, at most two at a time, and the source waits', async () => {
  let underWay = 0
  let most = 0
  let pulled = 0
  const sizes: number[] = []
  const waiting: Array<() => void> = []
  async function * source (): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < 60; n++) {
      pulled++
      yield Buffer.from(Array.from({ length: 100 }, (_, m) => `${message(m, { body: `${n * 100 + m}` })}\n`).join(''))
    }
  }
  const bodies: number[] = []
  const result = run([], {
    source: source(),
    record: async events => {
      most = Math.max(most, ++underWay)
      sizes.push(events.length)
      bodies.push(...events.map(({ body }) => Number(body)))
      await new Promise<void>(resolve => { waiting.push(resolve) })
      underWay--
      return events.map(() => ({ isNew: true }))
    }
  })
  while (waiting.length < 2) await new Promise(resolve => { setImmediate(resolve) })
  for (let turn = 0; turn < 50; turn++) await new Promise(resolve => { setImmediate(resolve) })
  assert.equal(sizes.length, 2)
  assert.ok(pulled <= 22, `${pulled} chunks pulled while two batches of ten wait`)

  let isDone = false
  void result.finally(() => { isDone = true })
  while (!isDone) {
    waiting.shift()?.()
    await new Promise(resolve => { setImmediate(resolve) })
  }
  assert.deepEqual(counts(await result), [6000, 6000, 0, 0, 0])
  assert.equal(most, 2)
  assert.ok(sizes.every(size => size === 1000))
  assert.deepEqual(bodies, Array.from({ length: 6000 }, (_, n) => n))
})

test('a record that refuses ends the import and lets go of the source', async () => {
  let isClosed = false
  async function * endless (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from(`${message(1)}\n`.repeat(200))
    } finally {
      isClosed = true
    }
  }
  const record = async (): Promise<never> => { throw new Error('the store is closed') }
  await assert.rejects(run([], { source: endless(), record }), /the store is closed/)
  assert.ok(isClosed)
})

test('progress tells the bytes of the source and the lines so far', async () => {
  const seen: ImportProgress[] = []
  const chunks = [1, 2, 3].map(n => Buffer.from(`${message(n)}\n`))
  await run([], { source: chunksOf(chunks), onProgress: progress => { seen.push(progress) } })
  const length = chunks[0]?.length ?? 0
  assert.deepEqual(seen, [1, 2, 3].map(n => ({ bytes: n * length, read: n })))
})
