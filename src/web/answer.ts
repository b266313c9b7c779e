import type { FastifyReply } from 'fastify'
import type { PublishedRoom } from '../access/can-read.ts'
import { neverCached, noIndex } from './caching.ts'
import type { Problem } from './errors.ts'

/** What the layout needs of a page. */
export interface Head {
  readonly title: string
  readonly description?: string
  /** Absolute address of the page that search engines should take for this one. */
  readonly canonical?: string
  /** The room that the page is about: the search box of the page is then limited to it. */
  readonly room?: PublishedRoom
  /** Other forms of the same page. */
  readonly alternates?: ReadonlyArray<{ readonly type: string, readonly href: string, readonly name: string }>
  /** For previews of links; with the time of what is told where it has one. */
  readonly openGraph?: { readonly type: string, readonly url: string, readonly publishedTime?: string | undefined }
  /** Of a search: the addresses of its feed and of the same as JSON. */
  readonly searchFeed?: string
  readonly searchJson?: string
}

export interface PageModel {
  readonly head: Head
}

/** `view` is the name of a template. */
export async function sendPage<Model extends PageModel> (reply: FastifyReply, view: string, model: Model): Promise<FastifyReply> {
  return reply.type('text/html; charset=utf-8').send(await reply.viewAsync(view, model))
}

export function sendText (reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(text)
}

/** In the form that was asked for, as the path says. Nothing of the request is repeated: two refusals are equal byte for byte. */
export async function sendProblem (reply: FastifyReply, problem: Problem): Promise<FastifyReply> {
  problemHeaders(reply, problem)
  const path = reply.request.url.split('?', 1)[0] ?? ''
  if (/\.jsonl?$|^\/healthz$/.test(path)) return reply.type('application/json; charset=utf-8').send({ error: problem.code, message: problem.text })
  if (/\.(?:txt|sse|atom)$/.test(path)) return sendProblemText(reply, problem)
  return sendPage(reply, 'problem', { head: { title: problem.title }, problem })
}

export function sendProblemText (reply: FastifyReply, problem: Problem): FastifyReply {
  problemHeaders(reply, problem)
  return sendText(reply, `${problem.title}\n${problem.text}\n`)
}

export function problemHeaders (reply: FastifyReply, problem: Problem): void {
  neverCached(reply)
  noIndex(reply)
  reply.code(problem.status).removeHeader('etag')
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', String(problem.retryAfterSeconds))
  if (problem.status === 405) reply.header('allow', 'GET, HEAD')
}
