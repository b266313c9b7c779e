const LONE_SURROGATE = /\p{Surrogate}/u
const LONE_SURROGATES = /\p{Surrogate}/gu

/** The same data with U+FFFD for every lone surrogate, which no UTF-8 file or answer can hold; the very same object where there is none. */
export function wellFormed<T> (value: T): T {
  return isWellFormed(value) ? value : repaired(value) as T
}

// Nearly everything is well-formed, so looking must not cost a copy.
function isWellFormed (value: unknown): boolean {
  if (typeof value === 'string') return !LONE_SURROGATE.test(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isWellFormed)
  for (const key of Object.keys(value)) {
    if (LONE_SURROGATE.test(key) || !isWellFormed((value as Record<string, unknown>)[key])) return false
  }
  return true
}

function repaired (value: unknown): unknown {
  if (typeof value === 'string') return value.replace(LONE_SURROGATES, '\ufffd')
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(repaired)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [repaired(key), repaired(item)]))
}
