import type { Directory } from '../access/directory.ts'
import type { PublishedRoom, Reader } from '../access/can-read.ts'
import { archiveJidOf, bareOf, parseJid, roomOfArchiveJid, tryParseJid } from '../model/address.ts'
import type { Jid } from '../model/address.ts'
import { hasCode } from '../model/errors.ts'
import type { ArchivedEvent } from '../model/event.ts'
import type { Logger } from '../log.ts'
import type { Request, Responder, XmppConnection } from '../xmpp/connection.ts'
import { attribute } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import { archiveInfo, queryForm, serviceInfo, serviceItems } from './discovery.ts'
import { findMamPage } from './page.ts'
import type { PageSources } from './page.ts'
import { parseMamQuery } from './query.ts'
import { buildFin, buildPlainResult, buildResult } from './result.ts'
import type { Envelope } from './result.ts'
import { toStanzaError } from './to-stanza-error.ts'

export interface MamOptions extends PageSources {
  readonly connection: Pick<XmppConnection, 'send'>
  /** The domain of our component: the archive JIDs live there. */
  readonly domain: string
  readonly directory: Directory
  readonly site: { readonly title: string, readonly url: string }
  readonly log: Logger
}

/** Answers what is asked of our domain and of the archive JIDs on it: discovery, pings, MAM. */
export function createMamResponder (options: MamOptions): Responder {
  const { directory, domain, log } = options

  return request => {
    const to = tryParseJid(request.to)
    const from = tryParseJid(request.from)
    if (to === undefined || from === undefined || to.domain !== domain) return undefined
    if (isPing(request) && roomOfArchiveJid(to) === undefined) return Promise.resolve(undefined)
    if (to.local === '') return answerService(request, readerOf(from))
    if (roomOfArchiveJid(to) === undefined) return undefined
    return answerArchive(request, to, readerOf(from)).catch((error: unknown) => { throw toStanzaError(error, log) })
  }

  async function answerService ({ type, payload }: Request, reader: Reader): Promise<Element | undefined> {
    refuseNode(payload)
    if (type === 'get' && payload.is('query', NS.DISCO_INFO)) return serviceInfo(options.site.title)
    if (type === 'get' && payload.is('query', NS.DISCO_ITEMS)) {
      return serviceItems(directory.listed(reader).map(room => ({ jid: archiveJidOf(room.jid, domain), name: room.title })))
    }
    throw new StanzaError('service-unavailable', 'cancel')
  }

  async function answerArchive (request: Request, to: Jid, reader: Reader): Promise<Element | undefined> {
    const jid = roomOfArchiveJid(to)
    const room = jid === undefined ? undefined : directory.byJid(jid, reader)
    if (room === undefined) throw new StanzaError('item-not-found', 'cancel')
    const { type, payload } = request
    refuseNode(payload)
    if (to.resource !== '') throw new StanzaError('feature-not-implemented', 'cancel', 'Ask the archive at its bare address')
    if (type === 'get' && payload.is('query', NS.DISCO_INFO)) return archiveInfo(room, options.site.url)
    if (type === 'get' && payload.is('query', NS.DISCO_ITEMS)) return serviceItems([])
    if (isPing(request)) return undefined
    if (type === 'get' && payload.is('query', NS.MAM)) return queryForm()
    if (type === 'set' && payload.is('query', NS.MAM)) return answerQuery(request, room)
    if (payload.is('prefs', NS.MAM)) throw new StanzaError('feature-not-implemented', 'cancel', 'A room has no preferences')
    throw new StanzaError('service-unavailable', 'cancel')
  }

  // The page is complete before its first result is sent: an error after results would have to be guessed by the client.
  async function answerQuery ({ from, to, payload }: Request, room: PublishedRoom): Promise<Element> {
    const query = parseMamQuery(payload, { archive: bareOf(parseJid(to)), room: room.jid })
    const page = await findMamPage(room, query, options)
    const envelope = { archive: to, to: from, ...(query.queryId === undefined ? {} : { queryId: query.queryId }) }
    await sendResults(page.events, envelope)
    log.debug({ room: room.jid, from, results: page.events.length, complete: page.complete }, 'mam page')
    return buildFin(page)
  }

  async function sendResults (events: readonly ArchivedEvent[], envelope: Envelope): Promise<void> {
    const { send } = options.connection
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
}

function isPing ({ type, payload }: Request): boolean {
  return type === 'get' && payload.is('ping', NS.PING)
}

// Neither we nor the archives have parts that are named so; what asks for commands must not get rooms.
function refuseNode (payload: Element): void {
  if (payload.is('query') && attribute(payload, 'node') !== undefined) throw new StanzaError('item-not-found', 'cancel')
}

function readerOf (from: Jid): Reader {
  return { via: 'xmpp', jid: bareOf(from) }
}
