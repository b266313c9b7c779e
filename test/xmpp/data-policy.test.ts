import assert from 'node:assert/strict'
import test from 'node:test'
import { parseForm } from '../../src/xmpp/data-form.ts'
import { buildDataPolicy } from '../../src/xmpp/data-policy.ts'

test('a data policy tells what is kept and for how long, and no more than is known', () => {
  const { type, formType, fields } = parseForm(buildDataPolicy({ retention: 'infinite', isDeletable: false }))
  assert.deepEqual([type, formType], ['result', 'urn:xmpp:data-policy:0'])
  assert.deepEqual([...fields], [['auth_data', ['no_auth']], ['data_retention', ['infinite']], ['data_deletion', ['false']]])
})

test('a data policy has the hours, and words for people', () => {
  const { fields } = parseForm(buildDataPolicy({ retention: 720, isDeletable: true, notes: ['one', 'two'] }))
  assert.deepEqual([...fields.values()], [['no_auth'], ['720'], ['true'], ['one', 'two']])
})
