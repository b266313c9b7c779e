import type { SharedFile } from '../../model/content.ts'
import { preview } from './preview.ts'
import { visibleLine } from './visible-text.ts'

/** A shared file, told in a line. It is never loaded from where it lies. */
export interface FileLine {
  readonly name: string
  /** Only of http and https. */
  readonly href?: string
  /** Where it lies, what it is, how long: «files.example.org · image/png · 1.2 MB». */
  readonly facts: string
  readonly description?: string
}

const LONGEST = 120
const UNITS = ['kB', 'MB', 'GB', 'TB'] as const

export function fileLine ({ url, name, type, size, description }: SharedFile): FileLine {
  const link = linkOf(url)
  const facts = [
    link?.host ?? (url === undefined ? 'no address yet' : preview(url, LONGEST)),
    type === undefined ? '' : preview(type, LONGEST),
    size === undefined || !(size >= 0) ? '' : sizeText(size)
  ].filter(fact => fact !== '')
  const told = description === undefined ? '' : preview(description, 2 * LONGEST)
  return {
    name: fileName({ ...(name === undefined ? {} : { name }), ...(url === undefined ? {} : { url }) }),
    ...(link === undefined ? {} : { href: link.href }),
    facts: facts.join(' · '),
    ...(told === '' ? {} : { description: told })
  }
}

/** As its sender names it, or else the end of its address. */
export function fileName ({ name, url }: Pick<SharedFile, 'name' | 'url'>): string {
  const named = visibleLine(name ?? '')
  return preview(named === '' ? lastOf(linkOf(url)) : named, LONGEST)
}

function linkOf (url: string | undefined): URL | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const parsed = new URL(url)
  return (parsed.protocol === 'http:' || parsed.protocol === 'https:') && parsed.hostname !== '' ? parsed : undefined
}

function lastOf (link: URL | undefined): string {
  const last = link?.pathname.split('/').filter(segment => segment !== '').at(-1)
  return last === undefined ? 'a file' : visibleLine(decoded(last)) || 'a file'
}

function decoded (segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** «812 bytes», «12.3 kB»; a kilobyte has 1,000 bytes. */
export function sizeText (bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  let size = bytes
  let unit = -1
  do {
    size /= 1000
    unit += 1
  } while (size >= 999.5 && unit < UNITS.length - 1)
  return `${size < 99.95 ? size.toFixed(1).replace('.0', '') : size.toFixed(0)} ${UNITS[unit] ?? ''}`
}
