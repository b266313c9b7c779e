import type { PublishedRoom } from '../access/can-read.ts'
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
  readonly log: Logger
}

/** Sends the results of a query and resolves to its <fin/>, once the stream has taken them. */
export function createAnswerQuery (sources: AnswerQueryOptions) {
  const { connection: { send }, log } = sources

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
  return async ({ from, to, payload }: Request, room: PublishedRoom, occupants: string): Promise<Element> => {
    const query = parseMamQuery(payload, { archive: bareOf(parseJid(occupants)), room: room.jid })
    const page = await findMamPage(room, query, sources)
    const envelope = { archive: to, occupants, to: from, ...defined({ queryId: query.queryId }) }
    await sendResults(query.isFlipped ? page.events.toReversed() : page.events, envelope)
    log.debug({ room: room.jid, from, results: page.events.length, complete: page.complete }, 'mam page')
    return buildFin(page)
  }
}
