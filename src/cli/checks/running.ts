import type { Config } from '../../config/config.ts'
import { messageOf } from '../../model/errors.ts'
import { askStatus } from '../served.ts'
import type { ServeStatus } from '../served.ts'
import { bad, good } from './check.ts'
import type { Finding } from './check.ts'

const ANSWER_MS = 2_000
const REMARK = 'is running, so this is what it says of itself; stop it to have each room tried'

/**
 * What a running server says of itself; undefined when none runs. A second connection for the same domain would be
 * refused by Prosody and would take half of the stanzas away on ejabberd, so then nothing else is tried.
 */
export async function checkRunning (config: Config): Promise<Finding[] | undefined> {
  try {
    const status = await askStatus(config)
    return status === undefined ? await checkHealth(config) : reportOf(status)
  } catch (error) {
    return [bad('server', messageOf(error))]
  }
}

function reportOf ({ pid, xmpp, rooms }: ServeStatus): Finding[] {
  return [
    good('server', `${REMARK} (process ${pid})`),
    xmpp.state === 'online' ? good('xmpp', 'online') : bad('xmpp', `${xmpp.state}: ${xmpp.problem ?? 'its log says why'}`),
    ...rooms.map(({ jid, state, occupants, isCatchingUp, problem }) => state === 'joined'
      ? good(`room ${jid}`, `joined, ${occupants.toLocaleString('en')} there${isCatchingUp ? ', catching up' : ''}`)
      : bad(`room ${jid}`, `not joined: ${problem ?? 'its log says why'}`))
  ]
}

// A server that runs here for another user, or with another spool, has no socket that we find.
async function checkHealth ({ http }: Config): Promise<Finding[] | undefined> {
  const reachable = http.host === '0.0.0.0' ? '127.0.0.1' : http.host === '::' ? '::1' : http.host
  const host = reachable.includes(':') ? `[${reachable}]` : reachable
  try {
    const response = await fetch(`http://${host}:${http.port}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) })
    const { xmpp, rooms, joined } = await response.json() as Record<string, unknown>
    if (typeof xmpp !== 'string' || typeof rooms !== 'number' || typeof joined !== 'number') return undefined
    return [
      good('server', REMARK),
      xmpp === 'online' ? good('xmpp', 'online') : bad('xmpp', `${xmpp}: its log says why`),
      joined === rooms ? good('rooms', `in all ${rooms}`) : bad('rooms', `in ${joined} of ${rooms}: its log says why`)
    ]
  } catch {
    return undefined
  }
}
