import assert from 'node:assert/strict'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { createApp } from '../../src/app.ts'
import { servedCommands } from '../../src/cli/served.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createControl } from '../../src/control/server.ts'
import { socketPath } from '../../src/control/socket-path.ts'
import { silentLogger } from '../../src/log.ts'
import { defined } from '../../src/model/defined.ts'
import { runCaptured } from '../cli/run-captured.ts'
import { writeConfig } from '../config/write-config.ts'
import { connectTalker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { SERVERS } from './stage.ts'

const LOUNGE = 'lounge@conference.localhost'
const COMPLETE = { code: 0, reports: [{ room: LOUNGE, holes: 0 }] }
const NOWHERE = 'nowhere@conference.localhost'

function configFor (t: TestContext, server: XmppServer, more = ''): string {
  return writeConfig(t, `xmpp: { mode: component, domain: ${server.componentDomain}, server: "${server.host}:${server.componentPort}", secret: "${server.secret}" }
http: { port: 0 }
rooms:
  - { jid: ${LOUNGE}, catch_up: all }
${more}`)
}

interface Report { readonly room: string, readonly holes: number, readonly problem?: string }

/** What came back is counted in the record: a room may have been fetched while it was joined, before the command asked. */
async function catchUp (config: string, ...more: readonly string[]): Promise<{ code: number, reports: Report[] }> {
  const { code, stdout, stderr } = await runCaptured('catch-up', '--config', config, '-o', 'json', ...more)
  assert.equal(stderr, '')
  return { code, reports: (JSON.parse(stdout) as Report[]).map(({ room, holes, problem }) => ({ room, holes, ...defined({ problem }) })) }
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

      assert.deepEqual(await catchUp(config), COMPLETE)
      assert.deepEqual(await talkOf(config), { talk: 60, holes: 0 })
      for (let n = 61; n <= 70; n++) await alice.say(LOUNGE, `number ${n}`)
      assert.deepEqual(await catchUp(config, '--room', LOUNGE), COMPLETE)
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
      assert.deepEqual(await catchUp(config), COMPLETE)
      assert.deepEqual(await talkOf(config), { talk: 75, holes: 0 })
    })

    test('fetches again what a restored backup of the record lacks, once the spool that knows better is away', async t => {
      const server = await start()
      t.after(() => server.stop())
      const alice = await connectTalker(server, 'alice')
      t.after(() => alice.stop())
      await alice.join(LOUNGE, 'alice')
      for (let n = 1; n <= 5; n++) await alice.say(LOUNGE, `number ${n}`)
      const config = configFor(t, server)
      const data = join(dirname(config), 'data')
      await catchUp(config)
      cpSync(join(data, 'hansard.db'), join(data, 'backup.db'))
      for (let n = 6; n <= 9; n++) await alice.say(LOUNGE, `number ${n}`)
      await catchUp(config)
      assert.deepEqual(await talkOf(config), { talk: 9, holes: 0 })

      for (const file of readdirSync(data)) if (/^(hansard|search|spool)\.db/.test(file)) rmSync(join(data, file))
      cpSync(join(data, 'backup.db'), join(data, 'hansard.db'))
      assert.deepEqual(await talkOf(config), { talk: 5, holes: 0 })
      assert.deepEqual(await catchUp(config), COMPLETE)
      assert.deepEqual(await talkOf(config), { talk: 9, holes: 0 })
    })

    test('ends with 1 and says so when a room cannot be joined', async t => {
      const server = await start()
      t.after(() => server.stop())
      const { code, reports } = await catchUp(configFor(t, server, `  - { jid: ${NOWHERE} }\n`), '--room', NOWHERE)
      assert.equal(code, 1)
      const [report] = reports
      assert.equal(report?.room, NOWHERE)
      assert.match(report.problem ?? '', /does not exist/)
    })
  })
}
