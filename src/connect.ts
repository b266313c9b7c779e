import type { Config } from './config/config.ts'
import type { Logger } from './log.ts'
import type { Micros } from './model/archive-time.ts'
import { createBotConnection } from './xmpp/bot.ts'
import { createComponentConnection } from './xmpp/component.ts'
import type { XmppConnection } from './xmpp/connection.ts'

export function openConnection ({ xmpp }: Pick<Config, 'xmpp'>, log: Logger, clock?: () => Micros): XmppConnection {
  const shared = { log: log.child({ module: 'xmpp' }), ...(clock === undefined ? {} : { now: clock }) }
  return xmpp.mode === 'component'
    ? createComponentConnection({ ...shared, ...xmpp.server, domain: xmpp.domain, secret: xmpp.secret, resource: xmpp.resource })
    : createBotConnection({ ...shared, ...xmpp })
}
