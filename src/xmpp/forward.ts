import { child, children, copy, xml } from './element.ts'
import type { Element } from './element.ts'
import { buildDelay, parseDelays } from './delay.ts'
import type { Delay } from './delay.ts'
import type { ArchiveTime, Micros } from '../model/archive-time.ts'
import { NS } from './namespaces.ts'

/** XEP-0297: a stanza inside another one. */
export interface Forwarded {
  readonly stanza: Element
  readonly delay: Delay | undefined
}

/** Reads the <forwarded/> of the element; undefined when there is none, or not exactly one message in it. */
export function parseForwarded (parent: Element): Forwarded | undefined {
  const forwarded = child(parent, 'forwarded', NS.FORWARD)
  if (forwarded === undefined) return undefined
  const [stanza, another] = children(forwarded, 'message', NS.CLIENT)
  if (stanza === undefined || another !== undefined) return undefined
  return { stanza, delay: parseDelays(forwarded)[0] }
}

/** The stanza is copied, and says jabber:client itself: a component's stream has another default namespace. */
export function buildForwarded (stanza: Element, stamp: Micros | ArchiveTime): Element {
  const inner = copy(stanza)
  inner.attrs['xmlns'] = NS.CLIENT
  return xml('forwarded', { xmlns: NS.FORWARD }, buildDelay(stamp), inner)
}
