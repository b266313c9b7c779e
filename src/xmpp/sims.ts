import type { SharedFile } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { child, children } from './element.ts'
import type { Element } from './element.ts'
import { addressesOf, bestUrl, fileIn, parseFileMetadata } from './file-metadata.ts'
import { NS } from './namespaces.ts'

/** XEP-0385: media that references of a message share. */
export function parseSims (message: Element): SharedFile[] {
  return children(message, 'reference', NS.REFERENCE).flatMap(reference => children(reference, 'media-sharing', NS.SIMS)).map(sharing => {
    const file = fileIn(sharing)
    const sources = child(sharing, 'sources')
    const url = bestUrl(sources === undefined ? [] : addressesOf(children(sources, 'reference', NS.REFERENCE), 'uri'))
    return defined({ url, ...(file === undefined ? {} : parseFileMetadata(file)) })
  })
}
