/**
 * npm run clients -- [--server prosody|ejabberd] [--client slixmpp|profanity|poezio|libervia|all] [--messages 10000]
 * Clients as Debian has them visit a mirror room and its archive; prints what they show, and compares it with the site. Without
 * --server on both, without --client all of them. Exit code 1: a client did not show what the site has.
 * Not part of the tests: it wants a terminal multiplexer and packages that are hundreds of megabytes.
 *   apt-get install tmux profanity poezio python3-slixmpp libervia-backend libervia-cli dbus
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { visitWithLibervia } from './clients/libervia.ts'
import { visitWithPoezio } from './clients/poezio.ts'
import { visitWithProfanity } from './clients/profanity.ts'
import { visitWithSlixmpp } from './clients/slixmpp.ts'
import { openStage } from './clients/stage.ts'
import type { ClientVisit } from './clients/visit.ts'

const CLIENTS: Readonly<Record<string, ClientVisit>> = {
  slixmpp: visitWithSlixmpp,
  profanity: visitWithProfanity,
  poezio: visitWithPoezio,
  libervia: visitWithLibervia
}

/** poezio goes that far back. */
const MOST_PAGED_BACK = 1_000

const { values } = parseArgs({
  options: {
    server: { type: 'string' },
    client: { type: 'string', default: 'all' },
    messages: { type: 'string', default: '10000' }
  }
})
const servers = (['prosody', 'ejabberd'] as const).filter(name => values.server === undefined || name === values.server)
const clients = Object.entries(CLIENTS).filter(([name]) => values.client === 'all' || name === values.client)
if (servers.length * clients.length === 0 || !(Number(values.messages) > MOST_PAGED_BACK)) {
  throw new Error(`--server prosody|ejabberd --client ${Object.keys(CLIENTS).join('|')}|all --messages more than ${MOST_PAGED_BACK}`)
}

for (const server of servers) {
  const stage = await openStage(server, Number(values.messages))
  try {
    for (const [name, visit] of clients) {
      print(`${name} on ${server}`)
      const home = join(stage.folder, name)
      mkdirSync(home)
      try {
        await visit({ ...stage, home, tell: print })
      } catch (error) {
        print(`WRONG: ${(error as Error).message}`)
        process.exitCode = 1
      }
    }
  } finally {
    await stage.stop()
  }
}

function print (text: string): void {
  process.stdout.write(`${text}\n`)
}
