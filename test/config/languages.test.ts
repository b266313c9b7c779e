import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LANGUAGES as configurable } from '../../src/config/schema.ts'
import { LANGUAGES as stemmed } from '../../src/search/stem.ts'

test('exactly the languages that the search has can be configured, and none', () => {
  assert.deepEqual([...configurable].sort(), ['none', ...stemmed].sort())
})
