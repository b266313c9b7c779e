import assert from 'node:assert/strict'
import { buildForm } from '../../src/xmpp/data-form.ts'
import { buildInfoRequest, parseInfo } from '../../src/xmpp/disco.ts'
import type { DiscoInfo } from '../../src/xmpp/disco.ts'
import { attribute, child, textOf, xml } from '../../src/xmpp/element.ts'
import type { Child, Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseRsmResult } from '../../src/xmpp/rsm.ts'
import { StanzaError } from '../../src/xmpp/stanza-error.ts'
import type { Talker } from '../servers/talker.ts'

/** A message with the ids that clients know it by, whether heard live or fetched. */
export interface Known {
  readonly id: string | undefined
  readonly from: string | undefined
  readonly occupant: string | undefined
  readonly body: string | undefined
}

export interface Fetched {
  readonly messages: readonly Known[]
  readonly fin: Element
}

let queries = 0

/** One query; the results are those that came before its answer. */
export async function query (talker: Talker, room: string, ...payloads: readonly Child[]): Promise<Fetched> {
  const queryid = `q${++queries}`
  const before = talker.received().length
  const answer = await talker.request(xml('iq', { type: 'set', to: room }, xml('query', { xmlns: NS.MAM, queryid }, ...payloads)))
  const uids: Array<string | undefined> = []
  const messages = talker.received().slice(before).flatMap(stanza => {
    const result = child(stanza, 'result', NS.MAM)
    if (result?.attrs['queryid'] !== queryid) return []
    assert.deepEqual([stanza.attrs['from'], stanza.attrs['to']], [room, talker.jid])
    const message = child(child(result, 'forwarded', NS.FORWARD) as Element, 'message', NS.CLIENT) as Element
    uids.push(result.attrs['id'])
    const known = knownOf(message, room)
    // Prosody's own archive leaves it out.
    if (known.id !== undefined) assert.equal(known.id, result.attrs['id'])
    return known
  })
  const fin = child(answer, 'fin', NS.MAM) as Element
  const { first, last } = parseRsmResult(fin)
  assert.deepEqual([first, last], [uids[0], uids.at(-1)])
  return { messages, fin }
}

export function knownOf (message: Element, room: string): Known {
  const id = child(message, 'stanza-id', NS.STANZA_ID)
  if (id !== undefined) assert.equal(attribute(id, 'by'), room)
  return {
    id: attribute(id, 'id'),
    from: message.attrs['from'],
    occupant: attribute(child(message, 'occupant-id', NS.OCCUPANT_ID), 'id'),
    body: textOf(message, 'body')
  }
}

export function rsm (fields: Readonly<Record<string, string>>): Element {
  return xml('set', { xmlns: NS.RSM }, Object.entries(fields).map(([name, value]) => xml(name, {}, value)))
}

export function search (text: string): Element {
  return buildForm('submit', NS.MAM, [{ var: `{${NS.FULLTEXT}}fulltext`, values: [text] }])
}

export async function discover (talker: Talker, room: string): Promise<DiscoInfo & { readonly text: string }> {
  const answer = await talker.request(buildInfoRequest(room))
  return { ...parseInfo(answer), text: String(answer) }
}

/** What the query is refused with, as `condition/type`. */
export async function refusalOf (asked: Promise<unknown>): Promise<string> {
  try {
    await asked
  } catch (error) {
    if (error instanceof StanzaError) return `${error.condition}/${error.type}`
    throw error
  }
  throw new assert.AssertionError({ message: 'expected a refusal' })
}
