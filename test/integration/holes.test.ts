import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
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

// Every pair of a server, a store and a room with or without an archive of its own. `npm run soak` takes any of the eight.
const TRIALS = [
  { server: 'prosody', store: 'sqlite', hasArchive: true },
  { server: 'ejabberd', store: 'couchdb', hasArchive: true },
  { server: 'prosody', store: 'couchdb', hasArchive: false },
  { server: 'ejabberd', store: 'sqlite', hasArchive: false }
] as const

describe('while the store, the program, the server and the network fail in turn', { concurrency: 2 }, () => {
  for (const { server, store, hasArchive } of TRIALS) {
    const outcome = hasArchive ? 'everything said is recorded once' : 'what the room cannot tell any more is a gap, all else is recorded once'
    test(`${outcome}: ${server}, ${store}`, { skip: requireServer(server) }, async t => {
      const tell = (text: string): void => { t.diagnostic(text) }
      const verdict = await runTrial({ server, store, hasArchive, messages: MESSAGES, rate: RATE, faults: FAULTS, tell })
      assert.deepEqual(verdict.complaints, [])
    })
  }
})
