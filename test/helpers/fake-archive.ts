import { formatTime } from '../../src/model/archive-time.ts'
import type { Micros } from '../../src/model/archive-time.ts'
import { attribute, child, parseXml, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { findForm, valueOf } from '../../src/xmpp/data-form.ts'
import { buildForwarded } from '../../src/xmpp/forward.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { buildRsmResult, parseRsm } from '../../src/xmpp/rsm.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'

export interface FakeItem {
  readonly id: string
  readonly at: Micros
  /** The archived message, from its occupant. */
  readonly stanza: string
}

export interface FakeArchive {
  readonly items: FakeItem[]
  /** At most so many a page. */
  max: number
  /** As Prosody: item-not-found; as ejabberd: taken for no id at all. */
  unknownIds: 'refused' | 'ignored'
  /** Thrown at the next queries, one each. */
  readonly faults: Error[]
  /** Called before each page is given. */
  onPage: (() => void) | undefined
  /** What was asked, in short. */
  readonly asked: string[]
  /** Answers a query as a room does: first the results, then the iq. */
  answer: (iq: Element, hear: (result: Element) => void) => Element
}

/** A room's archive: a list, answered by the plainest means. */
export function createFakeArchive (room: string): FakeArchive {
  const archive: FakeArchive = {
    items: [],
    max: 50,
    unknownIds: 'refused',
    faults: [],
    onPage: undefined,
    asked: [],
    answer (iq, hear) {
      const query = child(iq, 'query', NS.MAM) as Element
      const form = findForm(query)
      const [start, end] = ['start', 'end'].map(name => valueOf(form, name))
      const { after, before, max = archive.max } = parseRsm(query) ?? {}
      archive.asked.push([after === undefined ? '' : `after ${after}`, before === undefined ? '' : `before ${before}`, start === undefined ? '' : `start ${start}`]
        .filter(part => part !== '').join(' '))
      archive.onPage?.()
      const fault = archive.faults.shift()
      if (fault !== undefined) throw fault
      const position = archive.items.findIndex(({ id }) => id === after)
      if (after !== undefined && position === -1 && archive.unknownIds === 'refused') throw new StanzaError('item-not-found', 'cancel')
      const found = archive.items.slice(position + 1)
        .filter(({ at }) => (start === undefined || formatTime(at) >= start) && (end === undefined || formatTime(at) <= end))
      const size = Math.min(max, archive.max)
      const page = before === '' ? found.slice(-size) : found.slice(0, size)
      for (const { id, at, stanza } of page) {
        hear(xml('message', { from: room },
          xml('result', { xmlns: NS.MAM, id, queryid: attribute(query, 'queryid') }, buildForwarded(parseXml(stanza), at))))
      }
      const [first, last] = [page[0]?.id, page.at(-1)?.id]
      return xml('iq', { type: 'result', from: room },
        xml('fin', { xmlns: NS.MAM, complete: page.length === found.length ? 'true' : undefined },
          buildRsmResult(first === undefined || last === undefined ? {} : { first, last })))
    }
  }
  return archive
}
