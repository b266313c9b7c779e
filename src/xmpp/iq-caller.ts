import { randomUUID } from 'node:crypto'
import { bareOf, tryParseJid } from '../model/address.ts'
import { HansardError } from '../model/errors.ts'
import type { Element } from './element.ts'
import { parseStanzaError } from './stanza-error.ts'

export interface IqCallerOptions {
  /** Sends the iq with these attributes. */
  readonly write: (iq: Element, attributes: { readonly id: string }) => Promise<void>
  /** Who we are now, for replies that come without a sender. */
  readonly address: () => string
}

export interface IqCaller {
  request (iq: Element, timeoutMs?: number): Promise<Element>
  /** Takes a result or an error; false when nobody waits for it or it comes from someone else. */
  settle (reply: Element): boolean
  failAll (error: Error): void
}

interface Pending {
  readonly to: string | undefined
  readonly resolve: (reply: Element) => void
  readonly reject: (error: Error) => void
}

const TIMEOUT_MS = 30_000

/** Requests and their replies. An id alone proves nothing: a reply counts only from the one that was asked. */
export function createIqCaller ({ write, address }: IqCallerOptions): IqCaller {
  const pending = new Map<string, Pending>()

  return {
    request: async (iq, timeoutMs = TIMEOUT_MS) => new Promise<Element>((resolve, reject) => {
      const id = randomUUID()
      const to = iq.attrs['to']
      const forget = (): void => {
        clearTimeout(timer)
        pending.delete(id)
      }
      const fail = (error: Error): void => {
        forget()
        reject(error)
      }
      const timer = setTimeout(() => {
        fail(new HansardError('ERR_XMPP_TIMEOUT', `Cannot ask ${to ?? 'the server'}: no answer within ${timeoutMs / 1000} s`))
      }, timeoutMs)
      pending.set(id, {
        to,
        resolve (reply) {
          forget()
          resolve(reply)
        },
        reject: fail
      })
      write(iq, { id }).catch(fail)
    }),

    settle (reply) {
      const { id, from, type } = reply.attrs
      const request = id === undefined ? undefined : pending.get(id)
      if (request === undefined || !isReplyFrom(from, request.to, address())) return false
      if (type === 'error') request.reject(parseStanzaError(reply))
      else request.resolve(reply)
      return true
    },

    failAll (error) {
      for (const request of [...pending.values()]) request.reject(error)
    }
  }
}

/**
 * RFC 6120 §8.1.2.1, §10.3.3: what is asked without an address is answered by the server for our account, which may
 * sign as the account, as our full address, as itself, or not at all.
 */
export function isReplyFrom (from: string | undefined, to: string | undefined, address: string): boolean {
  const own = tryParseJid(address)
  const ownNames = own === undefined ? [] : [bareOf(own), own.domain, `${bareOf(own)}/${own.resource}`]
  const asked = normal(to)
  const sender = normal(from)
  if (from !== undefined && sender === undefined) return false
  const isOurServer = asked === undefined || (own !== undefined && (asked === bareOf(own) || asked === own.domain))
  if (sender === undefined) return isOurServer
  return sender === asked || (asked === undefined && ownNames.includes(sender))
}

function normal (text: string | undefined): string | undefined {
  const jid = tryParseJid(text)
  return jid === undefined ? undefined : jid.resource === '' ? bareOf(jid) : `${bareOf(jid)}/${jid.resource}`
}
