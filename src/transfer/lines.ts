import { isUtf8 } from 'node:buffer'

export interface Line {
  /** From 1, blank lines counted. */
  readonly number: number
  /** Without its end; undefined when the line was too long to be kept. */
  readonly text: string | undefined
  /** Some bytes were no UTF-8 and stand as U+FFFD. */
  readonly isRepaired: boolean
}

const NEWLINE = 0x0a
const CHUNK_BYTES = 65_536

/**
 * Cuts bytes into lines, as many at a time as a chunk ends, wherever the chunks are cut. Line ends are LF or CRLF; blank
 * lines are left out, and so is a byte order mark. Holds no more than `maxBytes` of a line.
 */
export async function * readLines (source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line[]> {
  let number = 0
  let pieces: Uint8Array[] = []
  let held = 0
  let isTooLong = false

  function hold (piece: Uint8Array): void {
    held += piece.length
    isTooLong ||= held > maxBytes
    if (isTooLong) pieces = []
    else if (piece.length > 0) pieces.push(piece)
  }

  function finish (): Line[] {
    const line = isTooLong ? { number: ++number, text: undefined, isRepaired: false } : toLine(Buffer.concat(pieces), ++number)
    pieces = []
    held = 0
    isTooLong = false
    return line.text === undefined || !isBlank(line.text) ? [line] : []
  }

  for await (const big of source) {
    for (const chunk of slices(big)) {
      const first = chunk.indexOf(NEWLINE)
      if (first === -1) {
        hold(chunk)
        continue
      }
      hold(chunk.subarray(0, first))
      const last = chunk.lastIndexOf(NEWLINE)
      const lines = finish()
      if (last > first) {
        const whole = Buffer.from(chunk.buffer, chunk.byteOffset + first + 1, last - first - 1)
        for (const line of cut(whole, number)) {
          number++
          if (line.text !== undefined && !isBlank(line.text)) lines.push(line)
        }
      }
      hold(chunk.slice(last + 1))
      yield lines
    }
  }
  if (held > 0) yield finish()
}

function * slices (chunk: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < chunk.length; start += CHUNK_BYTES) yield chunk.subarray(start, start + CHUNK_BYTES)
}

/** Whole lines; the bytes are decoded at once where all of them are UTF-8. */
function cut (bytes: Buffer, before: number): Line[] {
  if (isUtf8(bytes)) {
    return bytes.toString().split('\n').map((text, n) => ({ number: before + n + 1, text: strip(text, before + n + 1), isRepaired: false }))
  }
  const lines: Line[] = []
  for (let start = 0; start <= bytes.length;) {
    const next = bytes.indexOf(NEWLINE, start)
    const end = next === -1 ? bytes.length : next
    lines.push(toLine(bytes.subarray(start, end), before + lines.length + 1))
    start = end + 1
  }
  return lines
}

function toLine (bytes: Buffer, number: number): Line {
  return { number, text: strip(bytes.toString(), number), isRepaired: !isUtf8(bytes) }
}

function strip (text: string, number: number): string {
  const start = number === 1 && text.startsWith('\ufeff') ? 1 : 0
  return text.slice(start, text.endsWith('\r') ? -1 : undefined)
}

function isBlank (text: string): boolean {
  return !/\S/.test(text)
}
