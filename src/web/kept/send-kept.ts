import { basename, dirname } from 'node:path'
import { promisify } from 'node:util'
import { constants, gunzip, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptedEncodings } from '../encodings.ts'
import type { Encoding } from '../encodings.ts'
import type { Site } from '../site.ts'
import { matches } from '../validator.ts'
import type { KeptFile } from './kept-files.ts'
import type { KeptKey } from './kept-path.ts'

/** A page that is the same for all readers until what it was made from changes. */
export interface KeptPage {
  /** Without the name. */
  readonly key: Omit<KeptKey, 'name'>
  readonly name: string
  /** The media type. */
  readonly type: string
}

type Keeper = Pick<Site, 'kept' | 'brotli'>

const zip = promisify(gzip)
const unzip = promisify(gunzip)

const vanished = new WeakSet<FastifyRequest>()

/** Whether the answer was to be a kept file, which is not there any more: asked again it is made anew. */
export function hasVanished (request: FastifyRequest): boolean {
  return vanished.has(request)
}

/**
 * Answers with the page where it is kept, in the encoding that the client likes best, and says whether it did. Headers about
 * caching are the caller's.
 */
export async function sendKept (request: FastifyRequest, reply: FastifyReply, { kept, brotli }: Keeper, page: KeptPage): Promise<boolean> {
  const zipped = await kept.find(keyOf(page, 'gzip'))
  if (zipped === undefined) return false
  const smaller = await kept.find(keyOf(page, 'br'))
  if (smaller === undefined) brotli.add(keyOf(page, 'gzip'), keyOf(page, 'br'))
  const files: Readonly<Record<Encoding, KeptFile | undefined>> = { br: smaller, gzip: zipped, identity: zipped }
  const accepted = acceptedEncodings(request.headers['accept-encoding']).filter(encoding => files[encoding] !== undefined)
  const known = accepted.find(encoding => matches(request.headers['if-none-match'], tagOf(files, encoding)))
  const encoding = known ?? accepted[0] ?? 'identity'
  const file = files[encoding] ?? zipped
  reply.header('etag', tagOf(files, encoding)).header('vary', 'Accept-Encoding')
  if (known !== undefined) {
    void reply.code(304).send()
    return true
  }
  reply.type(page.type)
  if (encoding === 'identity') {
    const content = await kept.get(keyOf(page, 'gzip'))
    if (content === undefined) return false
    void reply.send((await unzip(content)).toString())
    return true
  }
  reply.header('content-encoding', encoding)
  vanished.add(request)
  void reply.sendFile(basename(file.path), dirname(file.path), {
    acceptRanges: false, cacheControl: false, contentType: false, etag: false, lastModified: false
  })
  return true
}

/** Keeps the page compressed; a better compression follows when there is time. Resolves whether it is kept. */
export async function keepPage ({ kept, brotli }: Keeper, page: KeptPage, content: string): Promise<boolean> {
  const file = await kept.put(keyOf(page, 'gzip'), await zip(content, { level: constants.Z_DEFAULT_LEVEL }))
  if (file !== undefined) brotli.add(keyOf(page, 'gzip'), keyOf(page, 'br'))
  return file !== undefined
}

function keyOf ({ key, name }: KeptPage, encoding: 'gzip' | 'br'): KeptKey {
  return { ...key, name: `${name}.${encoding === 'br' ? 'br' : 'gz'}` }
}

// What everybody can read is the content of the gzip file, whose bytes are never sent under this tag.
function tagOf (files: Readonly<Record<Encoding, KeptFile | undefined>>, encoding: Encoding): string {
  return `"${files[encoding]?.hash ?? ''}${encoding === 'identity' ? '-identity' : ''}"`
}
