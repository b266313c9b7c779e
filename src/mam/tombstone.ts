import type { ArchivedEvent, Removal } from '../model/event.ts'
import { xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'

/**
 * What stands in the place of a removed message: that it was taken back by its author (XEP-0424 §5), or away by
 * somebody else (XEP-0425 §5), when, and why. `occupants` is the address whose occupants speak there.
 */
export function buildTombstone ({ message, removed }: ArchivedEvent & { readonly removed: Removal }, occupants: string): Element {
  const { by, time, reason, message: retraction, moderator } = removed
  return xml('message', { xmlns: NS.CLIENT, id: message },
    xml('retracted', { xmlns: NS.RETRACT, id: retraction, stamp: time },
      by === 'author' ? undefined : xml('moderated', { xmlns: NS.MODERATE, by: moderator === undefined ? undefined : `${occupants}/${moderator}` }),
      reason === undefined ? undefined : xml('reason', {}, reason)))
}
