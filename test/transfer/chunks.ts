/** A source as a stream gives it. */
export async function * chunksOf (chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield * chunks
}

/** The bytes in pieces, cut at these places. */
export function cutAt (bytes: Uint8Array, places: Iterable<number>): Uint8Array[] {
  const starts = [0, ...[...new Set(places)].filter(place => place > 0 && place < bytes.length).sort((a, b) => a - b)]
  return starts.map((start, n) => bytes.subarray(start, starts[n + 1] ?? bytes.length))
}
