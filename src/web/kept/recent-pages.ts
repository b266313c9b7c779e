import type { LineMemory } from './growing-lines.ts'

/** Pages that change too often to be kept as files, in memory: each as it was made a moment ago. */
export interface RecentPages {
  /** The page of this place, if it is the one of this tag. */
  get (place: string, tag: string): string | undefined
  /** The lines of the page of this place, however long ago it was made. */
  lines (place: string): LineMemory | undefined
  put (place: string, tag: string, html: string, lines?: LineMemory): void
}

interface RecentPage {
  readonly tag: string
  readonly html: string
  readonly lines: LineMemory | undefined
  readonly madeAt: number
}

// A page may quote what goes without a tombstone, which no tag of it tells; nothing is to be seen so long after it went.
const MOMENT_MS = 4_000

/** Of a place only the newest stays; of too much the one that was made first goes. `now`: milliseconds that only grow. */
export function createRecentPages (maxCharacters = 32_000_000, now: () => number = () => performance.now()): RecentPages {
  const pages = new Map<string, RecentPage>()
  let characters = 0

  function forget (place: string): void {
    const page = pages.get(place)
    if (page !== undefined) characters -= sizeOf(page)
    pages.delete(place)
  }

  return {
    get (place, tag) {
      const page = pages.get(place)
      return page?.tag === tag && now() - page.madeAt < MOMENT_MS ? page.html : undefined
    },
    lines: place => pages.get(place)?.lines,
    put (place, tag, html, lines) {
      forget(place)
      const page = { tag, html, lines, madeAt: now() }
      pages.set(place, page)
      characters += sizeOf(page)
      for (const oldest of pages.keys()) {
        if (characters <= maxCharacters) break
        forget(oldest)
      }
    }
  }
}

function sizeOf ({ html, lines }: RecentPage): number {
  return html.length + (lines?.characters ?? 0)
}
