import type { ArchiveTime } from './archive-time.ts'

/** What a message says, in all its parts: what a correction (XEP-0308) puts in the place of what was said before. */
export interface Content {
  /** The text of a message; the new subject of a subject event, where an empty text clears it. */
  readonly body?: string
  /** The language that the sender named for the body (xml:lang). */
  readonly language?: string
  /** The same text in other languages, by language; '' where the sender named none. */
  readonly bodies?: Readonly<Record<string, string>>
  /** XEP-0428: stretches of the body that only stand in for something else. */
  readonly fallback?: readonly Fallback[]
  /** XEP-0066, XEP-0385, XEP-0447: files that are shared. */
  readonly files?: readonly SharedFile[]
  /** XEP-0393: the sender wants no styling of the body. */
  readonly unstyled?: true
  /** XEP-0382: the body is to be shown on demand only; the hint may be empty. */
  readonly spoiler?: string
  /** XEP-0372, XEP-0513: people named in the body. */
  readonly mentions?: readonly Mention[]
  /** Namespace of the encryption of a text that only its receivers can read; such a message has no body here. */
  readonly encrypted?: string
  /** XEP-0461: the uid this one answers. */
  readonly repliesTo?: string
}

/** A stretch of the body in Unicode code points, the end not included (XEP-0426); without bounds the whole body. */
export interface Fallback {
  /** Namespace of what it stands in for; '' where the sender did not say. */
  readonly for: string
  readonly start?: number
  readonly end?: number
}

export interface SharedFile {
  /** http, https or another scheme as sent: to be checked before it becomes a link. Missing while the sender has named no source. */
  readonly url?: string
  readonly name?: string
  readonly type?: string
  /** Bytes. */
  readonly size?: number
  readonly description?: string
  /** XEP-0300 hashes by algorithm, in base64. */
  readonly hashes?: Readonly<Record<string, string>>
}

export interface Mention {
  /** In Unicode code points of the body, the end not included. */
  readonly start?: number
  readonly end?: number
  readonly nick?: string
  readonly occupant?: string
}

/** XEP-0317. */
export interface Hat {
  readonly uri: string
  readonly title: string
}

/**
 * How a message stands now, by what was said of it later. Derived: it follows from the record alone, in whatever order
 * the record came about, and may be computed anew at any time.
 */
export interface Standing {
  /** What the last valid correction put in its place; undefined when it was never corrected. */
  readonly latest?: Content & { readonly uid: string, readonly time: ArchiveTime }
  /** How many valid corrections there are. */
  readonly edits?: number
  /** XEP-0444: the reactions that stand, those with most people first. */
  readonly reactions?: readonly Reaction[]
}

export interface Reaction {
  readonly reaction: string
  readonly count: number
  /** Who reacted so, the first MOST_NAMED of them. */
  readonly nicks: readonly string[]
}

export const MOST_NAMED = 20

/** What a message says now. */
export function contentOf (event: Content & { readonly standing?: Standing }): Content {
  return event.standing?.latest ?? event
}
