import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { askServe } from '../../src/control/client.ts'
import { createControl } from '../../src/control/server.ts'
import { socketPath } from '../../src/control/socket-path.ts'
import { silentLogger } from '../../src/log.ts'

/** Another folder for temporary files, so that the one of this machine is left alone. */
function ownTmp (t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'h-'))
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  t.after(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    rmSync(folder, { recursive: true })
  })
  return folder
}

const LONG = `/srv/${'very-long-name/'.repeat(10)}spool.db`

test('the socket stands beside the spool as long as its path fits into an address', () => {
  assert.equal(socketPath('/var/lib/hansard/spool.db'), '/var/lib/hansard/spool.db.sock')
  const longest = `/${'x'.repeat(101)}`
  assert.equal(socketPath(longest), `${longest}.sock`)
  assert.notEqual(socketPath(`${longest}x`), `${longest}x.sock`)
  assert.notEqual(socketPath(`/${'ü'.repeat(51)}`), `/${'ü'.repeat(51)}.sock`)
})

test('of a longer path the socket is always the same and no other spool\'s', t => {
  const folder = ownTmp(t)
  assert.equal(socketPath(LONG), socketPath(LONG))
  assert.notEqual(socketPath(LONG), socketPath(`${LONG}2`))
  assert.ok(socketPath(LONG).startsWith(`${folder}/hansard-`))
  assert.ok(Buffer.byteLength(socketPath(LONG)) <= 107)
})

test('where not even that fits, the path of the spool is said to be too long', t => {
  ownTmp(t)
  process.env['TMPDIR'] = `/tmp/${'x'.repeat(100)}`
  assert.throws(() => socketPath(LONG), { code: 'ERR_CONFIG', message: /shorter spool\.path/ })
})

test('a short path works as the long one would, in a folder for this user alone', async t => {
  ownTmp(t)
  const path = socketPath(LONG)
  assert.equal(await askServe(path, { command: 'echo' }), undefined)
  const control = createControl({ path, commands: { async echo (request, send) { send({ result: request }) } }, log: silentLogger })
  await control.start()
  assert.equal(statSync(dirname(path)).mode & 0o777, 0o700)
  for await (const answer of await askServe(path, { command: 'echo' }) ?? assert.fail()) assert.deepEqual(answer, { result: { command: 'echo' } })
  await control.stop()
})

test('a folder that others may write to, or a link in its place, is trusted by neither side', async t => {
  ownTmp(t)
  const path = socketPath(LONG)
  const folder = dirname(path)
  const refused = async (): Promise<void> => {
    await assert.rejects(askServe(path, { command: 'echo' }), { code: 'ERR_CONFIG', message: /others may write there/ })
    await assert.rejects(createControl({ path, commands: {}, log: silentLogger }).start(), { code: 'ERR_CONFIG', message: /others may write there/ })
  }
  mkdirSync(folder)
  chmodSync(folder, 0o755)
  await refused()
  rmSync(folder, { recursive: true })
  mkdirSync(`${folder}-other`, { mode: 0o700 })
  symlinkSync(`${folder}-other`, folder)
  await refused()
})
