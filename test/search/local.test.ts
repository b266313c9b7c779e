import { strict as assert } from 'node:assert'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import ts from 'typescript'
import { silentLogger } from '../../src/log.ts'
import { createLocalIndex } from '../../src/search/local.ts'
import type { LocalIndexOptions } from '../../src/search/local.ts'
import type { SearchIndex } from '../../src/search/search-index.ts'
import { indexContract } from './index-contract.ts'
import { add, ask, at, found, recorded, talk } from './index-under-test.ts'

const directories: string[] = []
after(() => { for (const directory of directories) rmSync(directory, { recursive: true }) })

function newPath (): string {
  const directory = mkdtempSync(join(tmpdir(), 'hansard-search-'))
  directories.push(directory)
  return join(directory, 'search.db')
}

// As the build does it, but only what the index needs, and without checking types. Beside node_modules, for its imports.
function compile (): URL {
  const cache = join(import.meta.dirname, '../../node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const directory = mkdtempSync(join(cache, 'hansard-search-'))
  directories.push(directory)
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
  const source = join(import.meta.dirname, '../../src')
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter(file => /^(?:search\/.*|model\/.*|log|thread)(?<!\.d)\.ts$/.test(file))) {
    const { outputText } = ts.transpileModule(readFileSync(join(source, file), 'utf8'), { compilerOptions: COMPILER_OPTIONS })
    const target = join(directory, file.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, outputText)
  }
  return pathToFileURL(`${directory}/`)
}

const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true
}

function open (t: TestContext, path: string, options: Partial<LocalIndexOptions> = {}): SearchIndex {
  const index = createLocalIndex({ path, log: silentLogger, readers: 1, ...options })
  t.after(() => index.close())
  return index
}

// Threads start slowly from source: the tests of the contract share one index for each set of languages.
const shared = new Map<string, SearchIndex>()
const paths = new Map<string, string>()
let folder = ''
after(() => Promise.all([...shared.values()].map(index => index.close())))

indexContract({
  name: 'local',
  hasSpelling: true,
  async open (_t, languages = ['en']) {
    const key = languages.join()
    const path = paths.get(key) ?? newPath()
    const index = shared.get(key) ?? createLocalIndex({ path, log: silentLogger, language: languages, readers: 1 })
    folder = dirname(path)
    shared.set(key, index)
    paths.set(key, path)
    await index.clear()
    return {
      ...index,
      close () {
        shared.delete(key)
        return index.close()
      }
    }
  },
  bytes: () => Buffer.concat(readdirSync(folder).map(file => readFileSync(join(folder, file))))
})

describe('The file of the local index', () => {
  test('is opened again with all it had', async t => {
    const path = newPath()
    const events = talk('testing', 'else')
    const first = open(t, path)
    await add(first, events)
    const checkpoint = await first.checkpoint()
    await first.close()
    const second = open(t, path)
    assert.equal(await second.checkpoint(), checkpoint)
    assert.deepEqual(await found(second, events, 'tests'), ['testing'])
  })

  test('is made in a directory that does not exist yet', async t => {
    const index = open(t, join(newPath(), '..', 'a', 'b', 'search.db'))
    assert.equal(await index.checkpoint(), undefined)
  })

  test('of another analyser is replaced by an empty one', async t => {
    const path = newPath()
    const first = open(t, path)
    await add(first, talk('hello'))
    await first.close()
    const db = new Database(path)
    db.exec("UPDATE meta SET value = '0' WHERE key = 'version'")
    db.close()
    const second = open(t, path)
    assert.equal(await second.checkpoint(), undefined)
    await add(second, talk('hello'))
    assert.equal((await ask(second, 'hello')).total, 1)
  })

  for (const [state, isKept, damage] of [
    ['no database', true, (path: string) => { writeFileSync(path, 'this is some text, long enough to be no empty file'.repeat(100)) }],
    ['cut short', false, (path: string) => { truncateSync(path, 5000) }],
    ['without a table', false, (path: string) => {
      const db = new Database(path)
      db.exec('DROP TABLE doc')
      db.close()
    }]
  ] as const) {
    test(`is ${isKept ? 'moved aside' : 'replaced'} when it is ${state}`, async t => {
      const path = newPath()
      const first = open(t, path)
      await add(first, talk('hello'))
      await first.close()
      damage(path)
      const second = open(t, path)
      assert.equal(await second.checkpoint(), undefined)
      assert.equal(existsSync(`${path}.damaged`), isKept)
      await add(second, talk('hello'))
      assert.equal((await ask(second, 'hello')).total, 1)
    })
  }

  test('is left alone when it is the database of another program', t => {
    const path = newPath()
    const db = new Database(path)
    db.exec('CREATE TABLE precious (x); INSERT INTO precious VALUES (1)')
    db.close()
    assert.throws(() => open(t, path), { code: 'ERR_SEARCH', message: /database of another program/ })
    const again = new Database(path, { readonly: true })
    assert.equal(again.prepare('SELECT x FROM precious').pluck().get(), 1)
    again.close()
  })

  test('is replaced when damage shows while it is open, and the caller starts again', async t => {
    const path = newPath()
    const index = open(t, path)
    await add(index, talk('hello'))
    const db = new Database(path)
    db.pragma('wal_checkpoint(TRUNCATE)')
    db.close()
    writeFileSync(path, Buffer.alloc(8192, 0x5a), { flag: 'r+' })
    await assert.rejects(ask(index, 'hello'), { code: 'ERR_SEARCH' })
    assert.ok(!existsSync(`${path}.damaged`), 'a copy would keep what is removed later')
    assert.equal(await index.checkpoint(), undefined)
    await add(index, talk('again'))
    assert.equal((await ask(index, 'again')).total, 1)
  })

  test('has no term of what was taken out, also none that is written as the end of another', async t => {
    const path = newPath()
    const index = open(t, path)
    const events = talk('plum plumage Foo::Plumb', 'plumber plums Foo::Plumber', 'plumb')
    await add(index, events)
    assert.equal(await index.apply(events.slice(1).map(({ _id: id }) => ({ id, event: undefined })), await index.checkpoint(), 'out'), true)
    await index.close()
    const db = new Database(path)
    db.exec("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, fts, 'col')")
    const terms = db.prepare("SELECT term FROM temp.vocabulary WHERE col IN ('word', 'code')").pluck().all()
    db.close()
    assert.deepEqual(terms.sort(), ['foo', 'foo::plumb', 'plum', 'plumage', 'plumb'])
  })

  test('takes turns with another process that writes', async t => {
    const path = newPath()
    const [one, two] = [open(t, path), open(t, path)]
    const [first, second, third] = talk('first', 'second', 'third').map(event => [{ id: event._id, event }])
    assert.ok(first && second && third)
    assert.equal(await one.apply(first, undefined, 'a'), true)
    assert.equal(await two.apply(second, undefined, 'b'), false)
    assert.equal(await two.checkpoint(), 'a')
    assert.equal(await two.apply(second, 'a', 'b'), true)
    assert.equal(await one.apply(third, 'b', 'c'), true)
    assert.equal((await ask(one, 'in:lounge')).total, 3)
    await two.clear()
    assert.equal(await one.checkpoint(), undefined)
    assert.equal(await one.apply(third, undefined, 'd'), true)
    assert.deepEqual((await ask(two, 'from:alice')).total, 1)
  })

  test('finds the forms of another language after a change of the option', async t => {
    const path = newPath()
    const events = talk('viele Häuser', 'testing')
    const english = open(t, path)
    await add(english, events)
    assert.deepEqual(await found(english, events, 'haus'), [])
    await english.close()
    const german = open(t, path, { language: 'de' })
    assert.deepEqual(await found(german, events, 'haus'), ['viele Häuser'])
    assert.deepEqual(await found(german, events, 'tests'), [])
  })
})

describe('Totals and time of the local index', () => {
  test('a total is counted to 10,000, and to the end when it must be exact', async t => {
    const index = open(t, newPath())
    await add(index, Array.from({ length: 10_050 }, (_, n) => recorded({ body: 'word', time: at(n) })))
    assert.deepEqual(await ask(index, 'word', { limit: 0 }), { hits: [], total: 10_000, totalIsExact: false, complete: false })
    assert.deepEqual(await ask(index, 'word', { limit: 0, exactTotal: true }), { hits: [], total: 10_050, totalIsExact: true, complete: false })
    assert.equal((await ask(index, 'word', { limit: 0, end: at(9999) })).totalIsExact, true)
  })

  test('of many hits only the newest are weighed, and page after page ends with them', async t => {
    const index = open(t, newPath())
    await add(index, Array.from({ length: 2_100 }, (_, n) => recorded({ body: n === 50 ? 'word word' : 'word', time: at(n) })))
    const page = await ask(index, 'word', { order: 'relevance', limit: 10 })
    assert.deepEqual([page.total, page.ranked?.hits, page.complete], [2_100, 2_000, false])
    const last = await ask(index, 'word', { order: 'relevance', limit: 10, skip: 1_990, before: page.ranked!.before })
    assert.deepEqual([last.hits.length, last.total, last.complete], [10, 2_100, true])
  })

  test('a search that takes too long is ended, and the next one is answered', async t => {
    const index = open(t, newPath(), { timeBoxMs: 300 })
    const body = 'a '.repeat(50_000)
    await add(index, Array.from({ length: 60 }, (_, n) => recorded({ body, time: at(n) })))
    await assert.rejects(ask(index, `"${'a '.repeat(40)}"`, { exactTotal: true, limit: 0 }), { code: 'ERR_SEARCH_TIMEOUT' })
    assert.deepEqual((await ask(index, 'nothing')).hits, [])
  })

  test('many searches at once are all answered', async t => {
    const index = open(t, newPath(), { readers: 2 })
    await add(index, talk('one', 'two', 'three'))
    const totals = await Promise.all(Array.from({ length: 50 }, () => ask(index, 'one')))
    assert.ok(totals.every(page => page.total === 1))
  })

  test('close() ends searches under way', async t => {
    const index = open(t, newPath())
    const search = ask(index, 'word')
    await Promise.all([index.close(), assert.rejects(search, { code: 'ERR_SEARCH' })])
  })

  for (const [name, prepare, options] of [
    ['from source', () => new URL('../../src/', import.meta.url), ['--import', 'tsx']],
    ['compiled', compile, []]
  ] as const) {
    test(`a process ${name} searches, and ends by itself, closed or not`, async () => {
      const base = prepare()
      const extension = name === 'compiled' ? 'js' : 'ts'
      const [local, query, log] = ['search/local', 'search/query', 'log'].map(file => JSON.stringify(new URL(`${file}.${extension}`, base)))
      const script = `
        import { createLocalIndex } from ${local}
        import { parseQuery } from ${query}
        import { silentLogger } from ${log}
        const index = createLocalIndex({ path: process.argv[1], log: silentLogger })
        const page = await index.search({ query: parseQuery('x'), rooms: ['a@b.example'], limit: 1, order: 'newest' })
        process.stdout.write(JSON.stringify(page))
        if (process.argv[2] === 'close') await index.close()`
      for (const way of ['close', 'leave']) {
        const { stdout } = await promisify(execFile)(process.execPath, [...options, '--input-type=module', '-e', script, newPath(), way])
        assert.deepEqual(JSON.parse(stdout), { hits: [], total: 0, totalIsExact: true, complete: true })
      }
    })
  }
})
