import { setTimeout as delay } from 'node:timers/promises'
import { openConnection } from '../../connect.ts'
import type { Config, RoomConfig } from '../../config/config.ts'
import type { Logger } from '../../log.ts'
import { HansardError, messageOf } from '../../model/errors.ts'
import { senderOf } from '../../rooms/room.ts'
import type { RoomStatus } from '../../rooms/room.ts'
import type { RoomInfo } from '../../rooms/room-info.ts'
import { createVisit } from '../../rooms/visit.ts'
import type { XmppConnection } from '../../xmpp/connection.ts'
import { bad, good } from './check.ts'
import type { Finding } from './check.ts'

const ONLINE_MS = 20_000
const LOOK_MS = 100
const MAX_LOOKS = 100

/** Connects, joins each room for a moment, and says what is missing. Records nothing. */
export async function checkXmpp (config: Config, log: Logger): Promise<Finding[]> {
  const connection = openConnection(config, log)
  connection.start()
  try {
    await firstOutcome(connection)
    const findings = [good('xmpp', `connected as ${connection.address}`)]
    for (const room of config.rooms) findings.push(...await checkRoom(connection, room, log))
    return findings
  } catch (error) {
    return [bad('xmpp', connection.status().problem ?? messageOf(error))]
  } finally {
    await connection.stop()
  }
}

// One failed try is an answer here; serve goes on trying.
async function firstOutcome (connection: XmppConnection): Promise<void> {
  const online = connection.waitOnline(ONLINE_MS)
  online.catch(() => {})
  while (!connection.isOnline && connection.status().problem === undefined) {
    if (await Promise.race([online.then(() => true), delay(LOOK_MS, false)])) return
  }
  const { problem } = connection.status()
  if (problem !== undefined) throw new HansardError('ERR_XMPP_OFFLINE', problem)
}

async function checkRoom (connection: XmppConnection, config: RoomConfig, log: Logger): Promise<Finding[]> {
  let info: RoomInfo | undefined
  const room = createVisit({
    jid: config.jid,
    nick: config.nick,
    ...(config.password === undefined ? {} : { password: config.password }),
    connection,
    onInfo: (_, found) => { info = found },
    log
  })
  connection.onStanza((stanza, readAt) => {
    const sender = senderOf(stanza)
    if (sender?.room === config.jid) room.hear(stanza, sender.nick, readAt)
  })
  await room.enter()
  // Where our nick is taken, another is tried at once, here as in serve.
  for (let looks = 0; looks < MAX_LOOKS && isRenaming(room.status()); looks++) await delay(LOOK_MS)
  const { state, problem = 'no answer' } = room.status()
  await room.leave()
  const name = `room ${config.jid}`
  if (state !== 'joined') return [bad(name, `not joined: ${problem}`)]
  const findings = [good(name, 'can be joined')]
  if (info?.hasMam === false) {
    findings.push(bad(name, 'has no archive of its own (MAM), so what is said while we are away is lost: switch on muc_mam (Prosody) or mod_mam with mam: true (ejabberd)'))
  }
  if (info?.hasStanzaIds === false) {
    findings.push(bad(name, 'gives no stanza-ids, so repeats can only be told by their text: switch on the room\'s archive'))
  }
  return findings
}

function isRenaming ({ state, problem }: RoomStatus): boolean {
  return state === 'joining' || (state === 'outside' && problem?.includes('another is tried') === true)
}
