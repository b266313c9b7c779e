// Read before the tests. Node 20 explains a failed assert.ok(…) without a message by parsing the source at the call's column. It takes
// the column of what tsx made of the file, finds nothing there and goes on for minutes, in which every other test stands still.
import assert from 'node:assert/strict'
import { inspect } from 'node:util'

const ok: (value: unknown, message?: string | Error) => asserts value = assert.ok
assert.ok = function (value: unknown, message?: string | Error): asserts value {
  if (!value) ok(value, message ?? `a true value was expected, and it is ${inspect(value)}`)
}
