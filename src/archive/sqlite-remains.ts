// Inner pages and leaves of indexes and tables: what follows the type and the flags of a page of SQLite's file format.
const HEADERS: Readonly<Record<number, number>> = { 2: 12, 5: 12, 10: 8, 13: 8 }

/**
 * Whether pages of a database file hold bytes in the space that they do not use: where SQLite moves rows from page to
 * page it leaves copies there, which its secure_delete does not reach.
 */
export function hasRemains (file: Buffer): boolean {
  const size = file.readUInt16BE(16) === 1 ? 65536 : file.readUInt16BE(16)
  for (let at = 0; at + size <= file.length; at += size) {
    if (isSoiled(file.subarray(at, at + size), at === 0 ? 100 : 0)) return true
  }
  return false
}

function isSoiled (page: Buffer, start: number): boolean {
  const header = HEADERS[page[start] ?? 0]
  if (header === undefined) return false
  const rows = page.readUInt16BE(start + 3)
  const content = page.readUInt16BE(start + 5)
  return page.subarray(start + header + 2 * rows, content === 0 ? 65536 : content).some(byte => byte !== 0)
}
