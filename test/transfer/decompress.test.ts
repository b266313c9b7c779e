import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { hasCode, messageOf } from '../../src/model/errors.ts'
import { decompress } from '../../src/transfer/decompress.ts'
import { chunksOf, cutAt } from './chunks.ts'

const TEXT = Buffer.from(Array.from({ length: 5000 }, (_, n) => `line ${n} ${randomBytes(8).toString('hex')}\n`).join(''))

/** What came out, and why no more did. */
async function unpack (chunks: Iterable<Uint8Array>): Promise<{ bytes: Buffer, problem: string | undefined }> {
  const out: Uint8Array[] = []
  try {
    for await (const chunk of decompress(chunksOf(chunks))) out.push(chunk)
  } catch (error) {
    assert.ok(hasCode(error, 'ERR_IMPORT'), String(error))
    return { bytes: Buffer.concat(out), problem: messageOf(error) }
  }
  return { bytes: Buffer.concat(out), problem: undefined }
}

test('plain bytes pass, however short and however cut', async () => {
  for (const text of ['', 'a', 'ab', 'abc', '{"kind":"message"}']) {
    const bytes = Buffer.from(text)
    assert.deepEqual(await unpack([bytes]), { bytes, problem: undefined })
    assert.deepEqual(await unpack(cutAt(bytes, bytes.map((_, n) => n))), { bytes, problem: undefined })
  }
})

test('gzip is unpacked by its first bytes, in one piece, in small pieces, and in several members', async () => {
  const packed = gzipSync(TEXT)
  assert.deepEqual(await unpack([packed]), { bytes: TEXT, problem: undefined })
  assert.deepEqual(await unpack(cutAt(packed, Array.from({ length: 2000 }, (_, n) => n))), { bytes: TEXT, problem: undefined })
  assert.deepEqual(await unpack([packed, packed]), { bytes: Buffer.concat([TEXT, TEXT]), problem: undefined })
})

test('gzip that breaks off gives all it has and then a problem', async () => {
  const packed = gzipSync(TEXT)
  for (const length of [3, 12, 1000, packed.length >> 1, packed.length - 8, packed.length - 1]) {
    const { bytes, problem } = await unpack([packed.subarray(0, length)])
    assert.equal(problem, 'Cannot unpack the file to its end: it breaks off, expected a whole gzip file')
    assert.deepEqual(bytes, TEXT.subarray(0, bytes.length))
    if (length >= packed.length - 8) assert.equal(bytes.length, TEXT.length)
  }
})

test('gzip that is damaged gives a problem', async () => {
  const packed = Buffer.from(gzipSync(TEXT))
  packed.fill(0xff, packed.length >> 1, (packed.length >> 1) + 64)
  const { problem } = await unpack([packed])
  assert.match(problem ?? '', /^Cannot unpack the file to its end: .*, expected a whole gzip file$/)
})

test('what is packed in another way is refused by its name', async () => {
  const table = { 'a zip archive': 'PK\x03\x04', 'compressed with bzip2': 'BZh9', 'compressed with zstd': '\x28\xb5\x2f\xfd', 'UTF-16': '\xff\xfe{\0' }
  for (const [what, magic] of Object.entries(table)) {
    assert.equal((await unpack([Buffer.from(magic, 'latin1')])).problem, `Cannot read the file: it is ${what}, expected UTF-8, plain or with gzip`)
  }
})

test('a source that fails passes its own error on', async () => {
  async function * broken (): AsyncGenerator<Uint8Array> {
    yield gzipSync(TEXT).subarray(0, 500)
    throw new Error('the disk is gone')
  }
  const chunks = decompress(broken())
  await chunks.next()
  await assert.rejects(async () => { while ((await chunks.next()).done !== true); }, /the disk is gone/)
})

test('unpacking stops when nobody reads on', async () => {
  let isClosed = false
  async function * endless (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield gzipSync(TEXT)
    } finally {
      isClosed = true
    }
  }
  const chunks = decompress(endless())
  await chunks.next()
  await chunks.return(undefined)
  assert.ok(isClosed)
})
