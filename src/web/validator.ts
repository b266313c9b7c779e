import { createHash } from 'node:crypto'

/** A strong entity tag of everything that the answer depends on. */
export function entityTag (parts: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}"`
}

/**
 * RFC 9110 §13.1.2: whether what the client has is what we would send. Compares weakly, as a proxy may have weakened the tag.
 * What was compressed on its way has a tag of its own (see compress.ts), and is the same.
 */
export function matches (ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return (ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? []).some(candidate => [candidate, candidate.replace(/-(?:br|gzip)"$/, '"')].some(form => form.replace(/^W\//, '') === tag))
}
