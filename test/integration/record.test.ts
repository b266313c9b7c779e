import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { xml } from '../../src/xmpp/element.ts'
import { connectTalker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import { eventually, MODES, openStage, seeArchiveIn, SERVERS } from './stage.ts'

const ROOM = 'lounge@conference.localhost'
const BODIES = [
  'good morning',
  '<b>bold</b> & "quoted" \'single\' <!-- --> ]]> <![CDATA[x]]>',
  'two\nlines\n\n  indented\ttab',
  '🎉 👩‍👩‍👧 漢字 é ßẞ עברית \u202eabc\u202c',
  'x'.repeat(59_990) + ' 漢字 🎉',
  '/me waves'
]

for (const { name, start } of SERVERS) {
  for (const mode of MODES) {
    describe(`the record of a room on ${name}, in ${mode} mode`, { skip: requireServer(name) }, () => {
      test('has one document for each event, of the right kind, with bodies as they were sent, and nothing private', async () => {
        const server = await start()
        const alice = await connectTalker(server, 'alice')
        await alice.join(ROOM, 'alice')
        const stage = await openStage(server, { mode })
        try {
          await seeArchiveIn(ROOM, alice)
          const bob = await stage.talker('bob')
          await bob.join(ROOM, 'bob')

          for (const body of BODIES) await alice.say(ROOM, body)
          await alice.subject(ROOM, 'Topic: élan <&>')
          await bob.changeNick(ROOM, 'robert')
          await alice.privateMessage(ROOM, 'hansard', 'private canary')
          await bob.privateMessage(ROOM, 'hansard', 'private canary')
          await alice.say(ROOM, 'canary no-store', { payloads: [xml('no-store', { xmlns: 'urn:xmpp:hints' })] })
          await alice.send(xml('message', { to: ROOM, type: 'groupchat' }, xml('composing', { xmlns: 'http://jabber.org/protocol/chatstates' })))
          await alice.kick(ROOM, 'robert', 'be nice')
          await bob.join(ROOM, 'bob')
          await alice.ban(ROOM, 'bob@localhost', 'spam')
          const carol = await stage.talker('carol')
          await carol.join(ROOM, 'carol')
          await carol.leave(ROOM)
          await alice.say(ROOM, 'the end')

          await eventually(async () => (await stage.record()).find(({ body }) => body === 'the end'), 'the last message is recorded')
          const record = await stage.record()
          assert.deepEqual(record.map(summary), [
            'join bob',
            ...BODIES.map(body => `message alice ${body}`),
            'subject alice Topic: élan <&>',
            'nick bob → robert',
            'kick robert (be nice)',
            'join bob',
            'ban bob (spam)',
            'join carol',
            'leave carol',
            'message alice the end'
          ])
          assert.ok(record.every(({ via }) => via === 'live'))
          assert.ok(record.every(({ time }, n) => n === 0 || time > (record[n - 1]?.time ?? '')))
          assert.ok(!JSON.stringify(record).includes('canary'))
        } finally {
          await alice.stop()
          await stage.stop()
          await server.stop()
        }
      })
    })
  }
}

function summary ({ kind, nick, newNick, body, reason }: ArchivedEvent): string {
  return [kind, nick, newNick === undefined ? undefined : `→ ${newNick}`, body, reason === undefined ? undefined : `(${reason})`]
    .filter(part => part !== undefined).join(' ')
}
