import { bareOf, tryParseJid } from '../model/address.ts'
import type { BareJid, RoomJid } from '../model/address.ts'
import type { Affiliation } from '../model/affiliation.ts'
import { defined } from '../model/defined.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import { buildInfoRequest, parseInfo } from '../xmpp/disco.ts'
import type { DiscoInfo } from '../xmpp/disco.ts'
import { NS } from '../xmpp/namespaces.ts'
import { valueOf } from '../xmpp/data-form.ts'

/** What a room says of itself. */
export interface RoomInfo {
  readonly name: string | undefined
  readonly description: string | undefined
  /** Neither members-only nor behind a password. */
  readonly isOpen: boolean
  readonly hasMam: boolean
  /** Whether its stanza-ids (XEP-0359 §5) and occupant-ids (XEP-0421 §4) may be trusted: only where it advertises them. */
  readonly hasStanzaIds: boolean
  readonly hasOccupantIds: boolean
  /** Whether every occupant sees the real addresses of the others; undefined where the room does not say. */
  readonly isNonAnonymous?: boolean
  /** A language tag (BCP 47). */
  readonly language?: string
  readonly contacts?: readonly BareJid[]
  /** Who is more or less than nobody to the room; only while we are in it and it tells us. */
  readonly affiliations?: ReadonlyMap<BareJid, Affiliation>
}

const MAX_CONTACTS = 20

/** Asks the room. Rejects as a request does; a room that does not exist is a StanzaError item-not-found or gone. */
export async function askRoomInfo (connection: Pick<XmppConnection, 'request'>, room: RoomJid): Promise<RoomInfo> {
  return toRoomInfo(parseInfo(await connection.request(buildInfoRequest(room))))
}

export function toRoomInfo ({ identities, features, forms }: DiscoInfo): RoomInfo {
  const identity = identities.find(({ category }) => category === 'conference')
  const form = forms.find(({ formType }) => formType === NS.MUC_ROOM_INFO)
  return {
    name: orUndefined(identity?.name),
    description: orUndefined(valueOf(form, 'muc#roominfo_description')),
    isOpen: !features.has('muc_membersonly') && !features.has('muc_passwordprotected'),
    hasMam: features.has(NS.MAM),
    hasStanzaIds: features.has(NS.STANZA_ID),
    hasOccupantIds: features.has(NS.OCCUPANT_ID),
    ...defined({
      isNonAnonymous: features.has('muc_nonanonymous') ? true : ANONYMOUS.some(name => features.has(name)) ? false : undefined,
      language: toLanguage(valueOf(form, 'muc#roominfo_lang')),
      contacts: toContacts(form?.fields.get('muc#roominfo_contactjid') ?? [])
    })
  }
}

const ANONYMOUS = ['muc_semianonymous', 'muc_fullyanonymous', 'muc_anonymous']

function toLanguage (text: string | undefined): string | undefined {
  try {
    return Intl.getCanonicalLocales(text?.trim())[0]
  } catch {
    return undefined
  }
}

function toContacts (texts: readonly string[]): readonly BareJid[] | undefined {
  const contacts = new Set(texts.slice(0, MAX_CONTACTS).flatMap(text => {
    const jid = tryParseJid(text.trim())
    return jid === undefined ? [] : bareOf(jid)
  }))
  return contacts.size === 0 ? undefined : [...contacts]
}

function orUndefined (text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}
