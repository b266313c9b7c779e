import type { FastifyInstance } from 'fastify'
import { noIndex, sharedHeaders } from '../caching.ts'
import type { Site } from '../site.ts'
import { absolute } from '../urls.ts'
import { xmlText } from '../view/feed.ts'
import { preview } from '../view/preview.ts'

/** Lets browsers offer the search of this site (OpenSearch 1.1); a name of more than 16 characters is none. */
export function opensearchRoute (app: FastifyInstance, { info, words }: Site): void {
  const url = (type: string, path: string): string =>
    `<Url type="${type}" rel="results" template="${xmlText(absolute(info.url, path))}?q={searchTerms}"/>`
  const text = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
    `<ShortName>${xmlText(preview(info.title, 16))}</ShortName>`,
    `<LongName>${xmlText(preview(info.title, 48))}</LongName>`,
    `<Description>${xmlText(preview(words.search.searchTheLogs(info.title), 1024))}</Description>`,
    url('text/html', '/search'),
    url('application/atom+xml', '/search.atom'),
    url('application/json', '/search.json'),
    `<Url type="application/opensearchdescription+xml" rel="self" template="${xmlText(absolute(info.url, '/opensearch.xml'))}"/>`,
    '<InputEncoding>UTF-8</InputEncoding>',
    '<OutputEncoding>UTF-8</OutputEncoding>',
    '</OpenSearchDescription>',
    ''
  ].join('\n')
  app.get('/opensearch.xml', async (_request, reply) => {
    sharedHeaders(reply)
    noIndex(reply)
    return reply.type('application/opensearchdescription+xml; charset=utf-8').send(text)
  })
}
