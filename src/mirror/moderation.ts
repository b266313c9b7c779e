import { bareOf, tryParseJid } from '../model/address.ts'
import type { BareJid, RoomJid } from '../model/address.ts'
import { attribute, child, elementsOf } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'
import { buildOccupantId } from './occupant-id.ts'

export interface ModerationOptions {
  readonly room: RoomJid
  readonly archive: BareJid
  /** From the room's own id of an occupant to ours. */
  readonly occupantIdOf: (occupant: string) => string | undefined
}

/** XEP-0425 §4: who moderated is named as the speakers are, by nick and id at our address; by nothing else that the room may tell. */
export function readdressModerators (message: Element, { room, archive, occupantIdOf }: ModerationOptions): void {
  for (const moderated of elementsOf(message).flatMap(elementsOf).filter(isModerated)) {
    const by = tryParseJid(attribute(moderated, 'by'))
    if (by !== undefined && bareOf(by) === room) moderated.attrs['by'] = by.resource === '' ? archive : `${archive}/${by.resource}`
    else delete moderated.attrs['by']
    const theirs = attribute(child(moderated, 'occupant-id', NS.OCCUPANT_ID), 'id')
    moderated.children = moderated.children.filter(node => typeof node === 'string' || node.getNS() !== NS.OCCUPANT_ID)
    const ours = theirs === undefined ? undefined : occupantIdOf(theirs)
    if (ours !== undefined) moderated.append(buildOccupantId(ours))
  }
}

function isModerated (element: Element): boolean {
  return element.is('moderated', NS.MODERATE) || element.is('moderated', NS.MODERATE_0)
}
