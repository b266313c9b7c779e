import type { Directory } from '../access/directory.ts'
import type { Reader } from '../access/can-read.ts'
import { bareOf, tryParseJid } from '../model/address.ts'
import type { BareJid } from '../model/address.ts'
import type { Request, Responder } from '../xmpp/connection.ts'
import { xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { buildStanzaError, StanzaError } from '../xmpp/stanza-error.ts'
import { createAnswerQuery } from './answer-query.ts'
import type { AnswerQueryOptions } from './answer-query.ts'
import { buildDelegated, DELEGATION, parseDelegation } from './delegated-envelope.ts'
import type { Delegated } from './delegated-envelope.ts'
import { queryForm } from './discovery.ts'
import type { Guard } from './guard.ts'
import { findMetadata } from './metadata.ts'
import { toStanzaError } from './to-stanza-error.ts'

export interface DelegatedOptions extends AnswerQueryOptions {
  /** Of our component. */
  readonly domain: BareJid
  /** The room services that may ask for others, and are believed who asks. */
  readonly hosts: readonly BareJid[]
  readonly directory: Pick<Directory, 'byJid'>
  /** That of the other addresses, so that nobody has two measures. */
  readonly guard: Guard
}

/**
 * Answers what rooms were asked and their host delegates to us: the archive at the room's own address. Everything goes back
 * in envelopes to the host, which sends it on in the room's name, so that we never write an address that is not ours.
 */
export function createDelegatedResponder (options: DelegatedOptions): Responder {
  const { connection, domain, hosts, directory, guard, log } = options

  return ({ type, from, to, id, payload }) => {
    const target = tryParseJid(to)
    if (type !== 'set' || !payload.is('delegation', DELEGATION) || target === undefined || bareOf(target) !== domain || target.resource !== '') {
      return undefined
    }
    const host = hosts.find(host => host === from)
    return host === undefined ? refuse() : take(payload, host, id)
  }

  async function refuse (): Promise<never> {
    throw new StanzaError('forbidden', 'auth', 'The archive takes no delegations from here: its setting xmpp.delegated_from does not name this host')
  }

  async function take (delegation: Element, host: BareJid, id: string): Promise<Element> {
    const delegated = parseDelegation(delegation, host)
    const { request } = delegated
    // What we miss we ask the room itself: our own record cannot fill its own holes.
    if (delegated.requester.domain === domain) throw new StanzaError('not-allowed', 'cancel', 'What the archive asks is for the room itself')
    const send: typeof connection.send = async (...stanzas) =>
      connection.send(...stanzas.map(stanza => xml('message', { from: domain, to: host, id }, buildDelegated(stanza))))
    const [type, payload] = await answer(delegated, send).then(
      payload => ['result', payload] as const,
      (error: unknown) => ['error', buildStanzaError(toStanzaError(error, log))] as const)
    return buildDelegated(xml('iq', { type, from: request.to, to: request.from, id: request.id }, payload))
  }

  async function answer (delegated: Delegated, send: typeof connection.send): Promise<Element> {
    const { request, room: jid, requester, affiliation, isInRoom } = delegated
    const bare = bareOf(requester)
    // Whom a room lets in hears what it says: of a room with a password nobody else can tell who knows it.
    const reader: Reader = { via: 'xmpp', jid: bare, affiliation: affiliation === 'none' && isInRoom ? 'member' : affiliation }
    const room = directory.byJid(jid, reader)
    if (room === undefined || request.payload.attrs['node'] !== undefined) throw new StanzaError('item-not-found', 'cancel')
    const asker = { name: bare, domain: requester.domain }
    if (isMam(request, 'get', 'query')) return queryForm()
    if (isMam(request, 'get', 'metadata')) return guard.admit(asker, () => findMetadata(jid, options.store))
    if (!isMam(request, 'set', 'query')) throw new StanzaError('service-unavailable', 'cancel')
    return guard.admit(asker, () => createAnswerQuery({ ...options, connection: { send } })(request, room, reader, jid))
  }
}

function isMam ({ type, payload }: Request, wanted: 'get' | 'set', name: string): boolean {
  return type === wanted && payload.is(name, NS.MAM)
}
