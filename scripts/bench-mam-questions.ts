import type { ArchiveStore, CountQuery, PageQuery } from '../src/archive/store.ts'
import type { RoomJid } from '../src/model/address.ts'
import { formatTime } from '../src/model/archive-time.ts'
import type { ArchiveTime, Micros } from '../src/model/archive-time.ts'
import { defined } from '../src/model/defined.ts'
import { buildForm } from '../src/xmpp/data-form.ts'
import { xml } from '../src/xmpp/element.ts'
import type { Element } from '../src/xmpp/element.ts'
import { NS } from '../src/xmpp/namespaces.ts'
import { buildRsm } from '../src/xmpp/rsm.ts'
import { nicksByTalk } from './bench-mam-talk.ts'
import type { Said } from './bench-mam-talk.ts'

/** One archive, by whatever program it is kept. */
export interface Archive {
  /** Where it is asked, and whose occupants speak there. */
  readonly jid: string
  readonly talk: readonly Said[]
  /** Its id of the message of this number. */
  readonly uid: (n: number) => string
}

/** What is measured: asked over XMPP, and of a store alone. */
export interface Question {
  readonly name: string
  /** How many messages a right answer brings; undefined where that depends. */
  readonly results?: number | undefined
  ask (archive: Archive, random: () => number): Element
  read (store: ArchiveStore, room: RoomJid, archive: Archive, random: () => number): Promise<unknown>
}

const PAGE = 50
const WEEK: Micros = 7 * 86_400e6

export const QUESTIONS: readonly Question[] = [
  page('first page', () => ({})),
  page('last page', () => ({ before: '' })),
  page('page after an id', (archive, random) => ({ after: archive.uid(place(archive, random)) })),
  page('page before an id', (archive, random) => ({ before: archive.uid(place(archive, random)) })),
  page('page from a time on', (archive, random) => ({ start: archive.talk[place(archive, random)]?.time ?? 0 })),
  { ...page('page of a week', week), results: undefined },
  page('page of one nick', archive => ({ nick: common(archive), before: '' })),
  count('how many', () => ({})),
  count('how many since a time', (archive, random) => ({ start: archive.talk[place(archive, random)]?.time ?? 0 })),
  count('how many of one nick', archive => ({ nick: common(archive) })),
  count('how many of one nick in a week', (archive, random) => ({ nick: common(archive), ...week(archive, random) })),
  {
    name: 'metadata',
    ask: () => xml('metadata', { xmlns: NS.MAM }),
    read: (store, room) => Promise.all([false, true].map(reverse => store.page(room, { stream: 'talk', limit: 1, reverse })))
  },
  {
    name: 'ten ids',
    results: 10,
    ask: (archive, random) => query([{ var: 'ids', values: ids(archive, random) }], { max: PAGE }),
    read: (store, room, archive, random) => store.getMany(room, ids(archive, random))
  }
]

interface Conditions {
  readonly start?: Micros
  readonly end?: Micros
  readonly nick?: string
}

type Wanted = Conditions & { readonly after?: string, readonly before?: string }
type Choose<T> = (archive: Archive, random: () => number) => T

function page (name: string, choose: Choose<Wanted>): Question {
  return {
    name,
    results: PAGE,
    ask (archive, random) {
      const { after, before, ...conditions } = choose(archive, random)
      return query(fields(archive, conditions), { max: PAGE, ...defined({ after, before }) })
    },
    async read (store, room, archive, random) {
      const { after, before, ...conditions } = choose(archive, random)
      const range = rangeOf(conditions)
      const wanted: PageQuery = {
        ...range,
        limit: PAGE,
        reverse: before !== undefined,
        ...defined({ after, before: before === '' ? undefined : before })
      }
      const [{ events }] = await Promise.all([store.page(room, wanted), store.count(room, range)])
      if (before === undefined && conditions.nick === undefined && events[0] !== undefined) await store.rank(room, 'talk', events[0].time)
    }
  }
}

function count (name: string, choose: Choose<Conditions>): Question {
  return {
    name,
    results: 0,
    ask: (archive, random) => query(fields(archive, choose(archive, random)), { max: 0 }),
    read: (store, room, archive, random) => store.count(room, rangeOf(choose(archive, random)))
  }
}

function query (formFields: ReadonlyArray<{ var: string, values: string[] }>, rsm: Parameters<typeof buildRsm>[0]): Element {
  return xml('query', { xmlns: NS.MAM }, formFields.length === 0 ? undefined : buildForm('submit', NS.MAM, formFields), buildRsm(rsm))
}

function fields ({ jid }: Archive, { start, end, nick }: Conditions): Array<{ var: string, values: string[] }> {
  return [
    ...(start === undefined ? [] : [{ var: 'start', values: [formatTime(start)] }]),
    ...(end === undefined ? [] : [{ var: 'end', values: [formatTime(end)] }]),
    ...(nick === undefined ? [] : [{ var: 'with', values: [`${jid}/${nick}`] }])
  ]
}

function rangeOf ({ start, end, nick }: Conditions): CountQuery {
  return {
    stream: 'talk',
    ...defined({ start: timeOf(start), end: timeOf(end), nick })
  }
}

function timeOf (time: Micros | undefined): ArchiveTime | undefined {
  return time === undefined ? undefined : formatTime(time)
}

/** Far enough from both ends for a whole page on either side. */
function place ({ talk }: Archive, random: () => number): number {
  return PAGE + Math.floor(random() * (talk.length - 2 * PAGE))
}

function week (archive: Archive, random: () => number): { start: Micros, end: Micros } {
  const start = archive.talk[place(archive, random)]?.time ?? 0
  return { start, end: start + WEEK }
}

const commonNicks = new WeakMap<readonly Said[], string>()

function common ({ talk }: Archive): string {
  const nick = commonNicks.get(talk) ?? nicksByTalk(talk)[0] ?? ''
  commonNicks.set(talk, nick)
  return nick
}

function ids (archive: Archive, random: () => number): string[] {
  return [...new Set(Array.from({ length: 20 }, () => place(archive, random)))].slice(0, 10).map(archive.uid)
}
