/**
 * Answers MAM for two rooms as `hansard serve` does, over a component's stream, and does nothing else, so that a record can be
 * measured that was written a moment ago: no search index is built beside. Ends with its standard input.
 *   bench-mam-serve.ts sqlite:PATH|couchdb:URL PORT SECRET DOMAIN ROOM…
 */
import { createDirectory } from '../src/access/directory.ts'
import { createOccupantIds } from '../src/access/occupant-ids.ts'
import { silentLogger } from '../src/log.ts'
import { createMamResponder } from '../src/mam/responder.ts'
import { parseRoomJid } from '../src/model/address.ts'
import { createComponentConnection } from '../src/xmpp/component.ts'
import { openBenchStore } from './bench-mam-ours.ts'

const [place = '', port = '', secret = '', domain = '', ...rooms] = process.argv.slice(2)

const store = openBenchStore(place)
const connection = createComponentConnection({ host: '127.0.0.1', port: Number(port), domain, secret, log: silentLogger })
const directory = createDirectory(rooms.map((room, n) => ({
  jid: parseRoomJid(room), slug: `room${n}`, aliases: [], title: room, description: '', level: 'indexed', isOpen: true
})))
connection.onRequest(createMamResponder({
  connection,
  domain,
  directory,
  occupantIds: createOccupantIds(secret),
  store,
  index: { search: () => Promise.reject(new Error('nothing is searched here')) },
  site: { title: 'Bench', url: 'http://logs.example.org' },
  log: silentLogger
}))
connection.start()
await connection.waitOnline(30_000)
process.stdout.write('ready\n')
process.stdin.on('end', () => { process.exit() }).resume()
