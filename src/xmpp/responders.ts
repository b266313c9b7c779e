import { tryParseJid } from '../model/address.ts'
import { hasCode } from '../model/errors.ts'
import type { Logger } from '../log.ts'
import type { Request, Responder } from './connection.ts'
import { elementsOf, xml } from './element.ts'
import type { Element } from './element.ts'
import { buildStanzaError, StanzaError } from './stanza-error.ts'

export interface RespondersOptions {
  readonly send: (stanza: Element) => Promise<void>
  readonly log: Logger
  /** Stands in for a requester that the stream leaves out (RFC 6120 §8.1.2.1). */
  readonly account: () => string
}

export interface Responders {
  readonly add: (responder: Responder) => void
  readonly handle: (iq: Element) => void
}

/** Answers requests: the first responder that wants one has it, and every request gets exactly one answer. */
export function createResponders ({ send, log, account }: RespondersOptions): Responders {
  const responders: Responder[] = []

  async function answer (iq: Element): Promise<Element> {
    try {
      return reply(iq, 'result', await ask(iq))
    } catch (error) {
      if (!(error instanceof StanzaError)) log.error({ err: error }, 'A request could not be answered')
      return refusal(iq, error)
    }
  }

  async function ask (iq: Element): Promise<Element | undefined> {
    const { type, from, to, id = '' } = iq.attrs
    const payloads = elementsOf(iq)
    const [payload] = payloads
    if ((type !== 'get' && type !== 'set') || payload === undefined || payloads.length > 1) {
      throw new StanzaError('bad-request', 'modify', 'a request has exactly one child element')
    }
    const request: Request = { type, from: from ?? account(), to: to ?? account(), id, payload }
    for (const responder of responders) {
      const answering = responder(request)
      if (answering !== undefined) return answering
    }
    throw new StanzaError('service-unavailable', 'cancel')
  }

  return {
    add (responder) { responders.push(responder) },

    handle (iq) {
      const { id, from } = iq.attrs
      // RFC 6120 §8.2.3: without an id, or to an address that is none, nobody could take the answer.
      if (id === undefined || (from !== undefined && tryParseJid(from) === undefined)) return
      answer(iq)
        .then(async stanza => send(stanza).catch(async (error: unknown) => {
          if (!hasCode(error, 'ERR_STANZA')) throw error
          log.error({ err: error }, 'An answer could not be sent')
          await send(refusal(iq, error))
        }))
        .catch((error: unknown) => { log.debug({ err: error }, 'An answer came too late for its stream') })
    }
  }
}

function refusal (iq: Element, error: unknown): Element {
  const known = error instanceof StanzaError ? error : new StanzaError('internal-server-error', 'wait')
  return reply(iq, 'error', buildStanzaError(known))
}

function reply (iq: Element, type: 'result' | 'error', payload: Element | undefined): Element {
  return xml('iq', { type, from: iq.attrs['to'], to: iq.attrs['from'], id: iq.attrs['id'] }, payload)
}
