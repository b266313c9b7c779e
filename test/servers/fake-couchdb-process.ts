/** The fake CouchDB as a program: prints its address, ends when its standard input does. */
import { startFakeCouch } from '../fake-couchdb/server.ts'

const couch = await startFakeCouch()
process.stdout.write(`${couch.url}\n`)
process.stdin.on('end', () => { process.exit() }).resume()
