import assert from 'node:assert/strict'
import { chmodSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { ConfigError } from '../../src/config/problem.ts'
import { MISTAKES, XMPP } from './mistakes.ts'
import { writeConfig, writeFiles } from './write-config.ts'

function mistakes (path: string, env: Record<string, string> = {}): ConfigError {
  try {
    loadConfig(path, env)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    assert.equal(error.code, 'ERR_CONFIG')
    return error
  }
  assert.fail('the configuration was taken')
}

for (const { name, text, problems } of MISTAKES) {
  test(`reported with its line and what is expected: ${name}`, t => {
    const path = writeConfig(t, text)
    const error = mistakes(path, { HANSARD_SECRET: 'x' })
    assert.deepEqual(error.problems.map(problem => problem.replace(path, '')), problems)
    assert.ok(problems.every(problem => error.message.includes(problem)))
    assert.doesNotMatch(error.message, /topsecret|s3cret/)
  })
}

test('the message begins with the file and the number of mistakes', t => {
  const path = writeConfig(t, 'xmpp: { mode: bot }\n')
  assert.match(mistakes(path).message, new RegExp(`^Cannot use the configuration ${path}: 2 mistakes\n${path}:1: xmpp\\.jid: `))
})

test('a configuration that cannot be read is said to be missing, a directory, closed, or no text', t => {
  const folder = writeFiles(t, { latin: Buffer.from('site: { title: caf\xe9 }', 'latin1') })
  const table = {
    missing: 'Cannot read the file: it does not exist, expected a configuration there; the config.yaml that comes with the program is one to start from',
    '.': 'Cannot read the file: it is a directory, expected the path of a file',
    latin: 'Cannot read the file: it is not UTF-8, expected a text file in UTF-8'
  }
  for (const [name, problem] of Object.entries(table)) {
    const path = join(folder, name)
    assert.deepEqual(mistakes(path).problems, [`${path}: ${problem}`])
  }
})

test('a secret file that is missing, empty, of two lines or a directory is reported by its path', t => {
  const path = writeConfig(t, `
xmpp: { mode: component, domain: logs.localhost, secret_file: missing }
store: { driver: couchdb, url: "http://u@localhost/hansard", password_file: empty }
rooms:
  - { jid: a@b.c, password_file: two }
  - { jid: d@e.f, password_file: folder }
`, { empty: '\n', two: 'a\nb\n' })
  const folder = dirname(path)
  mkdirSync(join(folder, 'folder'))
  const problems = mistakes(path).problems.map(problem => problem.replace(path, '').replaceAll(folder, ''))
  assert.equal(problems.length, 4)
  assert.match(problems[0] ?? '', /^:2: xmpp\.secret_file: Cannot read the secret from \/missing: ENOENT.*, expected a file that this user may read$/)
  assert.equal(problems[1], ':3: store.password_file: Cannot read the secret from /empty: the file is empty, expected the secret')
  assert.equal(problems[2], ':5: rooms[0].password_file: Cannot read the secret from /two: the file has more than one line, expected the secret alone')
  assert.match(problems[3] ?? '', /^:6: rooms\[1\]\.password_file: Cannot read the secret from \/folder: EISDIR/)
})

test('files that this user may not read are reported', { skip: process.getuid?.() === 0 ? 'root may read every file' : false }, t => {
  const path = writeConfig(t, 'xmpp: { mode: component, domain: logs.localhost, secret_file: closed }\n', { closed: 'x' })
  chmodSync(join(dirname(path), 'closed'), 0)
  assert.match(mistakes(path).problems.join(), /:1: xmpp\.secret_file: Cannot read the secret from .*EACCES/)
  chmodSync(path, 0)
  assert.match(mistakes(path).problems.join(), /: Cannot read the file: permission denied/)
})

test('a store that is a directory is reported', t => {
  const path = writeConfig(t, `${XMPP}store:\n  driver: sqlite\n  path: .\nsearch: { path: ".." }\n`)
  const problems = mistakes(path).problems.join('\n')
  assert.match(problems, /:4: store\.path: Cannot use .*: it is a directory, expected the path of a file\n.*:5: search\.path: Cannot use/)
})

test('an alias bomb is refused', t => {
  const lists = Array.from({ length: 12 }, (_, n) => `a${n}: &a${n} [${n === 0 ? 'x' : Array(10).fill(`*a${n - 1}`).join()}]`)
  assert.match(mistakes(writeConfig(t, lists.join('\n'))).message, /Excessive alias count/)
})
