import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectTalker } from '../servers/talker.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import { eventually, openStage, seeArchiveIn, SERVERS } from './stage.ts'
import type { Stage } from './stage.ts'

const ROOM = 'lounge@conference.localhost'

for (const { name, start } of SERVERS) {
  describe(`after every break on ${name}`, { skip: requireServer(name) }, () => {
    test('we are back in the room by ourselves, and nothing is recorded twice', async () => {
      const server = await start()
      const alice = await connectTalker(server, 'alice')
      await alice.join(ROOM, 'alice')
      await alice.configureRoom(ROOM, { persistentroom: '1' })
      const stage = await openStage(server)
      let talker = alice
      try {
        await seeArchiveIn(ROOM, alice)
        await alice.subject(ROOM, 'the topic')
        await say(stage, alice, 'one')

        await stage.restartApp(() => alice.say(ROOM, 'two'))
        await recorded(stage, 'two')
        await say(stage, alice, 'three')

        for (const [stop, text] of [[() => server.restart(), 'four'], [() => server.kill().then(() => server.restart()), 'five']] as const) {
          await talker.stop()
          await stop()
          await eventually(async () => stage.app.status().xmpp.state === 'online' || undefined, 'the stream is up again', 60_000)
          talker = await connectTalker(server, 'alice', { resource: text })
          await talker.join(ROOM, 'alice')
          await eventually(async () => stage.app.status().rooms[0]?.state === 'joined' || undefined, 'we are in the room again', 60_000)
          await say(stage, talker, text)
        }

        const talk = (await stage.record()).filter(({ kind }) => kind === 'message' || kind === 'subject')
        assert.deepEqual(talk.map(({ body }) => body), ['the topic', 'one', 'two', 'three', 'four', 'five'])
        assert.deepEqual(talk.filter(({ via }) => via === 'catch-up').map(({ body }) => body), ['two'])
      } finally {
        await talker.stop()
        await stage.stop()
        await server.stop()
      }
    })

    test('a message just said is on the day page and found by search within moments', async () => {
      const server = await start()
      const alice = await connectTalker(server, 'alice')
      await alice.join(ROOM, 'alice')
      const stage = await openStage(server)
      try {
        await seeArchiveIn(ROOM, alice)
        await say(stage, alice, 'a word nobody said before: serendipity')
        const day = await (await fetch(`${stage.url}/r/lounge/today`)).text()
        assert.match(day, /serendipity/)
        await eventually(async () => {
          const { hits } = await (await fetch(`${stage.url}/search.json?q=serendipity`)).json() as { hits: unknown[] }
          return hits.length === 1 || undefined
        }, 'found by search')
      } finally {
        await alice.stop()
        await stage.stop()
        await server.stop()
      }
    })
  })
}

async function say (stage: Stage, talker: Talker, text: string): Promise<void> {
  await talker.say(ROOM, text)
  await recorded(stage, text)
}

async function recorded (stage: Stage, text: string): Promise<void> {
  await eventually(async () => (await stage.record()).find(({ body }) => body === text), `«${text}» is recorded`)
}
