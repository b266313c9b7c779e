import type { SharedFile } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { beginning } from './bounded.ts'
import { children, textOf } from './element.ts'
import type { Element } from './element.ts'
import { MAX_DESCRIPTION, urlOf } from './file-metadata.ts'
import { NS } from './namespaces.ts'

/** XEP-0066: addresses that go with a message. */
export function parseOob (message: Element): SharedFile[] {
  return children(message, 'x', NS.OOB).flatMap(x => {
    const url = urlOf(textOf(x, 'url'))
    return url === undefined ? [] : [{ url, ...defined({ description: beginning(MAX_DESCRIPTION, textOf(x, 'desc')) }) }]
  })
}
