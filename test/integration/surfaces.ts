import { get } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { child, textOf, xml } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import type { Talker } from '../servers/talker.ts'
import { ask, field, walk } from './mam-contract/stage.ts'

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly isZipped: boolean
}

/** Asked without and with gzip; bytes are told apart by what the answer says, as a browser does. */
export async function visit (url: string, isZipped = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': isZipped ? 'gzip' : 'identity' } }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        // A month to download.
        const isFile = response.headers['content-type'] === 'application/gzip'
        const isGzip = response.headers['content-encoding'] === 'gzip'
        const location = response.headers.location ?? ''
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text: `${location}\n${String(response.headers.link ?? '')}\n${(isGzip || isFile ? gunzipSync(bytes) : bytes).toString()}`,
          isZipped: isGzip
        })
      })
    }).on('error', reject)
  })
}

const LINK = /(?:href|src|action)="([^"]+)"|<loc>([^<]+)<\/loc>/g
const MAX_PAGES = 1_000

/** The answers of every address of the site that links lead to, and of those given. */
export async function crawl (site: string, publicUrl: string, known: readonly string[]): Promise<Map<string, Answer>> {
  const found = new Map<string, Answer>()
  const waiting = ['/', ...known]
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (found.has(path)) continue
    if (found.size > MAX_PAGES) throw new Error('the site has more pages than a test can visit')
    const answer = await visit(`${site}${path}`)
    found.set(path, answer)
    if (!/html|xml/.test(answer.type)) continue
    for (const [, href, loc] of answer.text.matchAll(LINK)) {
      const link = new URL((href ?? loc ?? '').replace(/&amp;/g, '&'), new URL(path, publicUrl))
      if (link.origin === new URL(publicUrl).origin && !/^\/static\/|\.sse$/.test(link.pathname)) waiting.push(`${link.pathname}${link.search}`)
    }
  }
  return found
}

/** What a stream without end tells until it comes to the marker. */
export async function streamedUpTo (marker: string, url: string): Promise<string> {
  const enough = new AbortController()
  const { body } = await fetch(url, { signal: AbortSignal.any([enough.signal, AbortSignal.timeout(15_000)]) })
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      if (text.includes(marker)) return text
    }
  } finally {
    enough.abort()
  }
  throw new Error(`the stream ended before it told ${marker}`)
}

/** What the archive at this address gives of the text: as it is walked, one by one, and by a search for it. */
export async function heldInArchive (talker: Talker, archive: string, text: string, uids: readonly string[]): Promise<string[]> {
  const pages = await walk(talker, archive, 100, false)
  const byId = await Promise.all(uids.map(async uid => ask(talker, archive, { form: field('ids', uid) }).catch(() => undefined)))
  const search = await ask(talker, archive, { form: field(`{${NS.FULLTEXT}}fulltext`, text) })
  return [
    ...pages.some(({ outer }) => outer.some(stanza => String(stanza).includes(text))) ? ['the archive'] : [],
    ...byId.some(answer => answer?.outer.some(stanza => String(stanza).includes(text))) ? ['the archive, by id'] : [],
    ...search.outer.length > 0 ? ['the archive, by full text'] : []
  ]
}

/** What somebody is told who enters the mirror room now. */
export async function enteringHears (talker: Talker, mirror: string): Promise<string[]> {
  const before = talker.received().length
  await talker.join(mirror, 'Newcomer')
  const isSubject = (): boolean => talker.received().slice(before).some(stanza => child(stanza, 'subject') !== undefined && textOf(stanza, 'body') === undefined)
  await talker.waitFor(() => isSubject())
  const heard = talker.received().slice(before).filter(({ name }) => name === 'message').map(String)
  await talker.leave(mirror)
  return heard
}

export function moderate (room: string, uid: string, reason: string): ReturnType<typeof xml> {
  return xml('iq', { type: 'set', to: room }, xml('moderate', { xmlns: NS.MODERATE, id: uid },
    xml('retract', { xmlns: NS.RETRACT }), xml('reason', {}, reason)))
}
