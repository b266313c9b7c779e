import type { ArchiveTime } from '../model/archive-time.ts'

/** What was asked, taken apart: every condition must hold. Words are analysed by the engine's analyser. */
export interface Query {
  /** As typed. */
  readonly text: string
  readonly terms: readonly Term[]
  /** Nicks, any of them; compared without regard to case. */
  readonly from: readonly string[]
  /** Room slugs or addresses, any of them. */
  readonly in: readonly string[]
  /** Inclusive bounds. */
  readonly start?: ArchiveTime
  readonly end?: ArchiveTime
}

export type Term =
  | { readonly kind: 'word', readonly text: string, readonly isProhibited: boolean }
  | { readonly kind: 'prefix', readonly text: string, readonly isProhibited: boolean }
  | { readonly kind: 'phrase', readonly text: string, readonly isProhibited: boolean }
