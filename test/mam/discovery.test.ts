import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PublishedRoom } from '../../src/access/can-read.ts'
import { archiveInfo } from '../../src/mam/discovery.ts'
import { valueOf } from '../../src/xmpp/data-form.ts'
import { parseInfo } from '../../src/xmpp/disco.ts'
import { xml } from '../../src/xmpp/element.ts'
import { LOUNGE } from '../helpers/events.ts'

const ROOM: PublishedRoom = { jid: LOUNGE, slug: 'lounge', aliases: [], title: 'The lounge', description: '', level: 'public', isOpen: true }

test('an archive tells how long it keeps what was said, in hours', () => {
  for (const [keptDays, hours] of [[undefined, 'infinite'], [7, '168']] as const) {
    const { forms } = parseInfo(xml('iq', {}, archiveInfo({ ...ROOM, ...(keptDays === undefined ? {} : { keptDays }) }, 'https://logs.example.org')))
    assert.equal(valueOf(forms.find(({ formType }) => formType === 'urn:xmpp:data-policy:0'), 'data_retention'), hours)
  }
})
