import type { PublishedRoom } from '../access/can-read.ts'
import { CHANNEL_SEARCH } from '../xmpp/channel-search.ts'
import { buildForm } from '../xmpp/data-form.ts'
import type { Field } from '../xmpp/data-form.ts'
import { buildDataPolicy } from '../xmpp/data-policy.ts'
import { buildInfo } from '../xmpp/disco.ts'
import type { Identity } from '../xmpp/disco.ts'
import { xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'

const FULLTEXT = `{${NS.FULLTEXT}}fulltext`
export const MAM_EXTENDED = `${NS.MAM}#extended`
const TOMBSTONE = `${NS.RETRACT}#tombstone`

/** What a service says of itself at its own address. */
export interface ServiceFacts {
  readonly identity: Identity
  readonly features: readonly string[]
  /** Whether it tells its version. */
  readonly hasVersion: boolean
  readonly siteUrl: string
}

export function serviceInfo ({ identity, features, hasVersion, siteUrl }: ServiceFacts): Element {
  const all = [NS.DISCO_ITEMS, NS.PING, CHANNEL_SEARCH, ...(hasVersion ? [NS.VERSION] : []), ...features]
  return buildInfo([identity], all, { forms: [policy(siteUrl)] })
}

/** What stands at an archive's address beside the archive, as a room does. */
export interface ArchiveExtras {
  readonly features?: readonly string[]
  /** Further fields of muc#roominfo. */
  readonly roomInfo?: readonly Field[]
  readonly forms?: readonly Element[]
}

/** What an archive says of itself, with where its logs are on the web (XEP-0045 §16.5.4, muc#roominfo_logs). */
export function archiveInfo (
  room: PublishedRoom, siteUrl: string, { features = [], roomInfo = [], forms = [] }: ArchiveExtras = {}, node?: string
): Element {
  const own = [
    buildForm('result', NS.MUC_ROOM_INFO, [
      { var: 'muc#roominfo_description', values: [room.description] },
      ...roomInfo,
      { var: 'muc#roominfo_logs', values: [`${siteUrl}/r/${room.slug}/`] }
    ]),
    // Some clients look for the search field here before they ask for the form.
    buildForm('result', NS.MAM, [{ var: FULLTEXT }, { var: 'fulltext' }]),
    policy(siteUrl, room.keptDays)
  ]
  const identity = { category: 'conference', type: 'text', name: room.title }
  const all = [
    NS.MAM, MAM_EXTENDED, NS.STANZA_ID, NS.FULLTEXT, NS.RETRACT, TOMBSTONE, NS.PING,
    // Behind a node the room's own occupant ids are shown, which not every room gives.
    ...(node === undefined ? [NS.OCCUPANT_ID] : []),
    ...features
  ]
  return buildInfo([identity], all, { node, forms: [...own, ...forms] })
}

/** XEP-0313 §4.1.5: the fields a query may use. */
export function queryForm (node?: string): Element {
  return xml('query', { xmlns: NS.MAM, node }, buildForm('form', NS.MAM, [
    { var: 'with', type: 'jid-single' },
    { var: 'start', type: 'text-single' },
    { var: 'end', type: 'text-single' },
    { var: 'before-id', type: 'text-single' },
    { var: 'after-id', type: 'text-single' },
    { var: 'ids', type: 'list-multi', isOpen: true },
    { var: FULLTEXT, type: 'text-single' }
  ]))
}

// Whoever takes back in the room what he said (XEP-0424) takes it out of the archive.
function policy (siteUrl: string, keptDays?: number): Element {
  return buildDataPolicy({ retention: keptDays === undefined ? 'infinite' : keptDays * 24, isDeletable: true, notes: [`${siteUrl}/privacy`] })
}
