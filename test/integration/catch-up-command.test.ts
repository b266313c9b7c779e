import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { createApp } from '../../src/app.ts'
import { servedCommands } from '../../src/cli/served.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createControl } from '../../src/control/server.ts'
import { socketPath } from '../../src/control/socket-path.ts'
import { silentLogger } from '../../src/log.ts'
import { runCaptured } from '../cli/run-captured.ts'
import { writeConfig } from '../config/write-config.ts'
import { connectTalker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { SERVERS } from './stage.ts'

const LOUNGE = 'lounge@conference.localhost'
const NOWHERE = 'nowhere@conference.localhost'

function configFor (t: TestContext, server: XmppServer, more = ''): string {
  return writeConfig(t, `xmpp: { mode: component, domain: ${server.componentDomain}, server: "${server.host}:${server.componentPort}", secret: "${server.secret}" }
http: { port: 0 }
rooms:
  - { jid: ${LOUNGE}, catch_up: all }
${more}`)
}

async function catchUp (config: string, ...more: readonly string[]): Promise<{ code: number, reports: unknown }> {
  const { code, stdout, stderr } = await runCaptured('catch-up', '--config', config, '-o', 'json', ...more)
  assert.equal(stderr, '')
  return { code, reports: JSON.parse(stdout) }
}

/** Of the record: how much talk there is, and how many gaps lie behind it. */
async function talkOf (config: string): Promise<unknown> {
  const { stdout } = await runCaptured('rooms', '--config', config, '-o', 'json')
  const [lounge] = JSON.parse(stdout) as Array<{ talk: number, gaps: ReadonlyArray<{ to: string | null }> }>
  return { talk: lounge?.talk, holes: lounge?.gaps.filter(({ to }) => to !== null).length }
}

for (const { name, start } of SERVERS) {
  describe(`hansard catch-up on ${name}`, { skip: requireServer(name) }, () => {
    test('brings back what was said, alone and by the running serve, and ends with 0 when nothing is missing', async t => {
      const server = await start()
      t.after(() => server.stop())
      const alice = await connectTalker(server, 'alice')
      t.after(() => alice.stop())
      await alice.join(LOUNGE, 'alice')
      for (let n = 1; n <= 60; n++) await alice.say(LOUNGE, `number ${n}`)
      const config = configFor(t, server)

      assert.deepEqual(await catchUp(config), { code: 0, reports: [{ room: LOUNGE, recovered: 60, holes: 0 }] })
      assert.deepEqual(await talkOf(config), { talk: 60, holes: 0 })
      for (let n = 61; n <= 70; n++) await alice.say(LOUNGE, `number ${n}`)
      assert.deepEqual(await catchUp(config, '--room', LOUNGE), { code: 0, reports: [{ room: LOUNGE, recovered: 10, holes: 0 }] })
      assert.deepEqual(await talkOf(config), { talk: 70, holes: 0 })

      for (let n = 71; n <= 75; n++) await alice.say(LOUNGE, `number ${n}`)
      const loaded = loadConfig(config, {})
      const app = await createApp({ config: loaded, log: silentLogger })
      t.after(() => app.stop())
      const control = createControl({
        path: socketPath(loaded.spool.path), commands: servedCommands(app, loaded.rooms.map(({ jid }) => jid)), log: silentLogger
      })
      await app.start()
      await control.start()
      t.after(() => control.stop())
      const { code, reports } = await catchUp(config)
      assert.equal(code, 0)
      assert.deepEqual((reports as Array<{ holes: number }>).map(({ holes }) => holes), [0])
      assert.deepEqual(await talkOf(config), { talk: 75, holes: 0 })
    })

    test('ends with 1 and says so when a room cannot be joined', async t => {
      const server = await start()
      t.after(() => server.stop())
      const { code, reports } = await catchUp(configFor(t, server, `  - { jid: ${NOWHERE} }\n`), '--room', NOWHERE)
      assert.equal(code, 1)
      const [report] = reports as Array<{ room: string, problem?: string }>
      assert.equal(report?.room, NOWHERE)
      assert.match(report.problem ?? '', /not in the room/)
    })
  })
}
