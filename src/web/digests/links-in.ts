import { contentOf } from '../../model/content.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { linkify } from '../view/linkify.ts'
import { shownBody } from '../view/shown-body.ts'
import { visibleText } from '../view/visible-text.ts'

/** Longer ones are data rather than addresses of pages. */
const MAX_LENGTH = 2_000
const MOST = 50
// Beyond this nothing is looked for in a text.
const SEARCHED = 20_000

/** The web addresses that a message shows, each once, its files among them; what is behind a spoiler is not shown. */
export function linksIn (event: ArchivedEvent): string[] {
  const { files = [], spoiler, encrypted } = contentOf(event)
  if (spoiler !== undefined || encrypted !== undefined) return []
  const body = shownBody(event) ?? ''
  const inText = /https?:/i.test(body) ? linkify(visibleText(body.slice(0, SEARCHED))).flatMap(({ href }) => href ?? []) : []
  const addresses = [...inText, ...files.flatMap(({ url }) => url !== undefined && URL.canParse(url) ? new URL(url).href : [])]
  return [...new Set(addresses)].filter(url => /^https?:/.test(url) && url.length <= MAX_LENGTH).slice(0, MOST)
}

/** What links are grouped by. */
export function hostOf (url: string): string {
  return new URL(url).hostname.replace(/^www\./, '')
}
