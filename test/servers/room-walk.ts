import { child, textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import type { XmppConnection } from '../../src/xmpp/connection.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { buildRsm, parseRsmResult } from '../../src/xmpp/rsm.ts'

export interface Archived {
  readonly id: string
  readonly body: string | undefined
}

let walks = 0

/** What a room's own archive (XEP-0313) holds, oldest first: all of it, or what came after an id. */
export async function walkRoom (connection: XmppConnection, room: string, after?: string): Promise<Archived[]> {
  const queryid = `walk-${++walks}`
  const found: Archived[] = []
  let isWalking = true
  connection.onStanza(stanza => {
    const result = isWalking && stanza.attrs['from'] === room ? child(stanza, 'result', NS.MAM) : undefined
    if (result?.attrs['queryid'] !== queryid) return
    const message = child(child(result, 'forwarded', NS.FORWARD) as Element, 'message', NS.CLIENT)
    found.push({ id: result.attrs['id'] ?? '', body: message === undefined ? undefined : textOf(message, 'body') })
  })
  for (let last = after; ;) {
    const answer = await connection.request(xml('iq', { type: 'set', to: room },
      xml('query', { xmlns: NS.MAM, queryid }, buildRsm({ max: 50, ...(last === undefined ? {} : { after: last }) }))))
    const fin = child(answer, 'fin', NS.MAM) as Element
    const next = parseRsmResult(fin).last
    if (fin.attrs['complete'] === 'true' || next === undefined || next === last) break
    last = next
  }
  isWalking = false
  return found
}
