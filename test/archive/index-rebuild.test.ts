import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createIndexFeed } from '../../src/archive/index-feed.ts'
import { rebuildIndex } from '../../src/archive/index-rebuild.ts'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { silentLogger } from '../../src/log.ts'
import { createLocalIndex } from '../../src/search/local.ts'
import { parseQuery } from '../../src/search/query.ts'
import { LOUNGE, message } from '../helpers/events.ts'

function setUp (t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-rebuild-'))
  const paths = [join(folder, 'record.db'), join(folder, 'search.db')] as const
  const store = createSqliteStore({ path: paths[0] })
  const index = createLocalIndex({ path: paths[1], log: silentLogger, readers: 1 })
  const feed = createIndexFeed({ store, index, log: silentLogger })
  t.after(async () => {
    await feed.stop()
    await index.close()
    await store.close()
    rmSync(folder, { recursive: true })
  })
  let said = 0
  return {
    folder,
    paths,
    store,
    index,
    feed,
    say: (count: number, body = 'apple') => store.append(Array.from({ length: count }, () => message({ body: `${body} ${said}`, uid: `u${said++}` }))),
    found: async (text: string) => (await index.search({ query: parseQuery(text), rooms: [LOUNGE], limit: 0, order: 'newest', exactTotal: true })).total,
    /** What stands in the files of the index. */
    bytes: () => readdirSync(folder).filter(file => file.startsWith('search.db')).map(file => join(folder, file))
      .filter(existsSync).map(file => readFileSync(file, 'latin1')).join()
  }
}

/** Starts a process that builds; its lines, one by one. */
function start (t: TestContext, [record, index]: readonly [string, string]) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'rebuild-child.ts'), record, index],
    { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next() as IteratorResult<string, undefined>
    return done === true ? 'end' : value
  }
  return { child, next }
}

test('the new index takes the place of the old one, with all that came while it was built', async t => {
  const { store, index, feed, say, found } = setUp(t)
  await say(2500)
  await feed.advance()
  const [rebuild, seen] = [index.rebuilding?.begin(true), [] as number[]]
  assert.ok(rebuild)
  const isDone = await rebuildIndex({ store, rebuild, onProgress (changes) { seen.push(changes) } })
  assert.equal(isDone, true)
  assert.ok(seen.length >= 3 && seen.at(-1) === 2500, seen.join())
  assert.equal(await found('apple'), 2500)
  await say(1, 'later')
  await feed.advance()
  assert.equal(await found('later'), 1)
})

test('a message that comes while the new index is built is found at once', async t => {
  const { store, index, feed, say, found } = setUp(t)
  await say(3000)
  await feed.advance()
  const rebuild = index.rebuilding?.begin(true)
  assert.ok(rebuild)
  const coming: Array<Promise<void>> = []
  await rebuildIndex({
    store,
    rebuild,
    onProgress () {
      coming.push((async () => {
        const [said] = await say(1, 'fresh')
        await feed.advance()
        assert.ok(said?.event.body !== undefined)
        assert.equal(await found(`"${said.event.body}"`), 1)
      })())
    }
  })
  await Promise.all(coming)
  await feed.advance()
  assert.deepEqual([await found('fresh'), await found('apple')], [coming.length, 3000])
})

test('it stops after a batch when it is told to, and is gone on with', async t => {
  const { store, index, feed, say, found } = setUp(t)
  await say(2500)
  await feed.advance()
  const stopping = new AbortController()
  const first = index.rebuilding?.begin(true)
  assert.ok(first)
  assert.equal(await rebuildIndex({ store, rebuild: first, onProgress () { stopping.abort() }, signal: stopping.signal }), false)
  first.close()
  let done = 0
  const second = index.rebuilding?.begin(false)
  assert.ok(second)
  assert.equal(await rebuildIndex({ store, rebuild: second, onProgress (changes) { done = changes } }), true)
  assert.equal(done, 1500)
  assert.equal(await found('apple'), 2500)
})

test('a process that is killed while it builds costs nothing: searches go on, a removal is in both files, another goes on', async t => {
  const { paths, store, index, feed, say, found, bytes } = setUp(t)
  const [secret] = await say(1, 'xylophagous')
  assert.ok(secret)
  await say(9000)
  await feed.advance()
  const first = start(t, paths)
  assert.equal(await first.next(), 'from the beginning')
  await first.next()
  assert.equal(index.rebuilding?.begin(false), undefined, 'one at a time builds')
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  assert.equal(await found('apple'), 9000)

  const { body: _, ...rest } = secret.event
  await store.scrub(LOUNGE, [rest.uid], () => ({ ...rest, removed: { by: 'moderator', time: rest.time } }))
  await feed.advance()
  assert.equal(await found('xylophagous'), 0)
  while (bytes().includes('xylophag')) await setTimeout(20)
  await say(1, 'meanwhile')
  await feed.advance()

  const second = start(t, paths)
  assert.match(await second.next(), /^from \d+$/, 'where the killed one stood')
  for (let line = await second.next(); line !== 'done'; line = await second.next()) assert.notEqual(line, 'end')
  await once(second.child, 'exit')
  await feed.advance()
  assert.deepEqual([await found('apple'), await found('meanwhile'), await found('xylophagous')], [9000, 1, 0])
  assert.equal(index.rebuilding?.isDue(), false)
  assert.equal(bytes().includes('xylophag'), false)
})
