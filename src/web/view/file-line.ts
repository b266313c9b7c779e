import type { SharedFile } from '../../model/content.ts'
import type { Words } from '../language/words.ts'
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

export function fileLine ({ url, name, type, size, description }: SharedFile, words: Words): FileLine {
  const link = linkOf(url)
  const facts = [
    link?.host ?? (url === undefined ? words.file.noAddress : preview(url, LONGEST)),
    type === undefined ? '' : preview(type, LONGEST),
    size === undefined || !(size >= 0) ? '' : sizeText(size, words)
  ].filter(fact => fact !== '')
  const told = description === undefined ? '' : preview(description, 2 * LONGEST)
  return {
    name: fileName({ ...(name === undefined ? {} : { name }), ...(url === undefined ? {} : { url }) }, words),
    ...(link === undefined ? {} : { href: link.href }),
    facts: facts.join(' · '),
    ...(told === '' ? {} : { description: told })
  }
}

/** As its sender names it, or else the end of its address. */
export function fileName ({ name, url }: Pick<SharedFile, 'name' | 'url'>, { file }: Pick<Words, 'file'>): string {
  const named = visibleLine(name ?? '')
  return preview(named === '' ? lastOf(linkOf(url)) ?? file.aFile : named, LONGEST)
}

function linkOf (url: string | undefined): URL | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const parsed = new URL(url)
  return (parsed.protocol === 'http:' || parsed.protocol === 'https:') && parsed.hostname !== '' ? parsed : undefined
}

function lastOf (link: URL | undefined): string | undefined {
  const last = link?.pathname.split('/').filter(segment => segment !== '').at(-1)
  return last === undefined ? undefined : visibleLine(decoded(last)) || undefined
}

function decoded (segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** «812 bytes», «12.3 kB»; a kilobyte has 1,000 bytes. */
export function sizeText (bytes: number, { file, decimal, grouped }: Pick<Words, 'file' | 'decimal' | 'grouped'>): string {
  if (bytes < 1000) return file.bytes(bytes)
  let size = bytes
  let unit = -1
  do {
    size /= 1000
    unit += 1
  } while (size >= 999.5 && unit < file.units.length - 1)
  return `${size < 99.95 ? decimal(size) : grouped(Math.round(size))} ${file.units[unit] ?? ''}`
}
