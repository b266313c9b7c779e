import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import type { SiteInfo } from '../site.ts'
import { OPERATIONS, PARAMETERS, PARTS } from './operations.ts'
import type { Operation } from './operations.ts'
import { SCHEMAS } from './schemas.ts'
import type { Schema } from './schemas.ts'

/** `/r/:slug/:year(^\\d{4})-:month(^\\d{2}$)` is `/r/:slug/:year-:month`. */
function patternOf (url: string): string {
  return url.replaceAll(/\(\^[^)]*\)/g, '')
}

/**
 * Describes the routes that are added after it (OpenAPI 3.1). Parameters are those that routes check; answers stand in the
 * description alone, so that no byte of them depends on it.
 */
export function describeRoutes (app: FastifyInstance, { title, url, description }: SiteInfo): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title,
        version: '1',
        description: [
          ...(description === undefined ? [] : [description]),
          'Everything here is read with GET or HEAD, and without signing in. Answers carry an ETag: ask with If-None-Match. ' +
          'A room that is not public answers as one that does not exist.'
        ].join('\n\n')
      },
      servers: [{ url: new URL('/', url).href }],
      tags: ['Reading', 'Data', 'Feeds', 'Search', 'Site'].map(name => ({ name }))
    },
    transform: ({ schema, url, route }) => ({ schema: schemaOf(schema, patternOf(url), route), url: patternOf(url) }),
    transformObject: document => 'openapiObject' in document ? withAnswers(document.openapiObject) : document.swaggerObject
  })
}

function schemaOf (schema: FastifySchema | undefined, pattern: string, route: RouteOptions): FastifySchema {
  const operation = OPERATIONS[pattern]
  if (operation === undefined || route.method === 'HEAD') return { hide: true }
  const { tag, summary, more } = operation
  const names = [...pattern.matchAll(/:(\w+)/g)].flatMap(([, name]) => name ?? [])
  const properties = Object.fromEntries(names.map(name => [name, PARTS[name] ?? { type: 'string' }]))
  return {
    tags: [tag],
    summary,
    ...(more === undefined ? {} : { description: more }),
    ...(names.length === 0 ? {} : { params: { type: 'object', required: names, properties } }),
    ...(schema?.querystring === undefined ? {} : { querystring: explained(schema.querystring as Query) })
  }
}

interface Query {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

function explained ({ properties = {}, required = [] }: Query): Schema {
  const told = Object.entries(properties).map(([name, schema]) => {
    const description = PARAMETERS[name]
    return [name, description === undefined ? schema : { description, ...schema }]
  })
  return { type: 'object', required, properties: Object.fromEntries(told) as Schema }
}

interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, object>>>>
}

function withAnswers (document: object): object {
  const { paths = {}, ...rest } = document as Document
  const described = Object.entries(paths).map(([path, { get }]) => {
    const operation = OPERATIONS[path.replaceAll(/\{(\w+)\}/g, ':$1')]
    return [path, { get: { ...get, ...(operation === undefined ? {} : { responses: answersOf(path, operation) }) } }]
  })
  return { ...rest, paths: Object.fromEntries(described) as object, components: { schemas: SCHEMAS } }
}

function answersOf (path: string, { gives, redirect }: Operation): Schema {
  const problem = /\.jsonl?$|^\/healthz$/.test(path)
    ? { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } }
    : { [/\.(?:txt|sse|atom)$/.test(path) ? 'text/plain' : 'text/html']: { schema: { type: 'string' } } }
  const content = Object.fromEntries(Object.entries(gives).map(([media, name]) => {
    const unnamed = { type: media === 'application/json' ? 'object' : 'string' }
    return [media, { schema: name === undefined ? unnamed : { $ref: `#/components/schemas/${name}` } }]
  }))
  return {
    ...(redirect === undefined
      ? { 200: { description: meaning(gives), content }, 304: { description: 'What the client has is what there is.' } }
      : { [redirect]: { description: 'Leads on.', headers: { Location: { schema: { type: 'string' } } } } }),
    '4XX': { description: 'Not found, or not asked in a way that can be answered.', content: problem },
    '5XX': { description: 'Not available at the moment.', content: problem }
  }
}

function meaning (gives: Operation['gives']): string {
  return Object.keys(gives).some(name => name === 'application/jsonl') ? 'One value of the schema a line.' : 'As asked.'
}
