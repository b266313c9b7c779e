/** A feed, as Atom (RFC 4287) has it. Times are RFC 3339, addresses absolute. */
export interface Feed {
  readonly id: string
  readonly title: string
  readonly subtitle?: string
  readonly updated: string
  /** Its own address. */
  readonly self: string
  /** The page that shows the same. */
  readonly page: string
  /** Goes on with what is older (RFC 5005). */
  readonly next?: string
  /** Newest first. */
  readonly entries: readonly FeedEntry[]
}

export interface FeedEntry {
  /** Stays the same whatever becomes of the entry. */
  readonly id: string
  readonly title: string
  readonly author: string
  readonly url: string
  readonly published: string
  readonly updated: string
  /** HTML; its addresses may begin with a slash. */
  readonly content: string
}

export function atomOf ({ id, title, subtitle, updated, self, page, next, entries }: Feed): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="${xmlText(new URL('/', self).href)}">`,
    ...element('id', id),
    ...element('title', title),
    ...(subtitle === undefined ? [] : element('subtitle', subtitle)),
    ...element('updated', updated),
    `<link rel="self" type="application/atom+xml" href="${xmlText(self)}"/>`,
    `<link rel="alternate" type="text/html" href="${xmlText(page)}"/>`,
    ...(next === undefined ? [] : [`<link rel="next" type="application/atom+xml" href="${xmlText(next)}"/>`]),
    '<generator>Hansard</generator>',
    ...entries.flatMap(entry => [
      '<entry>',
      ...element('id', entry.id),
      ...element('title', entry.title),
      `<author><name>${xmlText(entry.author)}</name></author>`,
      `<link rel="alternate" type="text/html" href="${xmlText(entry.url)}"/>`,
      ...element('published', entry.published),
      ...element('updated', entry.updated),
      `<content type="html">${xmlText(entry.content)}</content>`,
      '</entry>'
    ]),
    '</feed>',
    ''
  ].join('\n')
}

function element (name: string, text: string): string[] {
  return [`<${name}>${xmlText(text)}</${name}>`]
}

// What XML 1.0 §2.2 does not allow, half surrogate pairs among it; \r would come back as \n.
const ILLEGAL = /[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** For the content of an element and for an attribute. */
export function xmlText (text: string): string {
  return text.replace(ILLEGAL, '\uFFFD').replace(/[&<>"']/g, character => ENTITIES[character] ?? character)
}
