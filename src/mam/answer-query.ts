import { mayKnowJids } from '../access/can-read.ts'
import type { PublishedRoom, Reader } from '../access/can-read.ts'
import type { OccupantIds } from '../access/occupant-ids.ts'
import type { Logger } from '../log.ts'
import { bareOf, parseJid } from '../model/address.ts'
import { defined } from '../model/defined.ts'
import { hasCode } from '../model/errors.ts'
import type { ArchivedEvent } from '../model/event.ts'
import type { Request, XmppConnection } from '../xmpp/connection.ts'
import type { Element } from '../xmpp/element.ts'
import { findMamPage } from './page.ts'
import { parseMamQuery } from './query.ts'
import { buildFin, buildPlainResult, buildResult } from './result.ts'
import type { Envelope } from './result.ts'
import type { PageSources } from './sources.ts'

export interface AnswerQueryOptions extends PageSources {
  readonly connection: Pick<XmppConnection, 'send'>
  /** Those that archives with addresses of their own give; where the room's address speaks, its own ids do. */
  readonly occupantIds: Pick<OccupantIds, 'ofEvent'>
  readonly log: Logger
}

/** Sends the results of a query and resolves to its <fin/>, once the stream has taken them. */
export function createAnswerQuery (sources: AnswerQueryOptions) {
  const { connection: { send }, occupantIds, log } = sources

  async function sendResults (events: readonly ArchivedEvent[], envelope: Envelope): Promise<void> {
    try {
      await send(...events.map(event => buildResult(event, envelope)))
    } catch (error) {
      if (!hasCode(error, 'ERR_STANZA')) throw error
      // Nothing was sent. One message that cannot be sent must not take its page with it.
      for (const event of events) {
        await send(buildResult(event, envelope)).catch(async (error: unknown) => {
          if (!hasCode(error, 'ERR_STANZA')) throw error
          log.warn({ problem: error.message, id: event._id }, 'a message is sent without its stanza')
          await send(buildPlainResult(event, envelope))
        })
      }
    }
  }

  // The page is complete before its first result is sent: an error after results would have to be guessed by the client.
  return async ({ from, to, payload }: Request, room: PublishedRoom, reader: Reader, occupants: string): Promise<Element> => {
    const archive = bareOf(parseJid(occupants))
    const hasJids = mayKnowJids(room, reader)
    const query = parseMamQuery(payload, { archive, room: room.jid, hasJids })
    const page = await findMamPage(room, query, sources)
    const occupantIdOf = archive === room.jid ? ({ occupant }: ArchivedEvent) => occupant : occupantIds.ofEvent
    const envelope = { archive: to, occupants, occupantIdOf, hasJids, to: from, ...defined({ queryId: query.queryId }) }
    await sendResults(query.isFlipped ? page.events.toReversed() : page.events, envelope)
    log.debug({ room: room.jid, from, results: page.events.length, complete: page.complete }, 'mam page')
    return buildFin(page)
  }
}
