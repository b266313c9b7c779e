import type { FastifyInstance } from 'fastify'
import { sendText } from '../answer.ts'
import { sharedHeaders } from '../caching.ts'
import type { Site } from '../site.ts'
import { absolute } from '../urls.ts'

/** Days are for crawlers; pages of single messages, searches and other views of the same days are not. */
export function robotsRoute (app: FastifyInstance, { info }: Site): void {
  const text = [
    '# Whole months as files, for those who want to have much: /r/{room}/{yyyy-mm}.jsonl.gz and .txt.gz, linked on the page of each month.',
    'User-agent: *',
    'Disallow: /search',
    'Disallow: /r/*/m/',
    'Disallow: /r/*/live.sse',
    'Disallow: /r/*?',
    '',
    `Sitemap: ${absolute(info.url, '/sitemap.xml')}`,
    ''
  ].join('\n')
  app.get('/robots.txt', async (_request, reply) => {
    sharedHeaders(reply)
    return sendText(reply, text)
  })
}
