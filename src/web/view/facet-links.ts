import type { PublishedRoom } from '../../access/can-read.ts'
import type { FoundFacets } from '../../archive/find.ts'
import { EVENT_KINDS } from '../../model/event.ts'
import type { Condition, Query } from '../../search/query.ts'
import type { Facet } from '../../search/search-index.ts'
import { without } from '../../search/without.ts'
import type { Words } from '../language/words.ts'
import { searchHref } from '../search-request.ts'
import type { Search } from '../search-request.ts'
import { shownNick } from './parts.ts'

/** How hits are spread, each part a link to the search for it alone. */
export interface FacetGroup {
  readonly title: string
  readonly links: readonly FacetLink[]
}

export interface FacetLink {
  readonly name: string
  /** «1,234», «10,000+» */
  readonly count: string
  readonly href: string
}

const MOST = 12

/** Groups of one part alone tell nothing: where all is from one room, say. */
export function facetGroups (facets: FoundFacets<PublishedRoom>, search: Search, query: Query, words: Words): FacetGroup[] {
  const { before: _, ...rest } = search
  const group = <Value>(
    title: string, entries: ReadonlyArray<Facet<Value>>, nameOf: (value: Value) => string, narrow: (value: Value) => Search
  ): FacetGroup => ({
      title,
      links: entries.slice(0, MOST).map(({ value, count, isExact }) => ({
        name: nameOf(value), count: `${words.grouped(count)}${isExact ? '' : '+'}`, href: searchHref('/search', narrow(value))
      }))
    })
  const isKind = ({ kind, value }: Condition): boolean => kind === 'is' && EVENT_KINDS.some(known => known === value.toLowerCase())
  const typed = without(search.text, query.conditions, isKind)
  return [
    group(words.search.facets.rooms, facets.rooms, room => room.title, room => ({ ...rest, room })),
    group(words.search.facets.years, facets.years, year => year, year => ({ ...rest, ...within(rest, year) })),
    group(words.search.facets.people, facets.people, nick => shownNick(nick, words), person => ({ ...rest, person })),
    group(words.search.facets.kinds, facets.kinds, kind => words.search.kinds[kind], kind => ({ ...rest, text: `${typed} is:${kind}`.trim() }))
  ].filter(({ links }) => links.length > 1)
}

// The year within what is chosen already; a date that is no day is a span of its own, which the year takes the place of.
function within ({ from = '', to = '' }: Search, year: string): Pick<Search, 'from' | 'to'> {
  const isWithin = (date: string) => date.startsWith(`${year}-`)
  return { from: isWithin(from) ? from : year, to: isWithin(to) ? to : year }
}
