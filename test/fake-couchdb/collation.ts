// CouchDB orders view keys by type and texts by ICU's root collation, ids by their bytes.
const texts = new Intl.Collator('und')

function rank (value: unknown): number {
  if (value === null || value === undefined) return 0
  if (value === false) return 1
  if (value === true) return 2
  if (typeof value === 'number') return 3
  if (typeof value === 'string') return 4
  return Array.isArray(value) ? 5 : 6
}

export function compareKeys (a: unknown, b: unknown): number {
  const byType = rank(a) - rank(b)
  if (byType !== 0) return byType
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : texts.compare(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b)
  if (rank(a) === 6) return compareLists(Object.entries(a as object).flat(), Object.entries(b as object).flat())
  return 0
}

function compareLists (a: readonly unknown[], b: readonly unknown[]): number {
  for (let n = 0; n < Math.min(a.length, b.length); n++) {
    const order = compareKeys(a[n], b[n])
    if (order !== 0) return order
  }
  return a.length - b.length
}

export function compareIds (a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Where the item belongs in the sorted list: the first place whose item is not before it. */
export function placeIn<T> (list: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(list[middle] as T)) low = middle + 1
    else high = middle
  }
  return low
}
