import { formatTime, parseDateTime } from '../model/archive-time.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { attribute, children, xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

/** A claim about when a stanza was sent first. Only as good as whoever put it there. */
export interface Delay {
  readonly stamp: Micros
  /** Who claims it. */
  readonly from: string | undefined
}

/** All claims of a stanza that can be read: XEP-0203 ones before those of XEP-0091. */
export function parseDelays (stanza: Element): Delay[] {
  return [
    ...children(stanza, 'delay', NS.DELAY).flatMap(element => readDelay(element, parseDateTime)),
    ...children(stanza, 'x', NS.LEGACY_DELAY).flatMap(element => readDelay(element, parseLegacyTime))
  ]
}

export function buildDelay (stamp: Micros | ArchiveTime, from?: string): Element {
  return xml('delay', { xmlns: NS.DELAY, from, stamp: typeof stamp === 'number' ? formatTime(stamp) : stamp })
}

function readDelay (element: Element, parse: (text: string) => Micros): Delay[] {
  try {
    return [{ stamp: parse(attribute(element, 'stamp') ?? ''), from: attribute(element, 'from') }]
  } catch {
    return []
  }
}

/** XEP-0091: CCYYMMDDThh:mm:ss in UTC. */
function parseLegacyTime (text: string): Micros {
  return parseDateTime(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 17)}Z`)
}
