import { randomUUID } from 'node:crypto'
import type { RoomJid } from '../model/address.ts'
import type { Micros } from '../model/archive-time.ts'
import { hasCode } from '../model/errors.ts'
import type { Uid } from '../model/event.ts'
import { createBackoff } from '../xmpp/backoff.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import { attribute, child } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { buildMamQuery, parseMamFin, parseMamResult } from '../xmpp/mam.ts'
import { NS } from '../xmpp/namespaces.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'

/** The room's own archive (XEP-0313), asked page by page. */
export interface RoomArchive {
  /** Takes a result of the page under way; false when the stanza is none. The stanza must be from the room's own address. */
  hear (stanza: Element): boolean
  /**
   * Asks again after a passing fault. Rejects with ArchiveRefusal when asking again is no use, with ERR_XMPP_OFFLINE when
   * the stream broke, and otherwise with the last fault.
   */
  page (query: ArchiveQuery): Promise<ArchivePage>
}

export interface ArchiveQuery {
  readonly after?: Uid
  /** '' asks for the last page. */
  readonly before?: Uid
  readonly start?: Micros
  readonly end?: Micros
  readonly max?: number
}

export interface ArchivePage {
  /** Oldest first. */
  readonly items: readonly ArchiveItem[]
  /** To go on after. */
  readonly last: Uid | undefined
  readonly isComplete: boolean
}

export interface ArchiveItem {
  readonly id: Uid
  readonly stamp: Micros
  readonly message: Element
}

/** The archive says no: it does not know the id to go on from, or does not let us read. */
export class ArchiveRefusal extends Error {
  readonly condition: string

  constructor (cause: StanzaError) {
    super(cause.message, { cause })
    this.condition = cause.condition
  }
}

export interface RoomArchiveOptions {
  readonly room: RoomJid
  readonly connection: Pick<XmppConnection, 'request'>
  /** A result that came for a page and that nobody can read. */
  readonly onUnreadable: (stanza: Element) => void
  readonly retry?: { readonly tries: number, readonly minMs: number }
}

// Servers give what they are willing to: Prosody 50 at most, ejabberd 250.
const PAGE = 250
const PAGE_TIMEOUT_MS = 60_000
const PASSING = new Set(['internal-server-error', 'remote-server-timeout', 'remote-server-not-found', 'resource-constraint', 'recipient-unavailable'])

export function createRoomArchive (options: RoomArchiveOptions): RoomArchive {
  const { room, connection, onUnreadable, retry = { tries: 5, minMs: 1_000 } } = options
  const underWay = new Map<string, ArchiveItem[]>()

  async function ask ({ max = PAGE, ...query }: ArchiveQuery): Promise<ArchivePage> {
    const queryId = randomUUID()
    const items: ArchiveItem[] = []
    underWay.set(queryId, items)
    try {
      const fin = parseMamFin(await connection.request(buildMamQuery({ to: room, queryId, max, ...query }), { timeoutMs: PAGE_TIMEOUT_MS }))
      // Of a page that was longer than asked for, the rest comes with the next.
      if (items.length > PAGE) return { items, last: items.at(-1)?.id, isComplete: false }
      const last = fin.rsm.last ?? items.at(-1)?.id
      return { items, last, isComplete: fin.complete || last === undefined }
    } finally {
      underWay.delete(queryId)
    }
  }

  return {
    hear (stanza) {
      const element = child(stanza, 'result', NS.MAM)
      if (element === undefined) return false
      const items = underWay.get(attribute(element, 'queryid') ?? '')
      if (items === undefined) return true
      const result = parseMamResult(stanza)
      if (result?.stamp === undefined) onUnreadable(stanza)
      // Nobody sends more than he was asked for, unless to fill our memory.
      else if (items.length <= PAGE) items.push({ id: result.id, stamp: result.stamp, message: result.stanza })
      return true
    },

    async page (query) {
      const backoff = createBackoff({ minMs: retry.minMs, maxMs: 30_000 })
      for (let tries = 1; ; tries++) {
        try {
          return await ask(query)
        } catch (error) {
          if (error instanceof StanzaError && error.type !== 'wait' && !PASSING.has(error.condition)) throw new ArchiveRefusal(error)
          if (tries === retry.tries || hasCode(error, 'ERR_XMPP_OFFLINE')) throw error
          await new Promise(resolve => setTimeout(resolve, backoff.next()))
        }
      }
    }
  }
}
