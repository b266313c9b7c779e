import type { RoomJid } from '../model/address.ts'
import { HansardError } from '../model/errors.ts'
import { isHole } from '../model/gap.ts'
import type { Gap } from '../model/gap.ts'
import type { CouchClient } from './couchdb-client.ts'
import type { Rows } from './couchdb-documents.ts'
import { EARLIEST, gapId, LATEST } from './couchdb-keys.ts'
import { refused } from './couchdb-outcome.ts'
import type { Outcome } from './couchdb-outcome.ts'
import type { GapsQuery } from './store.ts'
import { wellFormed } from './well-formed.ts'

export interface CouchGaps {
  put (gaps: readonly Gap[]): Promise<void>
  find (room: RoomJid, query: GapsQuery): Promise<Gap[]>
}

/** Beside the events, in no view: `room:g:` and the time it began. */
type GapDocument = Gap & { readonly _id: string, readonly kind: 'gap', readonly _rev?: string }

interface GapRow { readonly id: string, readonly doc?: GapDocument | null }

const MAX_GAPS = 500
// Each round is lost only to another writer who put the same gap meanwhile.
const MAX_ROUNDS = 10

export function createCouchGaps ({ client }: { client: CouchClient }): CouchGaps {
  /** What was not written, because another writer was faster. */
  async function putRound (gaps: ReadonlyMap<string, Gap>): Promise<Map<string, Gap>> {
    const { rows } = await client.request('_all_docs', { method: 'POST', body: { keys: [...gaps.keys()], include_docs: true } }) as Rows<GapRow>
    const revisions = new Map(rows.map(({ id, doc }) => [id, doc?._rev]))
    const docs = [...gaps].map(([id, gap]): GapDocument => {
      const rev = revisions.get(id)
      return { ...gap, _id: id, kind: 'gap', ...(rev === undefined ? {} : { _rev: rev }) }
    })
    const outcomes = await client.request('_bulk_docs', { method: 'POST', body: { docs } }) as readonly Outcome[]
    const failed = outcomes.find(({ error }) => error !== undefined && error !== 'conflict')
    if (failed !== undefined) throw refused(client, failed)
    const written = new Set(outcomes.filter(({ error }) => error === undefined).map(({ id }) => id))
    return new Map([...gaps].filter(([id]) => !written.has(id)))
  }

  return {
    async put (asGiven) {
      const gaps = asGiven.map(wellFormed)
      for (let from = 0; from < gaps.length; from += MAX_GAPS) {
        let rest = new Map(gaps.slice(from, from + MAX_GAPS).map(gap => [gapId(gap.room, gap.from), gap]))
        for (let round = 0; rest.size > 0; round++) {
          if (round === MAX_ROUNDS) {
            throw new HansardError('ERR_STORE_UNAVAILABLE', `Cannot write gaps to CouchDB at ${client.address}: another writer keeps changing them`)
          }
          rest = await putRound(rest)
        }
      }
    },

    async find (room, { start = EARLIEST, end = LATEST, holesOnly = false }) {
      if (start > end) return []
      const { rows } = await client.request('_all_docs', {
        method: 'POST',
        body: { startkey: gapId(room, EARLIEST), endkey: gapId(room, end), include_docs: true }
      }) as Rows<GapRow>
      return rows
        .flatMap(({ doc }) => doc?.kind === 'gap' ? [toGap(doc)] : [])
        .filter(gap => (gap.to ?? LATEST) >= start && (!holesOnly || isHole(gap)))
    }
  }
}

function toGap ({ _id, _rev, kind, ...gap }: GapDocument): Gap {
  return gap
}
