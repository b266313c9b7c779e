import type { PublishedRoom } from '../access/can-read.ts'
import type { ArchiveStore } from '../archive/store.ts'
import type { ArchiveExtras } from '../mam/discovery.ts'
import type { RoomJid } from '../model/address.ts'
import type { Micros } from '../model/archive-time.ts'
import { buildForm } from '../xmpp/data-form.ts'
import { NS } from '../xmpp/namespaces.ts'
import { BOUNDS } from './bounds.ts'

export interface MirrorFacts {
  readonly subject: string
  readonly visitors: number
  readonly talk: TalkFacts
}

export interface TalkFacts {
  readonly count: number
  readonly first: string | undefined
  readonly last: string | undefined
}

const SELF_PING_OPTIMIZATION = `${NS.MUC}#self-ping-optimization`
/** The FORM_TYPE of what our archives tell of their extent. */
export const ARCHIVE_FORM = 'urn:hansard:archive:0'

/** What a mirror room says of itself beside what its archive says (XEP-0045 §6.4). */
export function mirrorInfo (room: PublishedRoom, { subject, visitors, talk }: MirrorFacts): ArchiveExtras {
  const { count, first, last } = talk
  return {
    features: [
      NS.MUC, NS.MUC_STABLE_ID, NS.OCCUPANT_ID, SELF_PING_OPTIMIZATION,
      'muc_moderated', room.isOpen === false ? 'muc_membersonly' : 'muc_open', room.level === 'unlisted' ? 'muc_hidden' : 'muc_public',
      'muc_persistent', 'muc_semianonymous', 'muc_unsecured'
    ],
    roomInfo: [
      { var: 'muc#roominfo_subject', values: [subject] },
      ...room.language === undefined ? [] : [{ var: 'muc#roominfo_lang', values: [room.language] }],
      ...room.contacts === undefined ? [] : [{ var: 'muc#roominfo_contactjid', values: room.contacts }],
      { var: 'muc#roominfo_subjectmod', values: ['0'] },
      { var: 'muc#roominfo_occupants', values: [String(visitors)] },
      { var: 'muc#maxhistoryfetch', values: [String(BOUNDS.maxHistory)] }
    ],
    forms: [
      buildForm('result', ARCHIVE_FORM, [
        { var: 'first', values: first === undefined ? [] : [first] },
        { var: 'last', values: last === undefined ? [] : [last] },
        { var: 'count', values: [String(count)] }
      ])
    ]
  }
}

const KEPT: Micros = 5_000_000

/** How much there is in an archive. Kept for some seconds, so that it costs the same however often it is asked for. */
export function createTalkFacts ({ store, now }: {
  readonly store: Pick<ArchiveStore, 'page' | 'count'>
  readonly now: () => Micros
}): (room: RoomJid) => Promise<TalkFacts> {
  const known = new Map<RoomJid, { readonly at: Micros, readonly facts: Promise<TalkFacts> }>()

  return async room => {
    const before = known.get(room)
    if (before !== undefined && now() - before.at < KEPT) return before.facts
    const facts = findTalkFacts(store, room)
    known.set(room, { at: now(), facts })
    facts.catch(() => { known.delete(room) })
    return facts
  }
}

async function findTalkFacts (store: Pick<ArchiveStore, 'page' | 'count'>, room: RoomJid): Promise<TalkFacts> {
  const edge = { stream: 'talk' as const, limit: 1 }
  const [count, { events: [first] }, { events: [last] }] = await Promise.all([
    store.count(room, { stream: 'talk' }),
    store.page(room, edge),
    store.page(room, { ...edge, reverse: true })
  ])
  return { count, first: first?.time, last: last?.time }
}
