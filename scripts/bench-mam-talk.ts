import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Micros } from '../src/model/archive-time.ts'

/** The text of one message of the room that is measured; its number is its place in the order of time. */
export interface Said {
  readonly time: Micros
  readonly nick: string
  readonly body: string
}

const YEARS_10: Micros = 10 * 365 * 86_400e6

/**
 * So many messages in the order of time, each at a time of its own: those of the log (JSON lines, gzipped or not), said again
 * and again, each time somewhat later, over ten years.
 */
export function readTalk (file: string, messages: number): Said[] {
  const data = readFileSync(file)
  const once = (file.endsWith('.gz') ? gunzipSync(data) : data).toString().split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as { kind: string, ts: string, nick?: string, body?: string })
    .filter(({ kind, body }) => kind === 'message' && body !== undefined)
    .map(({ ts, nick = '', body = '' }) => ({ time: Date.parse(ts) * 1000, nick, body }))
  const copies = Math.ceil(messages / once.length)
  const [first, last] = [once[0]?.time ?? 0, once.at(-1)?.time ?? 0]
  const shift = Math.floor(Math.max(YEARS_10 - (last - first), YEARS_10 / 100) / copies)
  const all = Array.from({ length: copies }, (_, n) => once.map(said => ({ ...said, time: said.time + n * shift }))).flat()
  all.sort((a, b) => a.time - b.time)
  let newest = -Infinity
  return all.slice(0, messages).map(said => {
    newest = Math.max(said.time, newest + 1)
    return { ...said, time: newest }
  })
}

/** The archive id of the message of this number: in no order, as servers give them. */
export function uidOf (n: number): string {
  return `${(n * 2_654_435_761 % 2 ** 32).toString(36)}-${n.toString(36)}`
}

export function nicksByTalk (talk: readonly Said[]): string[] {
  const counts = new Map<string, number>()
  for (const { nick } of talk) counts.set(nick, (counts.get(nick) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1]).map(([nick]) => nick)
}
