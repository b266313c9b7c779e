import { HansardError } from '../model/errors.ts'

const NEWLINE = 0x0a

/**
 * The lines of a stream, without their ends; an unfinished last one is left out. Throws ERR_USAGE when one is longer than
 * `maxBytes`.
 */
export async function * readLines (source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  let pieces: Uint8Array[] = []
  let held = 0
  for await (const chunk of source) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end))
      yield Buffer.concat(pieces).toString('utf8')
      pieces = []
      held = 0
      start = end + 1
    }
    hold(chunk.subarray(start))
  }

  function hold (piece: Uint8Array): void {
    held += piece.length
    if (held > maxBytes) throw new HansardError('ERR_USAGE', `Cannot read a line of more than ${maxBytes} bytes`)
    pieces.push(piece)
  }
}
