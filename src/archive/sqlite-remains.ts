import { open } from 'node:fs/promises'

const PAGES = 256
// Inner pages and leaves of indexes and tables: what follows the type and the flags of a page of SQLite's file format.
const HEADERS: Readonly<Record<number, number>> = { 2: 12, 5: 12, 10: 8, 13: 8 }

/**
 * Whether pages of the database file hold bytes in the space that they do not use: where SQLite moves rows from page to
 * page it leaves copies there, which its secure_delete does not reach.
 */
export async function hasRemains (path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer: head } = await file.read(Buffer.alloc(100), 0, 100, 0)
    const size = head.readUInt16BE(16) === 1 ? 65536 : head.readUInt16BE(16)
    const pages = Buffer.alloc(size * PAGES)
    for (let from = 0; ; from += pages.length) {
      const { bytesRead } = await file.read(pages, 0, pages.length, from)
      for (let at = 0; at + size <= bytesRead; at += size) {
        if (isSoiled(pages.subarray(at, at + size), from + at === 0 ? 100 : 0)) return true
      }
      if (bytesRead < pages.length) return false
    }
  } finally {
    await file.close()
  }
}

function isSoiled (page: Buffer, start: number): boolean {
  const header = HEADERS[page[start] ?? 0]
  if (header === undefined) return false
  const rows = page.readUInt16BE(start + 3)
  const content = page.readUInt16BE(start + 5)
  return page.subarray(start + header + 2 * rows, content === 0 ? 65536 : content).some(byte => byte !== 0)
}
