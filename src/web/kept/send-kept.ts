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

type Files = Readonly<Partial<Record<Encoding, KeptFile>>>
type Keeper = Pick<Site, 'kept' | 'brotli'>

const zip = promisify(gzip)
const unzip = promisify(gunzip)

/**
 * Answers with the page where it is kept, in the encoding that the client likes best, and says whether it did. Headers about
 * caching are the caller's.
 */
export async function sendKept (request: FastifyRequest, reply: FastifyReply, { kept, brotli }: Keeper, page: KeptPage): Promise<boolean> {
  const accepted = acceptedEncodings(request.headers['accept-encoding'])
  const asked = request.headers['if-none-match']
  const smaller = await kept.find(keyOf(page, 'br'))
  // What is asked for most often needs one look only.
  const isEnough = smaller !== undefined && accepted[0] === 'br' && (asked === undefined || matches(asked, tagOf({ br: smaller }, 'br')))
  const zipped = isEnough ? undefined : await kept.find(keyOf(page, 'gzip'))
  if (zipped === undefined && !isEnough) return false
  if (zipped !== undefined && smaller === undefined) brotli.add(keyOf(page, 'gzip'), keyOf(page, 'br'))
  const files: Files = { ...smaller && { br: smaller }, ...zipped && { gzip: zipped, identity: zipped } }
  const choice = accepted.filter(encoding => files[encoding] !== undefined)
  const known = choice.find(encoding => matches(asked, tagOf(files, encoding)))
  const encoding = known ?? choice[0] ?? 'identity'
  const content = known === undefined ? await kept.get(keyOf(page, encoding === 'br' ? 'br' : 'gzip')) : undefined
  // It may be gone by now.
  if (known === undefined && content === undefined) return false
  reply.header('etag', tagOf(files, encoding)).header('vary', 'Accept-Encoding')
  if (content === undefined) void reply.code(304).send()
  else if (encoding === 'identity') void reply.type(page.type).send((await unzip(content)).toString())
  else void reply.type(page.type).header('content-encoding', encoding).send(content)
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
function tagOf (files: Files, encoding: Encoding): string {
  return `"${files[encoding]?.hash ?? ''}${encoding === 'identity' ? '-identity' : ''}"`
}
