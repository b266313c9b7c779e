// A program of its own, so that its memory is measured alone and whatever escapes ends it:
// node --expose-gc --import tsx run.ts wire|room <stanzas> [seed]
import fc from 'fast-check'
import type { Element } from '../../src/xmpp/element.ts'
import { LENGTH } from './mutation.ts'
import { room } from './room.ts'
import { wire } from './wire.ts'

export interface Outcome {
  readonly seed: number
  /** Bytes in use after half of it, and at the end. */
  readonly heap: readonly [half: number, end: number]
  readonly problem?: string
}

const [what, stanzas = '', seed = ''] = process.argv.slice(2)
const numRuns = Math.max(2, Math.ceil(Number(stanzas) / LENGTH))
const settings = { numRuns, endOnFailure: true, seed: seed === '' ? Math.floor(Math.random() * 2 ** 31) : Number(seed) }
let last: Element | undefined
let count = 0
let half = 0

// Where something is not understood on purpose, nobody looks at the stack.
if (seed === '') Error.stackTraceLimit = 0
process.on('uncaughtException', error => { tell(error) })

function used (): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function onStanza (stanza: Element): void {
  last = stanza
  count += 1
  if (count === Math.floor(numRuns / 2) * LENGTH) half = used()
}

function tell (problem?: unknown): void {
  const outcome: Outcome = {
    seed: settings.seed,
    heap: [half, used()],
    ...(problem === undefined || problem === null ? {} : { problem: `${inspect(problem)}\nlast stanza: ${String(last).slice(0, 3_000)}` })
  }
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit())
}

function inspect (error: unknown): string {
  return error instanceof Error ? `${error.stack ?? String(error)}${error.cause === undefined ? '' : `\ncaused by ${inspect(error.cause)}`}` : String(error)
}

tell((what === 'wire' ? fc.check(wire(onStanza), settings) : await fc.check(room(onStanza, numRuns), settings)).errorInstance)
