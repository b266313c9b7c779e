import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test, { after, before, describe } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { OPERATIONS, UNDESCRIBED } from '../../src/web/api/operations.ts'
import { SCHEMAS } from '../../src/web/api/schemas.ts'
import { PAGES, siteOfEveryPage } from './every-page.ts'
import type { SearchedSite } from './real-search.ts'
import { patternOf, registeredRoutes } from './registered-routes.ts'
import { published, siteWith } from './site-under-test.ts'

interface Media { readonly schema: object }
interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema: object
}
interface Operation {
  readonly summary: string
  readonly parameters?: readonly Parameter[]
  readonly responses: Readonly<Record<string, { readonly description: string, readonly content?: Readonly<Record<string, Media>> }>>
}
interface Description {
  readonly openapi: string
  readonly info: { readonly title: string }
  readonly servers: ReadonlyArray<{ readonly url: string }>
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

describe('the description of the site for programs', () => {
  const ends: Array<() => Promise<void>> = []
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, formats: { date: /^\d{4}-\d\d-\d\d$/, uri: value => URL.canParse(value) } })
  let site: SearchedSite
  let description: Description

  before(async () => {
    site = await siteOfEveryPage({ after: end => { ends.push(end) } })
    description = (await site.app.inject('/api')).json<Description>()
    ajv.addVocabulary(['components'])
    ajv.addSchema({ $id: 'api', components: description.components })
  })
  after(async () => { for (const end of ends) await end() })

  function validatorOf (schema: string): ValidateFunction {
    return ajv.getSchema(`api#/components/schemas/${schema}`) ?? assert.fail(`there is no schema ${schema}`)
  }

  function assertFits (schema: string, value: unknown, where: string): void {
    const validate = validatorOf(schema)
    assert.ok(validate(value), `${where}: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(value).slice(0, 500)}`)
  }

  test('has each route that is for the public, and no other', async t => {
    const { app } = await siteWith(t, [published('lounge', 'indexed')], [])
    const routes = new Set((await registeredRoutes(app)).map(patternOf))
    for (const route of routes) assert.ok(route in OPERATIONS || UNDESCRIBED.includes(route), `${route} is described nowhere: src/web/api/operations.ts`)
    const described = Object.keys(description.paths).map(path => path.replaceAll(/\{(\w+)\}/g, ':$1'))
    assert.deepEqual(described.sort(), [...routes].filter(route => !UNDESCRIBED.includes(route)).sort())
  })

  test('is an OpenAPI description of the version it says', async () => {
    assert.equal(description.openapi, '3.1.0')
    assert.deepEqual(description.servers, [{ url: 'https://logs.example.org/' }])
    assert.equal(description.info.title, 'Test logs')
    const { schemas } = description.components
    for (const [path, methods] of Object.entries(description.paths)) {
      assert.match(path, /^\//)
      assert.deepEqual(Object.keys(methods), ['get'], path)
      const { summary, parameters = [], responses } = methods['get'] ?? assert.fail(path)
      assert.ok(summary.length > 5, path)
      // OpenAPI 3.1 §4.8.9.1: each part of the address is a parameter that is required, and no name stands twice.
      const inPath = parameters.filter(parameter => parameter.in === 'path')
      assert.deepEqual(inPath.map(({ name }) => name), [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name), path)
      for (const { name, required } of inPath) assert.equal(required, true, `${path} ${name}`)
      assert.equal(new Set(parameters.map(({ name, in: place }) => `${place} ${name}`)).size, parameters.length, path)
      for (const { in: place, name, description, schema } of parameters) {
        assert.ok(ajv.validateSchema(schema), `${path} ${name}`)
        if (place === 'query') assert.ok(description !== undefined, `${path}: the parameter ${name} is not explained: src/web/api/operations.ts`)
      }
      for (const [status, { description, content = {} }] of Object.entries(responses)) {
        assert.match(status, /^[1-5](?:\d\d|XX)$/)
        assert.notEqual(description, '')
        for (const [type, { schema }] of Object.entries(content)) {
          assert.match(type, /^[a-z]+\/[a-z+-]+$/)
          const { $ref } = schema as { $ref?: string }
          if ($ref !== undefined) assert.ok($ref.replace('#/components/schemas/', '') in schemas, $ref)
        }
      }
    }
    for (const [name, schema] of Object.entries(description.components.schemas)) assert.ok(ajv.validateSchema(schema), name)
    for (const name of Object.keys(SCHEMAS)) validatorOf(name)
  })

  test('describes real answers in JSON', async () => {
    for (const [url, schema] of [
      ['/index.json', 'Rooms'], ['/r/lounge/2026-11-20.json', 'Day'], ['/r/lounge/2026-11-20.json?events=none', 'Day'], ['/r/lounge/2026-11-21.json', 'Day'],
      ['/r/lounge/2026-10-03.json', 'Day'], ['/r/quiet/2026-11-21.json', 'Day'], ['/search.json', 'Hits'], ['/search.json?q=the', 'Hits'],
      ['/search.json?q=the&facets=1&limit=3', 'Hits'], ['/search.json?q=lien&order=relevance', 'Hits'], ['/search.json?q=is%3Akick', 'Hits'], ['/search.json?q=nothing-of-this', 'Hits'],
      ['/r/lounge/coverage.json', 'Coverage'], ['/r/quiet/coverage.json', 'Coverage'], ['/healthz', 'Health']
    ] as const) {
      const { statusCode, body } = await site.app.inject(url)
      assert.equal(statusCode, 200, url)
      assertFits(schema, JSON.parse(body), url)
    }
    for (const url of ['/r/unknown/2026-11-20.json', '/r/lounge/2020-01-01.jsonl', '/search.json?limit=0', '/r/lounge/2026-11-20.json?events=x', '/nothing.json']) {
      const { statusCode, body } = await site.app.inject(url)
      assert.ok(statusCode >= 400, url)
      assertFits('Problem', JSON.parse(body), url)
    }
  })

  test('describes real answers in JSON Lines', async () => {
    for (const [url, schema] of [
      ['/r/lounge/2026-11-20.jsonl', 'DayLine'], ['/r/lounge/2026-11-21.jsonl', 'DayLine'], ['/removed.jsonl', 'RemovalLine'], ['/r/lounge/removed.jsonl', 'RemovalLine']
    ] as const) {
      const lines = (await site.app.inject(url)).body.trim().split('\n')
      assert.ok(lines.length > 1, url)
      for (const line of lines) assertFits(schema, JSON.parse(line), url)
    }
  })

  test('says of which type answers are', async () => {
    const urls = [...PAGES.map(([path]) => path).filter(path => !path.includes('%ZZ')), '/robots.txt', '/sitemap.xml', '/opensearch.xml', '/api', '/r/lounge', '/r/lounge/today', '/r/lounge/latest', '/r/lounge/first',
      '/r/lounge/feed.atom', '/r/lounge/days.atom', '/search.atom?q=the', '/r/lounge/2026-11-20.txt', '/r/lounge/excerpt.txt?from=meeting', '/r/lounge/2026-11-20.jsonl']
    const seen = new Set<string>()
    const routes: Array<readonly [route: string, status: number, type: string]> = []
    for (const url of urls) {
      const answer = await site.app.inject(url)
      const path = url.replace(/\?.*/, '')
      const described = Object.keys(description.paths).find(pattern => fits(pattern, path))
      if (described === undefined) continue
      seen.add(described)
      routes.push([described, answer.statusCode, String(answer.headers['content-type'] ?? '').replace(/;.*/, '')])
    }
    assert.ok(seen.size > 20, String([...seen]))
    for (const [route, status, type] of routes) {
      const responses = description.paths[route]?.['get']?.responses ?? {}
      const response = responses[status] ?? responses[`${Math.floor(status / 100)}XX`] ?? assert.fail(`${route} answers ${status}`)
      if (response.content !== undefined) assert.ok(type in response.content, `${route} answers ${status} with ${type}`)
    }
  })

  test('refuses what no event has', () => {
    const event = { id: 'r@c:t:2026-11-20T09:00:00.000000Z', uid: 'u', time: '2026-11-20T09:00:00.000000Z', kind: 'message', nick: 'a', anchor: 't090000' }
    assertFits('Event', event, 'ours')
    const validate = validatorOf('Event')
    for (const wrong of [{ ...event, stanza: '<message/>' }, { ...event, private: {} }, { ...event, kind: 'other' }, { ...event, time: '2026-11-20' }, {}]) {
      assert.equal(validate(wrong), false)
    }
  })

  test('has the fields of an event as the format of the record has them', () => {
    const recorded = JSON.parse(readFileSync(new URL('../../docs/data-format.schema.json', import.meta.url), 'utf8')) as Fields & { $defs: { content: Fields } }
    const shown = (SCHEMAS['Event'] as unknown as Fields).properties
    const compared = Object.entries({ ...recorded.properties, ...recorded.$defs.content.properties }).flatMap(([name, schema]) => {
      const ours = shown[name]
      // Shown as they stand: mentions by name, reactions with their numbers, who was in a crowd and who removed something without more.
      if (ours === undefined || ['mentions', 'reactions', 'crowd', 'removed', 'time'].includes(name)) return []
      assert.deepEqual(shape(ours), shape(schema), name)
      return [name]
    })
    assert.ok(compared.length > 15, String(compared))
  })
})

interface Fields { readonly properties: Readonly<Record<string, object>> }

/** A schema without its texts and limits. */
function shape (schema: object): unknown {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) =>
    ['description', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'minLength'].includes(key) ? undefined : value))
}

function fits (pattern: string, path: string): boolean {
  const forms: Readonly<Record<string, string>> = { year: '\\d{4}', month: '\\d{2}', date: '\\d{2}' }
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, (_, name: string) => forms[name] ?? '[^/]+')}$`).test(path)
}
