import { HansardError, messageOf } from '../model/errors.ts'
import { childOf, elementsOf, textOf } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

/** A stream or a login that the server ended, with the condition it named (RFC 6120 §4.9.3, §6.5). */
export class StreamFailure extends Error {
  readonly condition: string

  constructor (condition: string, text = '') {
    super(text === '' ? condition : `${condition} (${text})`)
    this.name = 'StreamFailure'
    this.condition = condition
  }
}

export function parseStreamError (element: Element): StreamFailure {
  const condition = elementsOf(element).find(child => child.getNS() === NS.STREAM_ERRORS && child.getName() !== 'text')
  return new StreamFailure(condition?.getName() ?? 'undefined-condition', textOf(element, 'text', NS.STREAM_ERRORS) ?? '')
}

export function isStreamError (element: Element): boolean {
  return element.getName() === 'error' && (element.getNS() === NS.STREAM || childOf(element, NS.STREAM_ERRORS) !== undefined)
}

export interface StreamTarget {
  readonly mode: 'component' | 'bot'
  /** host:port */
  readonly service: string
  /** The component's domain or the bot's address. */
  readonly name: string
}

/**
 * The reason why there is no stream, in one line with its remedy. ERR_XMPP_REFUSED where only a person can help,
 * ERR_XMPP_OFFLINE where trying again may.
 */
export function describeProblem (cause: unknown, { mode, service, name }: StreamTarget): HansardError {
  const code = codeOf(cause)
  const refused = REFUSALS[mode].get(code)
  const remedy = refused ?? REMEDIES.get(code) ?? certificateRemedy(code) ?? messageOf(cause)
  const isRefused = refused !== undefined || certificateRemedy(code) !== undefined
  return new HansardError(
    isRefused ? 'ERR_XMPP_REFUSED' : 'ERR_XMPP_OFFLINE',
    `Cannot connect to ${service} as ${name}: ${remedy}`,
    { cause })
}

function codeOf (cause: unknown): string {
  if (cause instanceof AggregateError) return codeOf(cause.errors[0])
  if (typeof cause !== 'object' || cause === null) return ''
  if ('condition' in cause && typeof cause.condition === 'string') return cause.condition
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return ''
}

const REFUSALS: Record<StreamTarget['mode'], ReadonlyMap<string, string>> = {
  component: new Map([
    ['not-authorized', 'the server refuses the secret; set the secret of this component in the server and xmpp.secret to the same text'],
    ['conflict', 'the server has another connection of this component; stop the other one, and set component_conflict_resolve = "kick_old" where the server is Prosody'],
    ['host-unknown', 'the server has no such component; add it to the configuration of the server (Prosody: Component "…", ejabberd: a listener with module ejabberd_service), and check that this is the port for components, not for clients'],
    ['host-gone', 'the server no longer has this component; add it to the configuration of the server'],
    ['invalid-namespace', 'the port is not one for components; use the component port of the server (often 5347), not its client port'],
    ['bad-namespace-prefix', 'the port is not one for components; use the component port of the server (often 5347), not its client port']
  ]),
  bot: new Map([
    ['not-authorized', 'the server refuses the account or its password; correct xmpp.jid and xmpp.password'],
    ['account-disabled', 'the account is disabled; ask the operator of the server'],
    ['credentials-expired', 'the password has expired; set a new one'],
    ['conflict', 'another program logged in with the same address and resource; stop it or give this one another resource'],
    ['host-unknown', 'the server does not serve the domain of this account; correct xmpp.jid or xmpp.service'],
    ['invalid-namespace', 'the port is not one for clients; use the client port of the server (often 5222)'],
    ['no-mechanism', 'the server offers no way to log in that is safe here; use TLS, or allow a plain password on this connection'],
    ['server-not-genuine', 'the server does not prove that it knows the password; somebody else may answer in its place'],
    ['no-tls', 'the server offers no TLS and would see everything in the clear; turn TLS on in the server, or set xmpp.tls to optional']
  ])
}

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing listens there; start the server, or correct its host and port'],
  ['ENOTFOUND', 'the name of the host is not known; correct it, or look at the name server'],
  ['EAI_AGAIN', 'the name server does not answer; look at the network'],
  ['EHOSTUNREACH', 'no way leads to the host; look at the network and the firewall'],
  ['ENETUNREACH', 'no way leads to the host; look at the network and the firewall'],
  ['ETIMEDOUT', 'the host does not answer; look at the network and the firewall'],
  ['ECONNRESET', 'the connection was cut'],
  ['EPIPE', 'the connection was cut'],
  ['closed', 'the server closed the connection without a reason; look at the log of the server'],
  ['late', 'the server took the connection but did not finish the handshake in time; look at the log of the server, and whether the port is the right one'],
  ['silent', 'the server no longer answers; the connection was given up'],
  ['system-shutdown', 'the server is shutting down'],
  ['remote-connection-failed', 'the server cannot reach what it needs to check us; look at the log of the server'],
  ['resource-constraint', 'the server is out of some resource; look at the log of the server'],
  ['temporary-auth-failure', 'the server cannot check the login at the moment']
])

function certificateRemedy (code: string): string | undefined {
  return /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_|ERR_TLS_CERT_)/.test(code)
    ? `the certificate of the server is not valid for it (${code}); renew it, or trust its issuer with NODE_EXTRA_CA_CERTS`
    : undefined
}
