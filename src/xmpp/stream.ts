import type { Element } from './element.ts'

/** One stream from its first byte to its last; what component.ts and bot.ts differ in. */
export interface Stream {
  /** Writes the texts of these stanzas, already checked. */
  write (texts: readonly string[]): Promise<void>
  /** Says goodbye and resolves when the connection is closed. */
  close (): Promise<void>
  /** Ends the connection at once. */
  destroy (): void
}

/** What happens on a stream. After `closed` nothing of that stream counts any more. */
export interface StreamEvents {
  readonly heard: () => void
  readonly online: (stream: { readonly address: string, readonly isResumed: boolean }) => void
  readonly stanza: (stanza: Element) => void
  readonly refused: (head: Element, reason: string) => void
  /** It ended or never began, for this reason. */
  readonly closed: (cause: unknown) => void
}

/** `canResume`: whether a session that the stream before left may go on (XEP-0198); else the stream is a new one. */
export type OpenStream = (events: StreamEvents, canResume: boolean) => Stream
