import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { checkSite } from '../../src/cli/checks/site.ts'
import { loadTemplates, VIEWS } from '../../src/web/templates.ts'
import { published, said, siteWith } from './site-under-test.ts'

const LOUNGE = published('lounge', 'public')
const DAY = '/r/lounge/2026-11-20'

function folderWith (t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'theme-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

test('a template of the owner takes the place of ours, parts too, and the others stay', async t => {
  const templates = folderWith(t, {
    'problem.eta': '<% layout(\'layout\') %>\n<h1>Gone fishing</h1>\n',
    'parts/crumbs.eta': '<nav class="mine"><%~ include(\'./mine\') %></nav>\n',
    'parts/mine.eta': 'by <%= it.words.tongue %>',
    'static/secret.txt': 'CANARY'
  })
  const { app } = await siteWith(t, [LOUNGE], [said(LOUNGE, '2026-11-20T07:14:00', 'alice', 'hello')], { theme: { templates } })
  assert.match((await app.inject('/nothing')).body, /<h1>Gone fishing<\/h1>/)
  const day = (await app.inject(DAY)).body
  assert.match(day, /<nav class="mine">by en<\/nav>/)
  assert.match(day, /<p>hello<\/p>/)
  for (const path of ['/static/secret.txt', '/static/../secret.txt', '/parts/mine.eta', '/static/parts/mine.eta']) {
    assert.doesNotMatch((await app.inject(path)).body, /CANARY|it\.words/)
  }
})

test('the style sheet of the owner comes last, under an address that changes with it; without one there is none', async t => {
  const folder = folderWith(t, { 'site.css': ':root { --accent: #123456 }' })
  const stylesheet = join(folder, 'site.css')
  const hrefOf = (body: string): string | undefined => [...body.matchAll(/rel="stylesheet" href="([^"]+)"/g)].map(([, href]) => href).at(-1)
  const { app } = await siteWith(t, [LOUNGE], [], { theme: { stylesheet } })
  const href = hrefOf((await app.inject('/')).body) ?? ''
  assert.match(href, /^\/static\/theme\.css\?v=/)
  const answer = await app.inject(href)
  assert.equal(answer.body, ':root { --accent: #123456 }')
  assert.equal(answer.headers['content-type'], 'text/css; charset=utf-8')
  assert.match(String(answer.headers['cache-control']), /immutable/)

  writeFileSync(stylesheet, ':root { --accent: #654321 }')
  const { app: later } = await siteWith(t, [LOUNGE], [], { theme: { stylesheet } })
  assert.notEqual(hrefOf((await later.inject('/')).body), href)

  const { app: plain } = await siteWith(t, [LOUNGE], [])
  assert.match(hrefOf((await plain.inject('/')).body) ?? '', /nicks\.css/)
  assert.equal((await plain.inject('/static/theme.css')).statusCode, 404)
})

test('what a browser has of a day is not what the site looks like after its theme or its language changed', async t => {
  const events = [said(LOUNGE, '2026-11-20T07:14:00', 'alice', 'hello')]
  const tagOf = async (more: object): Promise<unknown> => (await (await siteWith(t, [LOUNGE], events, more)).app.inject(DAY)).headers.etag
  const site = { title: 'Test logs', url: 'https://logs.example.org' }
  const tags = [
    await tagOf({}),
    await tagOf({ theme: { templates: folderWith(t, { 'problem.eta': 'x' }) } }),
    await tagOf({ theme: { stylesheet: join(folderWith(t, { 'a.css': 'x' }), 'a.css') } }),
    await tagOf({ site: { ...site, language: 'de' } }),
    await tagOf({ site: { ...site, title: 'Other logs' } })
  ]
  assert.equal(new Set(tags).size, tags.length)
})

const BROKEN: ReadonlyArray<readonly [text: string, line: number, problem: RegExp]> = [
  ['<h1>\n<%= it.day( %>\n</h1>', 2, /./],
  ['\n\n<% if (it.day) { %>\nx\n', 3, /./],
  ['a\n<%= it.day', 2, /unclosed tag/i],
  ['a\nb\n<% const = 3 %>\nc', 3, /Unexpected token/],
  ['a\n\n<%~ include(\'parts/nowhere\') %>', 3, /parts\/nowhere\.eta, which is not there/]
]

for (const [text, line, problem] of BROKEN) {
  test(`a broken template is told with file and line before the site opens: ${JSON.stringify(text)}`, t => {
    const folder = folderWith(t, { 'day.eta': text })
    assert.throws(() => loadTemplates(VIEWS, folder), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'ERR_CONFIG')
      assert.ok(error.message.startsWith(`Cannot use the template ${join(folder, 'day.eta')}, line ${line}: `), error.message)
      assert.match(error.message, problem)
      return true
    })
  })
}

test('a theme that is not there is told with its path', t => {
  const folder = folderWith(t, {})
  assert.throws(() => loadTemplates(VIEWS, join(folder, 'none')), /Cannot read the templates in .*none: ENOENT/)
})

test('doctor tells which templates are in use, which nothing uses, and what is broken', t => {
  const site = (templates: string | undefined, stylesheet?: string): Parameters<typeof checkSite>[0]['site'] =>
    ({ title: '', url: '', description: '', language: 'en', templates, stylesheet }) as Parameters<typeof checkSite>[0]['site']
  const findings = checkSite({ site: site(folderWith(t, { 'home.eta': 'x', 'hom.eta': 'y' })) })
  assert.deepEqual(findings.map(({ ok }) => ok), [true, false])
  assert.match(findings[0]?.message ?? '', /1 templates in use: home\.eta$/)
  assert.match(findings[1]?.message ?? '', /^nothing uses the template hom\.eta/)
  assert.deepEqual(checkSite({ site: site(folderWith(t, { 'home.eta': '<%' })) }).map(({ ok }) => ok), [false])
  assert.deepEqual(checkSite({ site: site(undefined, '/nowhere/site.css') }).map(({ ok }) => ok), [false])
  assert.deepEqual(checkSite({ site: site(undefined) }), [])
})
