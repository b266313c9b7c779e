import type { Directory } from '../access/directory.ts'
import type { PublishedRoom, Reader } from '../access/can-read.ts'
import type { OccupantIds } from '../access/occupant-ids.ts'
import type { Logger } from '../log.ts'
import { bareOf, tryParseJid } from '../model/address.ts'
import type { Jid, RoomJid } from '../model/address.ts'
import type { Request, Responder, XmppConnection } from '../xmpp/connection.ts'
import { CHANNEL_SEARCH, CHANNEL_SEARCH_ERROR } from '../xmpp/channel-search.ts'
import { buildItems } from '../xmpp/disco.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'
import { buildVersion } from '../xmpp/version.ts'
import { addressesAtBot, addressesAtDomain } from './addressing.ts'
import type { Target } from './addressing.ts'
import { createAnswerQuery } from './answer-query.ts'
import { searchChannels } from './channels.ts'
import { archiveInfo, queryForm, serviceInfo } from './discovery.ts'
import type { ArchiveExtras } from './discovery.ts'
import { createGuard } from './guard.ts'
import type { Asker, Guard } from './guard.ts'
import { findMetadata } from './metadata.ts'
import type { PageSources } from './sources.ts'
import { toStanzaError } from './to-stanza-error.ts'

export interface MamOptions extends PageSources {
  readonly connection: Pick<XmppConnection, 'send' | 'address'>
  /** Of our component: the archive JIDs live there. A bot has none: it answers at its own address. */
  readonly domain: string | undefined
  readonly directory: Directory
  /** Of the archives that have addresses of their own. */
  readonly occupantIds: Pick<OccupantIds, 'ofEvent'>
  readonly site: { readonly title: string, readonly url: string }
  /** Told to who asks for it (XEP-0092); to nobody without it. */
  readonly software?: { readonly name: string, readonly version: string }
  /** What else stands at the address of an archive. */
  readonly extras?: (room: PublishedRoom) => ArchiveExtras
  readonly guard?: Guard
  readonly log: Logger
}

interface Asked {
  readonly room: PublishedRoom
  readonly reader: Reader
  readonly node: string | undefined
  readonly asker: Asker
}

type Answer = () => Promise<Element | undefined>

/**
 * Answers what is asked of us and of the archives: discovery, pings, version, channel search, MAM. What it does not know
 * of a room that may be read is left to other responders.
 */
export function createMamResponder (options: MamOptions): Responder {
  const { connection, directory, domain, site, software, extras = () => ({}), guard = createGuard(), log } = options
  const addressing = domain === undefined ? addressesAtBot(() => connection.address, site.title) : addressesAtDomain(domain, site.title)
  const answerQuery = createAnswerQuery(options)

  return request => {
    const to = tryParseJid(request.to)
    const from = tryParseJid(request.from)
    if (to === undefined || from === undefined) return undefined
    const target = addressing.locate(request, to)
    const isOurs = target !== undefined || to.domain === domain
    const answer = target === undefined ? undefined : answerOf(request, target, from)
    if (answer !== undefined) return answer().catch((error: unknown) => { throw toStanzaError(error, log) })
    // Our own occupant answers too: rooms ask it whether it is still there.
    return isOurs && isGet(request, 'ping', NS.PING) ? Promise.resolve(undefined) : undefined
  }

  function answerOf (request: Request, target: Target, from: Jid): Answer | undefined {
    const reader: Reader = { via: 'xmpp', jid: bareOf(from) }
    if (target.kind === 'nowhere') return refuse('item-not-found', target.hint)
    if (target.kind === 'service') return answerOfService(request, reader, from)
    const room = target.room === undefined ? undefined : directory.byJid(target.room, reader)
    if (room === undefined) return refuse('item-not-found')
    return target.isBare
      ? answerOfArchive(request, { room, reader, node: target.node, asker: askerOf(from) })
      : refuse('feature-not-implemented', 'Ask the archive at its bare address')
  }

  function answerOfService (request: Request, reader: Reader, from: Jid): Answer | undefined {
    if (isGet(request, 'query', NS.DISCO_INFO)) {
      return async () => serviceInfo({ ...addressing, hasVersion: software !== undefined, siteUrl: site.url })
    }
    if (isGet(request, 'query', NS.DISCO_ITEMS)) return async () => buildItems(directory.listed(reader).map(addressing.itemOf))
    if (isGet(request, 'query', NS.VERSION) && software !== undefined) return async () => buildVersion(software)
    if (request.payload.is('search', CHANNEL_SEARCH)) {
      return () => guard.admit(askerOf(from), async () => searchChannels(request.payload, directory.listed(reader)), CHANNEL_SEARCH_ERROR)
    }
    return undefined
  }

  function answerOfArchive (request: Request, { room, reader, node, asker }: Asked): Answer | undefined {
    const { type, payload } = request
    if (isGet(request, 'query', NS.DISCO_INFO)) return async () => archiveInfo(room, site.url, extras(room), node)
    if (isGet(request, 'query', NS.DISCO_ITEMS)) return async () => buildItems([], { node })
    if (isGet(request, 'query', NS.MAM)) return async () => queryForm(node)
    if (isGet(request, 'metadata', NS.MAM)) return () => guard.admit(asker, () => findMetadata(room.jid, options.store))
    if (type === 'set' && payload.is('query', NS.MAM)) {
      return () => guard.admit(asker, () => answerQuery(request, room, reader, addressing.occupantsOf(room.jid, request.to)))
    }
    if (payload.is('prefs', NS.MAM)) return refuse('feature-not-implemented', 'A room has no preferences')
    return undefined
  }

  // Who asks through a room is one of many there.
  function askerOf (from: Jid): Asker {
    const bare = bareOf(from)
    const isOccupant = directory.byJid(bare as RoomJid, { via: 'xmpp', jid: bare }) !== undefined
    return { name: isOccupant ? `${bare}/${from.resource}` : bare, domain: from.domain }
  }
}

function isGet ({ type, payload }: Request, name: string, xmlns: string): boolean {
  return type === 'get' && payload.is(name, xmlns)
}

function refuse (condition: 'item-not-found' | 'feature-not-implemented', text?: string): Answer {
  return () => Promise.reject(new StanzaError(condition, 'cancel', text))
}
