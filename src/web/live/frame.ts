/** Milliseconds after which browsers ask again when a stream has broken off. */
const RETRY_MS = 5_000

/** A comment: keeps proxies from closing a stream in which nothing happens. */
export const HEARTBEAT = ':\n\n'

export interface Frame {
  readonly event: string
  /** What the browser gives back as Last-Event-ID. */
  readonly id: string
  /** An event without data is not told to the page. */
  readonly data: string
}

/** An event of an event stream (HTML Living Standard, §9.2.5), where \r ends a line as \n does. */
export function frame ({ event, id, data }: Frame): string {
  const lines = data.split(/\r\n|\r|\n/).map(line => `data: ${line}\n`)
  return `event: ${event}\nid: ${id}\n${lines.join('')}\n`
}

/** What a stream begins with: where it stands already, though nothing was told yet. */
export function opening (id: string): string {
  return `retry: ${RETRY_MS}\nid: ${id}\n\n`
}
