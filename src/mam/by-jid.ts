import type { Page } from '../archive/store.ts'
import { bareOf, parseJid, tryParseJid } from '../model/address.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import type { Bounds } from './bounds.ts'
import type { MamQuery } from './query.ts'

/** Where a page lies among all that matches. */
export type Edges = Pick<Bounds, 'after' | 'before'>

/** Takes a page of what matches the other conditions, in the direction of the query. */
export type TakePage = (edges: Edges, limit: number) => Promise<Page>

export interface JidPage extends Page {
  readonly count?: number
}

const CHUNK = 500
const MAX_READ = 20_000

/** Whether the event is by the account of a bare address, or by the session of a full one. */
export function isBy (wanted: string): (event: ArchivedEvent) => boolean {
  const isFull = parseJid(wanted).resource !== ''
  return event => {
    const jid = tryParseJid(event.private?.jid)
    return jid !== undefined && (isFull ? `${bareOf(jid)}/${jid.resource}` : bareOf(jid)) === wanted
  }
}

/**
 * Real addresses are protected, so nothing is ordered by them: what else matches is read through, so far and no farther. Where that
 * gives nothing, rejects with resource-constraint.
 */
export async function takePageByJid ({ max, isBackward }: Pick<MamQuery, 'max' | 'isBackward'>, jid: string, edges: Edges, take: TakePage): Promise<JidPage> {
  const isWanted = isBy(jid)
  let found: ArchivedEvent[] = []
  let count = 0
  let rest = edges
  for (let read = 0; read < MAX_READ;) {
    const page = await take(rest, CHUNK)
    read += page.events.length
    const matching = page.events.filter(isWanted)
    count += matching.length
    found = isBackward ? [...matching, ...found] : [...found, ...matching]
    if (max > 0 && found.length > max) return { events: isBackward ? found.slice(-max) : found.slice(0, max), complete: false }
    if (page.complete) {
      // Of a walk's later pages it is not known how many came before.
      const isAll = edges.after === undefined && edges.before === undefined
      return { events: max === 0 ? [] : found, complete: max > 0 || count === 0, ...(isAll ? { count } : {}) }
    }
    if (max === 0) found = []
    rest = isBackward ? { ...rest, before: page.events[0] } : { ...rest, after: page.events.at(-1) }
  }
  if (found.length > 0) return { events: found, complete: false }
  throw new StanzaError('resource-constraint', 'wait', 'What this address said is far apart: ask for a range of time')
}
