import { attribute, child } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

/** XEP-0466: whether the sender wants the message to vanish some time after it was read. A timer of 0 turns that off. */
export function isEphemeral (message: Element): boolean {
  const ephemeral = child(message, 'ephemeral', NS.EPHEMERAL)
  return ephemeral !== undefined && !/^\s*0+(?:\.0*)?\s*$/.test(attribute(ephemeral, 'timer') ?? '')
}
