import type { SharedFile } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { child, children } from './element.ts'
import type { Element } from './element.ts'
import { addressesOf, bestUrl, fileIn, parseFileMetadata } from './file-metadata.ts'
import { NS } from './namespaces.ts'

/**
 * XEP-0447: files that a message shares. A message that names the source of a file shared before (§3.3) shares what can be
 * had there: it comes after the one without a source, and is a message of its own.
 */
export function parseSfs (message: Element): SharedFile[] {
  const shared = children(message, 'file-sharing', NS.SFS).map(sharing => {
    const file = fileIn(sharing)
    return defined({ url: sourceOf(child(sharing, 'sources')), ...(file === undefined ? {} : parseFileMetadata(file)) })
  })
  const attached = children(message, 'sources', NS.SFS).map(sources => defined({ url: sourceOf(sources) }))
  return [...shared, ...attached]
}

function sourceOf (sources: Element | undefined): string | undefined {
  return bestUrl(sources === undefined ? [] : addressesOf(children(sources, 'url-data', NS.URL_DATA), 'target'))
}
