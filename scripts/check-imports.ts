/**
 * Fails when a file of src imports upwards or in a circle. The table is the import rule of docs/architecture.md:
 * a file may import its own folder and the folders and files named for it, types included.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const SRC = resolve(import.meta.dirname, '../src')

// Rows are tried from the top; the first prefix that fits a file is its row.
const TABLE: ReadonlyArray<{ readonly part: string, readonly may: readonly string[] }> = [
  { part: 'model/', may: ['model/'] },
  { part: 'log.ts', may: [] },
  { part: 'thread.ts', may: [] },
  { part: 'metrics.ts', may: ['model/'] },
  { part: 'version.ts', may: [] },
  { part: 'access/', may: ['access/', 'model/'] },
  { part: 'config/', may: ['config/', 'model/', 'access/can-read.ts'] },
  { part: 'xmpp/', may: ['xmpp/', 'model/', 'log.ts'] },
  { part: 'search/', may: ['search/', 'model/', 'log.ts', 'thread.ts'] },
  { part: 'archive/archive.ts', may: ['archive/', 'search/', 'model/', 'log.ts'] },
  { part: 'archive/find.ts', may: ['archive/', 'search/', 'model/', 'log.ts'] },
  { part: 'archive/index-feed.ts', may: ['archive/', 'search/', 'model/', 'log.ts'] },
  { part: 'archive/index-rebuild.ts', may: ['archive/', 'search/', 'model/'] },
  { part: 'archive/', may: ['archive/', 'model/', 'log.ts'] },
  { part: 'rooms/', may: ['rooms/', 'xmpp/', 'model/', 'log.ts'] },
  { part: 'control/', may: ['control/', 'model/', 'log.ts'] },
  { part: 'transfer/', may: ['transfer/', 'archive/', 'model/', 'log.ts'] },
  { part: 'mam/', may: ['mam/', 'archive/', 'search/', 'access/', 'xmpp/', 'model/', 'log.ts'] },
  { part: 'mirror/', may: ['mirror/', 'mam/', 'archive/', 'access/', 'xmpp/', 'model/', 'log.ts'] },
  { part: 'web/', may: ['web/', 'archive/', 'search/', 'access/', 'model/', 'log.ts'] },
  { part: 'static-site/', may: ['static-site/', 'web/', 'search/', 'archive/', 'access/', 'model/', 'log.ts'] },
  { part: 'open.ts', may: ['config/', 'access/', 'archive/', 'search/', 'model/', 'log.ts'] },
  { part: 'feed-worker.ts', may: ['open.ts', 'config/', 'archive/', 'log.ts'] },
  { part: 'feed-thread.ts', may: ['feed-worker.ts', 'config/', 'archive/', 'model/', 'thread.ts'] },
  { part: 'in-turn.ts', may: [] },
  { part: 'rebuild-worker.ts', may: ['open.ts', 'config/', 'archive/', 'model/', 'log.ts'] },
  { part: 'rebuild-thread.ts', may: ['rebuild-worker.ts', 'config/', 'model/', 'thread.ts', 'log.ts'] },
  { part: 'record.ts', may: ['open.ts', 'rooms/cut-stanza.ts', 'feed-thread.ts', 'in-turn.ts', 'config/', 'archive/', 'search/', 'model/', 'log.ts'] },
  { part: 'connect.ts', may: ['config/', 'xmpp/', 'model/', 'log.ts'] },
  { part: 'health.ts', may: ['metrics.ts', 'xmpp/', 'rooms/', 'archive/', 'web/', 'model/'] },
  {
    part: 'serve-site.ts',
    may: ['open.ts', 'record.ts', 'health.ts', 'in-turn.ts', 'metrics.ts', 'config/', 'access/', 'archive/', 'web/', 'model/', 'log.ts']
  },
  {
    part: 'app.ts',
    may: [
      'open.ts', 'rebuild-thread.ts', 'record.ts', 'connect.ts', 'health.ts', 'serve-site.ts', 'in-turn.ts', 'metrics.ts', 'version.ts', 'config/',
      'xmpp/', 'rooms/', 'access/', 'archive/', 'mam/', 'mirror/', 'model/', 'log.ts'
    ]
  },
  {
    part: 'cli/',
    may: [
      'cli/', 'web/kept/drop-room.ts', 'web/assets.ts', 'web/templates.ts', 'app.ts', 'record.ts', 'connect.ts', 'open.ts', 'version.ts', 'config/', 'control/', 'xmpp/', 'rooms/', 'access/', 'archive/', 'search/', 'transfer/',
      'static-site/', 'model/', 'log.ts'
    ]
  },
  { part: 'main.ts', may: ['cli/', 'model/'] }
]

// Only these folders may use these packages: foreign objects stop at the border.
const PACKAGES: ReadonlyArray<{ readonly name: RegExp, readonly only: readonly string[] }> = [
  { name: /^(@xmpp\/|ltx$)/, only: ['xmpp/'] },
  { name: /^nano$/, only: ['archive/'] },
  { name: /^better-sqlite3$/, only: ['archive/', 'search/'] },
  { name: /^lunr/, only: ['search/'] },
  { name: /^(fastify$|@fastify\/|eta$)/, only: ['web/'] },
  { name: /^prom-client$/, only: ['metrics.ts'] },
  { name: /^(yaml|zod)$/, only: ['config/'] }
]

const IMPORT = /^\s*(?:import|export)\b[^'"]*?\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

const problems: string[] = []
const graph = new Map<string, string[]>()

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(file => /(?<!\.d)\.ts$/.test(file))
for (const file of files) {
  const row = TABLE.find(({ part }) => file === part || (part.endsWith('/') && file.startsWith(part)))
  if (row === undefined) problems.push(`${file}: no row in the import table; add its folder to scripts/check-imports.ts`)
  const imported: string[] = []
  for (const match of readFileSync(join(SRC, file), 'utf8').matchAll(IMPORT)) {
    const name = match[1] ?? match[2] ?? match[3] ?? ''
    if (name.startsWith('.')) {
      const target = relative(SRC, resolve(SRC, dirname(file), name))
      imported.push(target)
      if (row !== undefined && !row.may.some(part => target === part || (part.endsWith('/') && target.startsWith(part)))) {
        problems.push(`${file}: imports ${target}, but ${row.part} may import only ${row.may.join(', ') || 'packages'}`)
      }
    } else {
      const rule = PACKAGES.find(rule => rule.name.test(name))
      if (rule !== undefined && !rule.only.some(part => file.startsWith(part))) {
        problems.push(`${file}: imports the package ${name}, which only ${rule.only.join(', ')} may use`)
      }
    }
  }
  graph.set(file, imported)
}

const done = new Set<string>()
function visit (file: string, path: readonly string[]): void {
  if (path.includes(file)) {
    problems.push(`circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`)
    return
  }
  if (done.has(file)) return
  for (const next of graph.get(file) ?? []) visit(next, [...path, file])
  done.add(file)
}
for (const file of files) visit(file, [])

for (const problem of problems) process.stderr.write(`${problem}\n`)
process.stdout.write(`${files.length} files, ${problems.length} problems\n`)
process.exitCode = problems.length > 0 ? 1 : 0
