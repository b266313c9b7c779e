import assert from 'node:assert/strict'
import { attribute, child, children, parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseRsmResult } from '../../src/xmpp/rsm.ts'
import type { ClientQuery } from './clients.ts'

/** A message of the archive, as far as answers are compared with it. */
export interface Line {
  readonly uid: string
  readonly time: string
  readonly body: string
}

export function buildClientQuery ({ content, hasQueryId }: ClientQuery, talk: readonly Line[], queryId: string): Element {
  return parseXml(`<query xmlns='urn:xmpp:mam:2'${hasQueryId ? ` queryid='${queryId}'` : ''}>${content(talk)}</query>`)
}

/** Holds an answer to everything that clients count on, whichever client asked. */
export function checkAnswer (
  query: ClientQuery, talk: readonly Line[], { archive, queryId, outer, fin }: {
    readonly archive: string
    readonly queryId: string
    readonly outer: readonly Element[]
    readonly fin: Element
  }
): void {
  const matching = query.matching(talk)
  const left = query.left(matching, talk)
  const wanted = query.isBackward ? left.slice(Math.max(0, left.length - query.max)) : left.slice(0, query.max)
  const results = outer.map(message => child(message, 'result', NS.MAM) as Element)
  assert.deepEqual(results.map(({ attrs }) => attrs['id']), wanted.map(({ uid }) => uid))
  for (const [n, message] of outer.entries()) {
    assert.equal(message.attrs['from'], archive)
    assert.equal(attribute(results[n], 'queryid'), query.hasQueryId ? queryId : undefined)
    const forwarded = child(results[n] as Element, 'forwarded', NS.FORWARD) as Element
    assert.deepEqual(children(forwarded, 'delay', NS.DELAY).map(({ attrs }) => attrs['stamp']), [wanted[n]?.time])
    const inner = child(forwarded, 'message', NS.CLIENT) as Element
    assert.deepEqual([inner.attrs['type'], inner.attrs['to'], inner.attrs['from']?.split('/')[0]], ['groupchat', undefined, archive])
    assert.deepEqual(children(inner, 'stanza-id', NS.STANZA_ID).filter(({ attrs }) => attrs['by'] === archive).map(({ attrs }) => attrs['id']), [wanted[n]?.uid])
  }
  assert.ok(child(fin, 'set', NS.RSM) !== undefined, 'there is always a set')
  const { first, last, count, index } = parseRsmResult(fin)
  // slixmpp ends a walk back where index and size make up the count.
  if (query.isBackward) assert.equal(index, undefined)
  assert.deepEqual([first, last], [wanted[0]?.uid, wanted.at(-1)?.uid])
  assert.equal(count, matching.length)
  assert.equal(fin.attrs['complete'], wanted.length === left.length ? 'true' : undefined)
  assert.equal(fin.attrs['queryid'], undefined)
}
