import { child } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

/** XEP-0393 §5: whether the sender wants the text to be shown as it is. */
export function isUnstyled (message: Element): boolean {
  return child(message, 'unstyled', NS.STYLING) !== undefined
}
