import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { writeConfig } from '../config/write-config.ts'
import { runCaptured } from './run-captured.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const CONFIG = `xmpp: { mode: component, domain: logs.localhost, server: 127.0.0.1:1, secret: s3cret }
http: { port: 0 }
rooms: [ { jid: lounge@conference.localhost } ]
`

/** A program that serves; resolves when it does. */
async function startServe (t: TestContext, config: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'serve', '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => { child.kill('SIGKILL') })
  for await (const line of createInterface({ input: child.stdout })) {
    if ((JSON.parse(line) as { msg?: string }).msg !== 'serving') continue
    child.stdout.resume()
    return child
  }
  throw new Error('it ended before it served')
}

async function end (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, 'exit')
  child.kill(signal)
  return (await exited)[0] as number | null
}

test('while serve runs, commands speak to it, and a second one ends with 3 and says what to do', async t => {
  const config = writeConfig(t, CONFIG)
  const socket = join(dirname(config), 'data/spool.db.sock')
  const child = await startServe(t, config)
  assert.equal(statSync(socket).mode & 0o777, 0o600)

  const second = await runCaptured('serve', '--config', config)
  assert.equal(second.code, 3)
  assert.match(second.stderr, /another hansard serve.*expected one at a time/)

  const [row] = JSON.parse((await runCaptured('rooms', '--config', config, '-o', 'json')).stdout) as Array<{ live: { state: string } }>
  assert.equal(row?.live.state, 'outside')
  const doctor = await runCaptured('doctor', '--config', config)
  assert.match(doctor.stdout, new RegExp(`process ${child.pid}\\)`))
  const unknown = await runCaptured('catch-up', '--config', writeConfig(t, CONFIG.replace('lounge', 'cafe') + `spool: { path: "${socket.slice(0, -5)}" }\n`), '--room', 'cafe@conference.localhost')
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /the running serve does not know it/)

  assert.equal(await end(child, 'SIGTERM'), 0)
  assert.equal(existsSync(socket), false)
})

test('after serve was killed, the next one takes its place', async t => {
  const config = writeConfig(t, CONFIG)
  await end(await startServe(t, config), 'SIGKILL')
  assert.ok(existsSync(join(dirname(config), 'data/spool.db.sock')))
  const child = await startServe(t, config)
  const doctor = await runCaptured('doctor', '--config', config)
  assert.match(doctor.stdout, new RegExp(`process ${child.pid}\\)`))
  assert.equal(await end(child, 'SIGTERM'), 0)
})
