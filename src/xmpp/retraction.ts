import { bareOf, tryParseJid } from '../model/address.ts'
import type { BareJid } from '../model/address.ts'
import { defined } from '../model/defined.ts'
import { atMost, beginning, MAX_ID } from './bounded.ts'
import { attribute, child, childOf, textOf } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

const MAX_REASON = 1_000

/** A removal that is asked for or told. */
export interface Retraction {
  readonly retracts: string
  /** XEP-0425: it claims to tell of a moderator's removal. To be believed of the room itself only. */
  readonly isModeration: boolean
  readonly reason?: string
  /** The moderator's nick; a real address is never taken for it. */
  readonly actor?: string
}

/** Reads XEP-0424 and XEP-0425, in their present form and in the one that was wrapped by XEP-0422. */
export function parseRetraction (message: Element, room: BareJid): Retraction | undefined {
  const retract = child(message, 'retract', NS.RETRACT)
  if (retract !== undefined) {
    const moderated = child(retract, 'moderated', NS.MODERATE)
    // Inside is where the older form has it.
    return build(retract, moderated, textOf(retract, 'reason') ?? (moderated === undefined ? undefined : textOf(moderated, 'reason')), room)
  }
  const applyTo = child(message, 'apply-to', NS.FASTEN)
  if (applyTo === undefined) return undefined
  const moderated = childOf(applyTo, NS.MODERATE_0)
  if (moderated !== undefined) return build(applyTo, moderated, textOf(moderated, 'reason'), room)
  const isRetraction = (childOf(applyTo, NS.RETRACT_0) ?? childOf(applyTo, NS.RETRACT_ESL)) !== undefined
  return isRetraction ? build(applyTo, undefined, undefined, room) : undefined
}

function build (naming: Element, moderated: Element | undefined, reason: string | undefined, room: BareJid): Retraction | undefined {
  const retracts = atMost(MAX_ID, attribute(naming, 'id'))
  if (retracts === undefined) return undefined
  const by = moderated === undefined ? undefined : tryParseJid(attribute(moderated, 'by'))
  const actor = by !== undefined && by.resource !== '' && bareOf(by) === room ? by.resource : undefined
  return { retracts, isModeration: moderated !== undefined, ...defined({ reason: beginning(MAX_REASON, reason), actor }) }
}
