import type { ArchivedEvent, Uid } from '../model/event.ts'

// Paths as users see and keep them; together with the routes they are a contract. `slug` is any text.

export function roomPath (slug: string): string {
  return `/r/${encoded(slug)}/`
}

/** `part` is a day, a month, a year, or a day with a suffix. */
export function roomPartPath (slug: string, part: string): string {
  return `${roomPath(slug)}${part}`
}

/** The place of an event on the page of its day. */
export function anchorPath (slug: string, event: Pick<ArchivedEvent, 'time' | 'anchor'>): string {
  return `${roomPartPath(slug, event.time.slice(0, 10))}#${event.anchor}`
}

export function messagePath (slug: string, uid: Uid): string {
  return `${roomPath(slug)}m/${encoded(uid)}`
}

/** A path with the parameters that have a value. */
export function withQuery (path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value)
  return query.size === 0 ? path : `${path}?${query.toString()}`
}

export function absolute (siteUrl: string, path: string): string {
  return new URL(path, siteUrl).href
}

// encodeURIComponent throws on half a surrogate pair, which a JSON import can bring in.
function encoded (text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))
}
