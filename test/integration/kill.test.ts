import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import { writeConfig } from '../config/write-config.ts'
import { connectTalker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { eventually, seeArchiveIn, SERVERS } from './stage.ts'

const ROOM = parseRoomJid('lounge@conference.localhost')
const MAIN = join(import.meta.dirname, '../../src/main.ts')

for (const { name, start } of SERVERS) {
  describe(`killed without warning, beside ${name}`, { skip: requireServer(name) }, () => {
    test('the program goes on where it was: what was said meanwhile is there, and nothing twice', async t => {
      const server = await start()
      const config = writeConfig(t, configFor(server))
      const alice = await connectTalker(server, 'alice')
      let program: ChildProcess | undefined
      try {
        await alice.join(ROOM, 'alice')
        program = serve(config)
        await seeArchiveIn(ROOM, alice)
        await alice.say(ROOM, 'one')
        await recorded(config, 'one')

        program.kill('SIGKILL')
        await once(program, 'exit')
        await alice.say(ROOM, 'two')
        program = serve(config)
        await recorded(config, 'two')
        await alice.say(ROOM, 'three')
        await recorded(config, 'three')

        program.kill('SIGTERM')
        assert.deepEqual(await once(program, 'exit'), [0, null])
        assert.deepEqual((await talk(config)).map(({ body, via }) => [body, via]), [
          ['one', 'live'], ['two', 'catch-up'], ['three', 'live']
        ])
      } finally {
        program?.kill('SIGKILL')
        await alice.stop()
        await server.stop()
      }
    })
  })
}

function configFor (server: XmppServer): string {
  return `xmpp: { mode: component, domain: ${server.componentDomain}, server: "${server.host}:${server.componentPort}", secret: "${server.secret}" }
http: { port: 0 }
rooms: [ { jid: ${ROOM} } ]
`
}

function serve (config: string): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', MAIN, 'serve', '--config', config], { stdio: 'ignore' })
}

async function talk (config: string) {
  const store = createSqliteStore({ path: join(dirname(config), 'data/hansard.db') })
  const { events } = await store.page(ROOM, { stream: 'talk', limit: 100 })
  await store.close()
  return events
}

async function recorded (config: string, text: string): Promise<void> {
  await eventually(async () => (await talk(config)).find(({ body }) => body === text), `«${text}» is recorded`, 60_000)
}
