/**
 * npm run soak -- [--server prosody|ejabberd] [--store sqlite|couchdb] [--no-mam] [--seconds 300] [--rate 10] [--patience 180] [--keep]
 * People talk into one room while the store, the network, the XMPP server and the program itself fail; then it counts what the
 * record has. Without --server or --store all of them, one after the other. Exit code 1: a record was not as it must be.
 */
import { parseArgs } from 'node:util'
import { runTrial } from '../test/integration/trial.ts'
import type { Fault } from '../test/integration/trial.ts'
import { STORES } from '../test/servers/record-store.ts'

const { values } = parseArgs({
  options: {
    server: { type: 'string' },
    store: { type: 'string' },
    'no-mam': { type: 'boolean', default: false },
    seconds: { type: 'string', default: '300' },
    rate: { type: 'string', default: '10' },
    patience: { type: 'string', default: '180' },
    keep: { type: 'boolean', default: false }
  }
})
const rate = Number(values.rate)
const messages = Math.round(Number(values.seconds) * rate)
const servers = (['prosody', 'ejabberd'] as const).filter(name => values.server === undefined || name === values.server)
const stores = STORES.filter(name => values.store === undefined || name === values.store)
if (servers.length * stores.length === 0 || !(messages > 0)) throw new Error('--server prosody|ejabberd --store sqlite|couchdb --seconds N --rate N')

for (const server of servers) {
  for (const store of stores) {
    const hasArchive = !values['no-mam']
    const name = `${server}, ${store}, ${hasArchive ? 'with' : 'without'} MAM`
    process.stdout.write(`${name}\n`)
    const began = performance.now()
    const tell = (text: string): void => {
      process.stdout.write(`  ${String(Math.round((performance.now() - began) / 1_000)).padStart(4)} s  ${text}\n`)
    }
    const patienceMs = Number(values.patience) * 1_000
    const verdict = await runTrial({ server, store, hasArchive, messages, rate, faults: plan(), patienceMs, tell, keepFiles: values.keep })
    tell(`recorded ${verdict.recorded} of ${messages}, ${verdict.caughtUp} of them caught up, ${verdict.missing} missing`)
    for (const complaint of verdict.complaints) tell(`WRONG: ${complaint}`)
    if (values.keep) tell(`files: ${verdict.folder}`)
    if (verdict.complaints.length > 0) process.exitCode = 1
  }
}

/**
 * In parts of the whole: the store is away for a fifth, and the program dies in that time; the network is silent for more than a
 * third, longer than a dead peer goes unnoticed when the whole is five minutes, and then hangs on to the old connections or not;
 * the server restarts while the program starts.
 */
function plan (): Fault[] {
  const parts: Array<[number, Fault['what']]> = [
    [0.05, 'store stops'],
    [0.12, 'killed'],
    [0.25, 'store returns'],
    [0.35, 'server restarts'],
    [0.42, 'network silent'],
    [0.78, 'network delivers'],
    [0.85, 'killed']
  ]
  return parts.map(([part, what]) => ({ at: Math.round(part * messages), what }))
}
