import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { fileOf, relativeLinks } from '../../src/static-site/links.ts'
import type { Reach } from '../../src/static-site/links.ts'

const REACH: Reach = { rooms: new Set(['lounge']), hasTime: (_slug, part) => part.startsWith('2024'), pages: new Set(['stats']) }

for (const [path, file] of [
  ['/', 'index.html'],
  ['/about', 'about.html'],
  ['/search', 'search.html'],
  ['/static/site.css', 'static/site.css'],
  ['/r/lounge/', 'r/lounge/index.html'],
  ['/r/lounge/2024', 'r/lounge/2024.html'],
  ['/r/lounge/2024-05', 'r/lounge/2024-05.html'],
  ['/r/lounge/2024-05-17', 'r/lounge/2024-05-17.html'],
  ['/r/lounge/2024-05-17.txt', 'r/lounge/2024-05-17.txt'],
  ['/r/lounge/stats', 'r/lounge/stats.html'],
  ['/r/lounge/2024-05.txt', undefined],
  ['/r/lounge/2024-05-17.exe', undefined],
  ['/r/lounge/2023-05-17', undefined],
  ['/r/lounge/live', undefined],
  ['/r/lounge/m/abc', undefined],
  ['/r/other/', undefined],
  ['/r/../etc/passwd', undefined],
  ['/static/../../etc/passwd', undefined],
  ['/static/.hidden', undefined],
  ['/search.json', undefined],
  ['//example.org/', undefined]
] as const) {
  test(`${path} is ${file === undefined ? 'not in the export' : `the file ${file}`}`, () => {
    assert.equal(fileOf(path, REACH), file)
  })
}

for (const [from, to] of [
  ['<a href="/r/lounge/2024-05-17#t071409">x</a>', '<a href="2024-05-17.html#t071409">x</a>'],
  ['<a rel="next" href="/">x</a>', '<a rel="next" href="../../index.html">x</a>'],
  ['<a rel="nofollow" href="/r/lounge/2024-05-17?events=full">all</a>', '<a>all</a>'],
  ['<a class="more" href="/r/lounge/m/abc" title="t">x</a>', '<a class="more" title="t">x</a>'],
  ['<a href="/search?q=a&amp;room=lounge">x</a>', '<a href="../../search.html?q=a&amp;room=lounge">x</a>'],
  ['<form class="search" action="/search" role="search">', '<form class="search" action="../../search.html" role="search">'],
  ['<link rel="stylesheet" href="/static/site.css?v=1">', '<link rel="stylesheet" href="../../static/site.css?v=1">'],
  ['<link rel="search" type="x" href="/opensearch.xml" title="t">', ''],
  ['<link rel="canonical" href="https://example.org/r/lounge/2024">', '<link rel="canonical" href="https://example.org/r/lounge/2024">'],
  ['<a href="https://example.org/r/lounge/">x</a>', '<a href="https://example.org/r/lounge/">x</a>'],
  ['<a href="//example.org/">x</a>', '<a href="//example.org/">x</a>'],
  ['<a href="#t071409">x</a>', '<a href="#t071409">x</a>'],
  ['<p>&lt;a href=&quot;/&quot;&gt; and href="/"</p>', '<p>&lt;a href=&quot;/&quot;&gt; and href="/"</p>'],
  ['<article href="/">', '<article href="/">']
] as const) {
  test(`${from} becomes ${to === '' ? 'nothing' : to}`, () => {
    assert.equal(relativeLinks(from, 'r/lounge/2024-05-16.html', REACH), to)
  })
}
