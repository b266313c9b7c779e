import { posix } from 'node:path'

/** What of the site is exported: only that is linked. */
export interface Reach {
  /** By slug. */
  readonly rooms: ReadonlySet<string>
  /** Whether the day, the month or the year (`2024-05-17`, `2024-05`, `2024`) of the room is in the export. */
  hasTime (slug: string, part: string): boolean
  /** Further pages of a room, by their names. */
  readonly pages: ReadonlySet<string>
}

const DAY_FORMS = ['.json', '.txt']

/** The file of a path of the site, relative to the folder of the export; undefined for what is not exported. */
export function fileOf (path: string, reach: Reach): string | undefined {
  if (path === '/') return 'index.html'
  if (/^\/(?:about|privacy|search)$/.test(path)) return `${path.slice(1)}.html`
  if (/^\/(?:static|search)(?:\/[\w-][\w.-]*)+$/.test(path)) return path.slice(1)
  const [, slug = '', part = ''] = /^\/r\/([\w.-]+)\/([\w.-]*)$/.exec(path) ?? []
  if (!reach.rooms.has(slug)) return undefined
  if (part === '') return `r/${slug}/index.html`
  const [, time, form = ''] = /^(\d{4}(?:-\d\d){0,2})(\.[a-z]+)?$/.exec(part) ?? []
  if (time === undefined) return reach.pages.has(part) ? `r/${slug}/${part}.html` : undefined
  if (!reach.hasTime(slug, time) || (form !== '' && (time.length < 10 || !DAY_FORMS.includes(form)))) return undefined
  return `r/${slug}/${time}${form === '' ? '.html' : form}`
}

// Tags of our own templates: every value stands in double quotes, and what people wrote is escaped.
const LINKING = /<(a|link|script|form|img)(?= )([^>]*)>/g
const ADDRESS = / (href|src|action)="(\/(?!\/)[^"#?]*)(\?[^"#]*)?(#[^"]*)?"/

/**
 * A page of the site as a file: its links go to other files, relatively, so that it may stand anywhere. A link to what is not exported
 * loses its address and keeps its text.
 * @param file its own, as fileOf() gives it
 */
export function relativeLinks (html: string, file: string, reach: Reach): string {
  return html.replace(LINKING, (tag: string, name: string, attributes: string) => {
    const [whole, attribute = '', path = '', query = '', hash = ''] = ADDRESS.exec(attributes) ?? []
    if (whole === undefined) return tag
    const target = fileOf(path, reach)
    // Pages of a static site do not look at queries, but that of the search.
    const isThere = target !== undefined && (query === '' || target === 'search.html' || !target.endsWith('.html'))
    if (isThere) return `<${name}${attributes.replace(whole, ` ${attribute}="${relative(file, target)}${query}${hash}"`)}>`
    return name === 'link' || name === 'script' ? '' : `<${name}${attributes.replace(whole, '').replace(/ rel="[^"]*"/, '')}>`
  })
}

/** From one file of the export to another. */
export function relative (from: string, to: string): string {
  return posix.relative(posix.dirname(from), to)
}

/** Paths of this site that a page links to. */
export function linkedPaths (html: string): string[] {
  return [...html.matchAll(LINKING)].flatMap(([, , attributes = '']) => ADDRESS.exec(attributes)?.[2] ?? [])
}
