import { pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptedEncodings } from './encodings.ts'
import type { Encoding } from './encodings.ts'

/** What fits into the first packet of an answer is not worth the work. */
const MIN_BYTES = 1_400
const TEXT = /^(?:text\/|image\/svg|application\/(?:javascript|json|jsonl|(?:[\w.-]+\+)?(?:xml|json)))/
const STREAM = /^text\/event-stream/

const GZIP = { level: 5 }
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } }

const zip = promisify(gzip)
const squeeze = promisify(brotliCompress)

/**
 * Compresses whole answers of text and our static files as they are sent, lightly: each answer is made once, each file is
 * fetched once by a reader. Streams, kept pages and files that are compressed already stay as they are.
 */
export async function compressWhole (request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const tag = reply.getHeader('etag')
  if (reply.statusCode === 304 && typeof tag === 'string') {
    echoTag(request, reply, tag)
    return payload
  }
  const isFile = payload instanceof Readable && reply.statusCode === 200 && request.url.startsWith('/static/')
  if (!(typeof payload === 'string' || isFile) || reply.hasHeader('content-encoding')) return payload
  const type = String(reply.getHeader('content-type') ?? '')
  if (!TEXT.test(type) || STREAM.test(type)) return payload
  reply.header('vary', 'Accept-Encoding')
  const [encoding = 'identity'] = acceptedEncodings(request.headers['accept-encoding'])
  const length = typeof payload === 'string' ? payload.length : Number(reply.getHeader('content-length') ?? 0)
  if (encoding === 'identity' || length < MIN_BYTES) return payload
  if (typeof tag === 'string') reply.header('etag', encodedTag(tag, encoding))
  reply.header('content-encoding', encoding).removeHeader('content-length')
  if (typeof payload === 'string') return encoding === 'br' ? squeeze(payload, BROTLI) : zip(payload, GZIP)
  return pipeline(payload, encoding === 'br' ? createBrotliCompress(BROTLI) : createGzip(GZIP), () => {})
}

// The tag of the form that the client has.
function echoTag (request: FastifyRequest, reply: FastifyReply, tag: string): void {
  reply.header('vary', 'Accept-Encoding')
  const known = ENCODED.map(encoding => encodedTag(tag, encoding)).find(form => request.headers['if-none-match']?.includes(form) === true)
  if (known !== undefined) reply.header('etag', known)
}

const ENCODED: readonly Encoding[] = ['br', 'gzip']

function encodedTag (tag: string, encoding: Encoding): string {
  return tag.replace(/"$/, `-${encoding}"`)
}
