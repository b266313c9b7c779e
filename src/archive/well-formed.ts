const LONE_SURROGATE = /\p{Surrogate}/u
const LONE_SURROGATES = /\p{Surrogate}/gu

/** The same data with U+FFFD for every lone surrogate, which no UTF-8 file or answer can hold; the very same object where there is none. */
export function wellFormed<T> (value: T): T {
  return clean(value) as T
}

function clean (value: unknown): unknown {
  if (typeof value === 'string') return LONE_SURROGATE.test(value) ? value.replace(LONE_SURROGATES, '\ufffd') : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(clean)
    return items.every((item, n) => item === value[n]) ? value : items
  }
  const entries = Object.entries(value)
  const cleaned = entries.map(([key, item]) => [clean(key) as string, clean(item)] as const)
  return cleaned.every(([key, item], n) => key === entries[n]?.[0] && item === entries[n]?.[1]) ? value : Object.fromEntries(cleaned)
}
