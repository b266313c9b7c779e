import { setImmediate as turn } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { HansardError, messageOf } from '../model/errors.ts'

const GZIP = [0x1f, 0x8b]

// Other things people have at hand, by their first bytes.
const UNREADABLE: ReadonlyArray<{ readonly what: string, readonly magic: readonly number[] }> = [
  { what: 'a zip archive', magic: [0x50, 0x4b, 0x03, 0x04] },
  { what: 'compressed with bzip2', magic: [0x42, 0x5a, 0x68] },
  { what: 'compressed with xz', magic: [0xfd, 0x37, 0x7a, 0x58] },
  { what: 'compressed with zstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { what: 'UTF-16', magic: [0xff, 0xfe] },
  { what: 'UTF-16', magic: [0xfe, 0xff] }
]
const MAGIC_BYTES = 4

/**
 * The bytes themselves, or what they unfold to where they are gzip; told by the first bytes, not by a name. Throws
 * ERR_IMPORT for other compressions, and for gzip that breaks off or is damaged: then all that could be read has been given out.
 */
export async function * decompress (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()

  async function * all (): AsyncGenerator<Uint8Array> {
    yield head
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  }

  try {
    while (head.length < MAGIC_BYTES) {
      const next = await chunks.next()
      if (next.done === true) break
      head = Buffer.concat([head, next.value])
    }
    const unreadable = UNREADABLE.find(({ magic }) => hasMagic(head, magic))
    if (unreadable !== undefined) throw new HansardError('ERR_IMPORT', `Cannot read the file: it is ${unreadable.what}, expected UTF-8, plain or with gzip`)
    yield * hasMagic(head, GZIP) ? gunzip(all()) : all()
  } finally {
    await chunks.return?.()
  }
}

function hasMagic (head: Uint8Array, magic: readonly number[]): boolean {
  return head.length >= magic.length && magic.every((byte, n) => head[n] === byte)
}

// A byte of gzip may unfold to a thousand.
const SLICE_BYTES = 16_384

// By hand and not by pipeline(), which drops what it has read ahead when the file turns out to be damaged further on.
async function * gunzip (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createGunzip()
  const state: { failure?: Error, ready: Uint8Array[], wake: () => void } = { ready: [], wake: () => {} }
  stream.on('data', (chunk: Uint8Array) => { state.ready.push(chunk) })
  stream.on('error', failure => {
    state.failure = failure
    state.wake()
  })

  /** What has been unpacked by the time the stream is done with a piece, or has failed. */
  async function unpacked (begin: (done: () => void) => void): Promise<Uint8Array[]> {
    await new Promise<void>(resolve => {
      state.wake = resolve
      begin(resolve)
    })
    await turn()
    const { ready } = state
    state.ready = []
    return ready
  }

  try {
    for await (const chunk of source) {
      for (let start = 0; start < chunk.length && state.failure === undefined; start += SLICE_BYTES) {
        yield * await unpacked(done => { stream.write(chunk.subarray(start, start + SLICE_BYTES), done) })
      }
      if (state.failure !== undefined) break
    }
    if (state.failure === undefined) yield * await unpacked(done => { stream.once('end', done).end() })
  } finally {
    stream.destroy()
  }
  if (state.failure !== undefined) throw new HansardError('ERR_IMPORT', explain(state.failure), { cause: state.failure })
}

function explain (failure: Error): string {
  const isCut = (failure as NodeJS.ErrnoException).code === 'Z_BUF_ERROR'
  return `Cannot unpack the file to its end: ${isCut ? 'it breaks off' : messageOf(failure)}, expected a whole gzip file`
}
