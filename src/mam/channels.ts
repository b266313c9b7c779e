import { defined } from '../model/defined.ts'
import type { PublishedRoom } from '../access/can-read.ts'
import { buildChannels, buildChannelSearchForm, isFound, parseChannelSearch } from '../xmpp/channel-search.ts'
import type { Channel } from '../xmpp/channel-search.ts'
import type { Element } from '../xmpp/element.ts'
import { parseRsm } from '../xmpp/rsm.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import { MAX_PAGE } from './query.ts'

/** XEP-0433 over these rooms, by address; its RSM ids are the addresses, so that a walk survives rooms that come and go. */
export function searchChannels (search: Element, rooms: readonly PublishedRoom[]): Element {
  const wanted = parseChannelSearch(search)
  if (wanted === undefined) return buildChannelSearchForm()
  const rsm = parseRsm(search) ?? {}
  if (rsm.index !== undefined) throw new StanzaError('feature-not-implemented', 'cancel', 'Paging by index is not offered: use after or before')
  const found = rooms.map(channelOf).filter(channel => isFound(wanted, channel)).sort((a, b) => compare(a.address, b.address))
  const { after, before, max = MAX_PAGE } = rsm
  const left = found.filter(({ address }) =>
    (after === undefined || compare(address, after) > 0) && (before === undefined || before === '' || compare(address, before) < 0))
  const size = Math.min(max, MAX_PAGE)
  const page = before === undefined ? left.slice(0, size) : left.slice(Math.max(0, left.length - size))
  const [first] = page
  const index = first === undefined ? undefined : found.indexOf(first)
  return buildChannels(page, { count: found.length, ...defined({ first: first?.address, last: page.at(-1)?.address, index }) })
}

function channelOf ({ jid, title, description, isOpen }: PublishedRoom): Channel {
  return { address: jid, name: title, description, isOpen }
}

// By code unit, so that the order of the list is that of the comparison, in every locale.
function compare (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
