import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { askServe } from '../../src/control/client.ts'
import type { ControlNews } from '../../src/control/client.ts'
import type { ControlRequest } from '../../src/control/answer.ts'
import { createControl } from '../../src/control/server.ts'
import type { Control, ControlCommand, ControlOptions } from '../../src/control/server.ts'
import { silentLogger } from '../../src/log.ts'
import { HansardError } from '../../src/model/errors.ts'

function socketIn (t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-control-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  return join(folder, 'spool.db.sock')
}

async function serving (
  t: TestContext, commands: Record<string, ControlCommand>, options: Partial<ControlOptions> = {}
): Promise<{ path: string, control: Control }> {
  const path = options.path ?? socketIn(t)
  const control = createControl({ path, commands, log: silentLogger, ...options })
  await control.start()
  t.after(() => control.stop())
  return { path, control }
}

async function answers (path: string, request: ControlRequest, signal?: AbortSignal): Promise<ControlNews[]> {
  const found: ControlNews[] = []
  for await (const answer of await askServe(path, request, signal) ?? assert.fail('nobody listens')) found.push(answer)
  return found
}

/** What is answered to these bytes, whatever they are. */
async function rawAnswer (path: string, ...pieces: ReadonlyArray<string | Uint8Array>): Promise<string> {
  const socket = connect(path)
  let text = ''
  socket.on('data', data => { text += data.toString() })
  socket.on('error', () => {})
  const closed = new Promise(resolve => { socket.once('close', resolve) })
  for (const piece of pieces) socket.write(piece)
  await closed
  return text
}

const echo: ControlCommand = async (request, send) => { send({ result: request }) }

test('a command is answered with its progress and then its result, whatever the texts', async t => {
  const { path } = await serving(t, {
    async count (request, send) {
      for (let n = 1; n <= Number(request['to']); n++) send({ progress: { n } })
      send({ result: request['text'] })
    }
  })
  const text = 'größe \u2028 \n 部屋 🙂 ' + 'x'.repeat(200_000)
  assert.deepEqual(await answers(path, { command: 'count', to: 3, text }), [
    { progress: { n: 1 } }, { progress: { n: 2 } }, { progress: { n: 3 } }, { result: text }
  ])
})

test('several ask at the same time, and each gets an answer of its own', async t => {
  const { path } = await serving(t, { echo })
  const many = await Promise.all(Array.from({ length: 20 }, (_, n) => answers(path, { command: 'echo', n })))
  assert.deepEqual(many, many.map((_, n) => [{ result: { command: 'echo', n } }]))
})

test('nobody listens where there is no socket, no folder, or the socket of a program that died', async t => {
  const path = socketIn(t)
  assert.equal(await askServe(path, { command: 'echo' }), undefined)
  assert.equal(await askServe(join(path, 'none'), { command: 'echo' }), undefined)
  await leaveStaleSocket(path)
  assert.equal(await askServe(path, { command: 'echo' }), undefined)
})

test('the socket is for this user alone, and gone after the stop', async t => {
  const { path, control } = await serving(t, { echo })
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.ok(statSync(path).isSocket())
  await control.stop()
  await control.stop()
  assert.equal(existsSync(path), false)
})

test('the socket of a program that died is replaced', async t => {
  const path = socketIn(t)
  await leaveStaleSocket(path)
  await serving(t, { echo }, { path })
  assert.deepEqual(await answers(path, { command: 'echo' }), [{ result: { command: 'echo' } }])
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('where another program answers, the start fails and the other goes on', async t => {
  const { path } = await serving(t, { echo })
  const second = createControl({ path, commands: {}, log: silentLogger })
  await assert.rejects(second.start(), { code: 'ERR_RUNNING', message: /another hansard serve/ })
  await second.stop()
  assert.deepEqual(await answers(path, { command: 'echo' }), [{ result: { command: 'echo' } }])
})

test('a file that is no socket is left alone, and said to be in the way', async t => {
  const path = socketIn(t)
  writeFileSync(path, 'mine')
  const control = createControl({ path, commands: {}, log: silentLogger })
  await assert.rejects(control.start(), { code: 'ERR_CONFIG', message: /it is no socket/ })
  assert.equal(statSync(path).size, 4)
})

test('a folder that cannot be made is said to be the reason', async t => {
  const path = socketIn(t)
  writeFileSync(path, '')
  await assert.rejects(createControl({ path: join(path, 'a.sock'), commands: {}, log: silentLogger }).start(), { code: 'ERR_CONFIG' })
})

test('an error reaches who asked with its code', async t => {
  const { path } = await serving(t, {
    async refuse () { throw new HansardError('ERR_USAGE', 'Cannot do this: expected something else') }
  })
  await assert.rejects(answers(path, { command: 'refuse' }), { code: 'ERR_USAGE', message: 'Cannot do this: expected something else' })
})

test('an unexpected error is logged once, and its text stays in the log', async t => {
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write (line: string) { lines.push(line) } })
  const { path } = await serving(t, { async burst () { throw new TypeError('internals') } }, { log })
  await assert.rejects(answers(path, { command: 'burst' }), (error: unknown) => {
    assert.ok(error instanceof HansardError)
    assert.doesNotMatch(error.message, /internals/)
    return true
  })
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /internals/)
})

const HOSTILE: ReadonlyArray<readonly [string, ReadonlyArray<string | Uint8Array>, RegExp]> = [
  ['no JSON', ['GET / HTTP/1.1\r\n\r\n'], /ERR_USAGE.*one line of JSON/],
  ['an empty line', ['\n'], /ERR_USAGE.*one line of JSON/],
  ['JSON that is no object', ['[1]\n'], /ERR_USAGE.*one line of JSON/],
  ['null', ['null\n'], /ERR_USAGE.*one line of JSON/],
  ['a command that is no text', ['{"command":{"toString":1}}\n'], /ERR_USAGE.*one line of JSON/],
  ['an unknown command', ['{"command":"shutdown"}\n'], /ERR_USAGE.*Cannot do.*shutdown.*expected one of echo/],
  ['a command named like something of JavaScript', ['{"command":"constructor"}\n'], /ERR_USAGE.*expected one of echo/],
  ['a command with a very long name', [`{"command":"${'x'.repeat(100_000)}"}\n`], /^.{0,200}$/],
  ['bytes that are no UTF-8', [Uint8Array.from([0xff, 0xfe, 0x00, 0x0a])], /ERR_USAGE/],
  ['a line without an end', [`{"command":"${'x'.repeat(1_100_000)}`], /ERR_USAGE.*more than 1048576 bytes/],
  ['nesting without end', [`${'['.repeat(900_000)}\n`], /ERR_USAGE/]
]

for (const [name, pieces, expected] of HOSTILE) {
  test(`${name} gets one error that says what is expected, and harms nothing`, async t => {
    const { path } = await serving(t, { echo })
    const text = await rawAnswer(path, ...pieces)
    assert.match(text.trimEnd(), expected)
    assert.deepEqual(Object.keys(JSON.parse(text) as object), ['error'])
    assert.deepEqual(await answers(path, { command: 'echo' }), [{ result: { command: 'echo' } }])
  })
}

test('a request is heard in whatever pieces it comes, and what follows it is not', async t => {
  const { path } = await serving(t, { echo })
  const socket = connect(path)
  const data = once(socket, 'data') as Promise<[Buffer]>
  for (const byte of '{"command":"echo"}\n{"command":"more"}\n') socket.write(byte)
  assert.equal((await data)[0].toString(), '{"result":{"command":"echo"}}\n')
  socket.destroy()
})

test('who connects and says nothing is sent away', async t => {
  const { path } = await serving(t, { echo }, { requestMs: 20 })
  assert.match(await rawAnswer(path), /ERR_USAGE.*none within 20 ms/)
})

test('a command learns that nobody waits any more', async t => {
  const ended = withResolvers()
  const { path } = await serving(t, {
    async wait (_, send, signal) {
      send({ progress: 1 })
      await once(signal, 'abort')
      ended.resolve()
    }
  })
  const waiting = (await askServe(path, { command: 'wait' }) ?? assert.fail())[Symbol.asyncIterator]()
  assert.deepEqual(await waiting.next(), { value: { progress: 1 }, done: false })
  await waiting.return?.()
  await ended.promise
})

test('waiting ends when its signal says so', async t => {
  const { path } = await serving(t, { async wait (_, __, signal) { await once(signal, 'abort') } })
  await assert.rejects(answers(path, { command: 'wait' }, AbortSignal.timeout(20)), { name: 'TimeoutError' })
  await assert.rejects(answers(path, { command: 'wait' }, AbortSignal.abort()), { name: 'AbortError' })
})

test('a stop ends what is under way with an error, also where a command does not listen and a client does not read', async t => {
  const asked = withResolvers()
  const { path, control } = await serving(t, {
    async deaf (_, send) {
      send({ progress: 0 })
      await new Promise(() => {})
    },
    async flood (_, send) {
      send({ result: 'x'.repeat(5_000_000) })
      asked.resolve()
    }
  })
  const silent = connect(path)
  silent.on('error', () => {})
  silent.pause()
  silent.write('{"command":"flood"}\n')
  await asked.promise
  const waiting = (await askServe(path, { command: 'deaf' }) ?? assert.fail())[Symbol.asyncIterator]()
  assert.deepEqual(await waiting.next(), { value: { progress: 0 }, done: false })
  await control.stop()
  await assert.rejects(waiting.next(), { code: 'ERR_RUNNING', message: /serve is stopping/ })
  silent.destroy()
})

test('who reads slowly misses progress, never the result', async t => {
  const { path } = await serving(t, {
    async flood (_, send) {
      for (let n = 0; n < 2_000; n++) send({ progress: 'x'.repeat(1_000) })
      send({ result: 'done' })
    }
  })
  const found = await answers(path, { command: 'flood' })
  assert.ok(found.length < 2_001)
  assert.deepEqual(found.at(-1), { result: 'done' })
})

test('an answer that ends without its result is an error', async t => {
  const { path } = await serving(t, { async half (_, send) { send({ progress: 1 }) } })
  await assert.rejects(answers(path, { command: 'half' }), { code: 'ERR_RUNNING', message: /ended before/ })
})

function withResolvers (): { promise: Promise<void>, resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>(_resolve => { resolve = _resolve })
  return { promise, resolve: () => { resolve() } }
}

/** As a program leaves it that is killed. */
async function leaveStaleSocket (path: string): Promise<void> {
  const child = fork(join(import.meta.dirname, 'die-listening.ts'), [path], { execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.ok(existsSync(path))
}
