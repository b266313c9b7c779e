import type { PublishedRoom } from '../access/can-read.ts'
import { buildForm } from '../xmpp/data-form.ts'
import { buildInfo, buildItems } from '../xmpp/disco.ts'
import { xml } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { NS } from '../xmpp/namespaces.ts'

const FULLTEXT = `{${NS.FULLTEXT}}fulltext`

export function serviceInfo (title: string): Element {
  return buildInfo([{ category: 'component', type: 'generic', name: title }], [NS.DISCO_ITEMS, NS.PING])
}

export function serviceItems (items: ReadonlyArray<{ readonly jid: string, readonly name: string }>): Element {
  return buildItems(items)
}

/** What an archive JID says of itself, with where its logs are on the web (XEP-0045 §16.5.4, muc#roominfo_logs). */
export function archiveInfo (room: PublishedRoom, siteUrl: string): Element {
  const forms = [
    buildForm('result', NS.MUC_ROOM_INFO, [
      { var: 'muc#roominfo_description', values: [room.description] },
      { var: 'muc#roominfo_logs', values: [`${siteUrl}/r/${room.slug}/`] }
    ]),
    // Some clients look for the search field here before they ask for the form.
    buildForm('result', NS.MAM, [{ var: FULLTEXT }])
  ]
  const identity = { category: 'conference', type: 'text', name: room.title }
  return buildInfo([identity], [NS.MAM, NS.STANZA_ID, NS.FULLTEXT, NS.PING], { forms })
}

/** XEP-0313 §4.1.6: the fields a query may use. */
export function queryForm (): Element {
  return xml('query', { xmlns: NS.MAM }, buildForm('form', NS.MAM, [
    { var: 'with', type: 'jid-single' },
    { var: 'start', type: 'text-single' },
    { var: 'end', type: 'text-single' },
    { var: FULLTEXT, type: 'text-single' }
  ]))
}
