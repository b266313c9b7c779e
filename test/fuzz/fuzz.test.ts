import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import type { Outcome } from './run.ts'

const { FUZZ_RUNS = '100000', FUZZ_SEED = '' } = process.env
const MEGABYTE = 2 ** 20

const TARGETS: ReadonlyArray<readonly [what: string, promise: string]> = [
  ['wire', 'are read or refused, the same however they are cut into packets'],
  ['room', 'do not stop a room, nor bring anything malformed into its record']
]

describe(`${FUZZ_RUNS} stanzas that nobody means`, { concurrency: true }, () => {
  for (const [what, promise] of TARGETS) {
    it(`${promise}, and nothing of them piles up in memory`, async t => {
      const { seed, heap: [half, end], problem } = await run(what)
      t.diagnostic(`FUZZ_SEED=${seed}`)
      assert.equal(problem, undefined, `with FUZZ_SEED=${seed} FUZZ_RUNS=${FUZZ_RUNS}: ${problem ?? ''}`)
      assert.ok(half > 0)
      assert.ok(end - half < 3 * MEGABYTE, `${((end - half) / MEGABYTE).toFixed(1)} MB more after the second half, with FUZZ_SEED=${seed}`)
    })
  }
})

async function run (what: string): Promise<Outcome> {
  const args = ['--expose-gc', '--no-warnings', '--import', 'tsx', join(import.meta.dirname, 'run.ts'), what, FUZZ_RUNS, FUZZ_SEED]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * MEGABYTE })
  return JSON.parse(stdout) as Outcome
}
