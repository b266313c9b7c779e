/** Pages that change too often to be kept as files, in memory: each as it was made a moment ago. */
export interface RecentPages {
  /** The page of this place, if it is the one of this tag. */
  get (place: string, tag: string): string | undefined
  put (place: string, tag: string, html: string): void
}

// A page may quote what goes without a tombstone, which no tag of it tells; nothing is to be seen so long after it went.
const MOMENT_MS = 4_000

/** Of a place only the newest stays; of too much the one that was made first goes. `now`: milliseconds that only grow. */
export function createRecentPages (maxCharacters = 16_000_000, now: () => number = () => performance.now()): RecentPages {
  const pages = new Map<string, { readonly tag: string, readonly html: string, readonly madeAt: number }>()
  let characters = 0

  function forget (place: string): void {
    characters -= pages.get(place)?.html.length ?? 0
    pages.delete(place)
  }

  return {
    get (place, tag) {
      const page = pages.get(place)
      return page?.tag === tag && now() - page.madeAt < MOMENT_MS ? page.html : undefined
    },
    put (place, tag, html) {
      forget(place)
      pages.set(place, { tag, html, madeAt: now() })
      characters += html.length
      for (const oldest of pages.keys()) {
        if (characters <= maxCharacters) break
        forget(oldest)
      }
    }
  }
}
