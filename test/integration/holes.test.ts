import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { STORES } from '../servers/record-store.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import { runTrial } from './trial.ts'
import type { Fault } from './trial.ts'

const MESSAGES = 200
const RATE = 10

// Each at its number, so that nothing depends on how fast this machine is. `npm run soak` has the longer times.
const FAULTS: readonly Fault[] = [
  { at: 10, what: 'store stops' },
  { at: 24, what: 'killed' },
  { at: 60, what: 'store returns' },
  { at: 75, what: 'server restarts' },
  { at: 110, what: 'network silent' },
  { at: 140, what: 'network resets' },
  { at: 165, what: 'killed' }
]

describe('while the store, the program, the server and the network fail in turn', { concurrency: 3 }, () => {
  for (const hasArchive of [true, false]) {
    for (const server of ['prosody', 'ejabberd'] as const) {
      for (const store of STORES) {
        const outcome = hasArchive ? 'everything said is recorded once' : 'what the room cannot tell any more is a gap, all else is recorded once'
        test(`${outcome}: ${server}, ${store}`, { skip: requireServer(server) }, async t => {
          const verdict = await runTrial({
            server, store, hasArchive, messages: MESSAGES, rate: RATE, faults: FAULTS, tell: text => { t.diagnostic(text) }
          })
          assert.deepEqual(verdict.complaints, [])
        })
      }
    }
  }
})
