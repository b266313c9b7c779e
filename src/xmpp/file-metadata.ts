import type { SharedFile } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { atMost, beginning } from './bounded.ts'
import { attribute, children, elementsOf } from './element.ts'
import type { Element } from './element.ts'
import { parseHashes } from './hashes.ts'

export const MAX_DESCRIPTION = 1_000
const MAX_URL = 4_096
const MAX_NAME = 255
const MEDIA_TYPE = /^[\w.+-]{1,127}\/[\w.+-]{1,127}$/
// Control characters, and such as turn the direction of what follows: photo_gpj.exe is not to look like a picture.
const MISLEADING = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** What a file is said to be: the children of <file/> in XEP-0446, and in XEP-0234, whose names are the same. */
export function parseFileMetadata (file: Element): Omit<SharedFile, 'url'> {
  const text = (name: string): string | undefined => children(file, name)[0]?.getText().trim()
  const type = text('media-type')
  const size = text('size')
  const hashes = parseHashes(file)
  return defined({
    name: beginning(MAX_NAME, text('name')?.replace(MISLEADING, '')),
    type: type !== undefined && MEDIA_TYPE.test(type) ? type : undefined,
    size: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    description: beginning(MAX_DESCRIPTION, text('desc')),
    hashes: Object.keys(hashes).length === 0 ? undefined : hashes
  })
}

/** An address as sent, white space around it left out. */
export function urlOf (text: string | undefined): string | undefined {
  return atMost(MAX_URL, text?.trim())
}

/** Of several sources the first that a browser can open, else the first. */
export function bestUrl (urls: ReadonlyArray<string | undefined>): string | undefined {
  return urls.find(url => /^https?:/i.test(url ?? '')) ?? urls.find(url => url !== undefined)
}

/** The first child <file/>, whatever version of XEP-0234 or XEP-0446 its namespace is of. */
export function fileIn (parent: Element): Element | undefined {
  return elementsOf(parent).find(element => element.getName() === 'file')
}

/** The attribute of each source that is its address. */
export function addressesOf (sources: readonly Element[], name: 'target' | 'uri'): Array<string | undefined> {
  return sources.map(source => urlOf(attribute(source, name)))
}
