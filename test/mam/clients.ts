import type { Line } from './asked.ts'

/** The query of a client, in the words in which it builds it, and what it must get. */
export interface ClientQuery {
  readonly client: string
  /** Without the id of the query, where the client gives none. */
  readonly hasQueryId: boolean
  readonly content: (talk: readonly Line[]) => string
  /** Everything that matches, which is what is counted. */
  readonly matching: (talk: readonly Line[]) => readonly Line[]
  /** Where the page lies, when it begins or ends at an id. */
  readonly left: (matching: readonly Line[], talk: readonly Line[]) => readonly Line[]
  readonly max: number
  readonly isBackward: boolean
}

const FORM_TYPE = "<field type='hidden' var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>"

const form = (fields: string): string => `<x xmlns='jabber:x:data' type='submit'>${FORM_TYPE}${fields}</x>`
const text = (name: string, value: string): string => `<field type='text-single' var='${name}'><value>${value}</value></field>`
const set = (content: string): string => `<set xmlns='http://jabber.org/protocol/rsm'>${content}</set>`
const escaped = (id: string): string => id.replace(/&/g, '&amp;').replace(/</g, '&lt;')

const line = (talk: readonly Line[], part: number): Line => talk[Math.floor(talk.length * part)] as Line
const uid = (talk: readonly Line[], part: number): string => escaped(line(talk, part).uid)
/** The whole second of a message, as most clients write it. */
const second = (talk: readonly Line[], part: number): string => `${line(talk, part).time.slice(0, 19)}Z`

const everything = (talk: readonly Line[]): readonly Line[] => talk
const from = (time: string) => (talk: readonly Line[]) => talk.filter(line => line.time >= time.replace('Z', '.000000Z'))
const upTo = (time: string) => (talk: readonly Line[]) => talk.filter(line => line.time <= time.replace('Z', '.000000Z'))
const after = (part: number): ClientQuery['left'] => (matching, talk) =>
  matching.filter(({ time }) => time > line(talk, part).time)
const before = (part: number): ClientQuery['left'] => (matching, talk) =>
  matching.filter(({ time }) => time < line(talk, part).time)

/** The microsecond of a message two hours east of it, as profanity writes times. */
function eastern (time: string): string {
  return `${new Date(Date.parse(`${time.slice(0, 19)}Z`) + 7_200_000).toISOString().slice(0, 19)}${time.slice(19, 26)}+02:00`
}

const plain = { hasQueryId: true, matching: everything, left: everything }

export const CLIENT_QUERIES: readonly ClientQuery[] = [
  {
    ...plain,
    client: 'Gajim at its first join',
    max: 70,
    isBackward: false,
    content: talk => form(text('start', second(talk, 0.5))) + set('<max>70</max>'),
    matching: talk => from(second(talk, 0.5))(talk)
  },
  {
    ...plain,
    client: 'Gajim catching up',
    max: 70,
    isBackward: false,
    content: talk => form('') + set(`<max>70</max><after>${uid(talk, 0.9)}</after>`),
    left: after(0.9)
  },
  {
    ...plain,
    client: 'Dino at the newest page',
    max: 20,
    isBackward: true,
    content: talk => form(text('start', second(talk, 0.8))) + set('<max>20</max><before/>'),
    matching: talk => from(second(talk, 0.8))(talk)
  },
  {
    ...plain,
    client: 'Dino going back',
    max: 20,
    isBackward: true,
    content: talk => form(text('start', second(talk, 0.3))) + set(`<max>20</max><before>${uid(talk, 0.4)}</before>`),
    matching: talk => from(second(talk, 0.3))(talk),
    left: before(0.4)
  },
  {
    ...plain,
    client: 'Conversations going forward, without a set',
    max: 50,
    isBackward: false,
    content: talk => form(text('start', second(talk, 0.2)) + text('end', second(talk, 0.9))),
    matching: talk => upTo(second(talk, 0.9))(from(second(talk, 0.2))(talk))
  },
  {
    ...plain,
    client: 'Conversations going back',
    max: 50,
    isBackward: true,
    content: talk => form(text('end', second(talk, 0.9))) + set(`<max>50</max><before>${uid(talk, 0.7)}</before>`),
    matching: talk => upTo(second(talk, 0.9))(talk),
    left: before(0.7)
  },
  {
    ...plain,
    client: 'Conversations at its first page back',
    max: 50,
    isBackward: true,
    content: talk => form(text('end', second(talk, 0.9))) + set('<max>50</max><before/>'),
    matching: talk => upTo(second(talk, 0.9))(talk)
  },
  {
    ...plain,
    client: 'Converse at the newest page, without a form',
    max: 50,
    isBackward: true,
    content: () => set('<max>50</max><before></before>')
  },
  {
    ...plain,
    client: 'Converse filling a gap',
    max: 50,
    isBackward: true,
    content: talk => form(text('start', second(talk, 0.1))) + set(`<max>50</max><after>${uid(talk, 0.2)}</after><before>${uid(talk, 0.3)}</before>`),
    matching: talk => from(second(talk, 0.1))(talk),
    left: (matching, talk) => after(0.2)(before(0.3)(matching, talk), talk)
  },
  {
    ...plain,
    client: 'Monal priming itself',
    max: 1,
    isBackward: true,
    content: () => form(text('end', '2100-01-01T00:00:00Z')) + set('<max>1</max><before/>')
  },
  {
    ...plain,
    client: 'Monal catching up',
    max: 50,
    isBackward: false,
    content: talk => form('') + set(`<max>50</max><after>${uid(talk, 0.25)}</after>`),
    left: after(0.25)
  },
  {
    ...plain,
    client: 'profanity going back',
    hasQueryId: false,
    max: 10,
    isBackward: true,
    content: talk => form(text('end', eastern(line(talk, 0.6).time))) + set(`<max>10</max><before>${uid(talk, 0.5)}</before>`),
    matching: talk => talk.filter(({ time }) => time <= line(talk, 0.6).time),
    left: before(0.5)
  },
  {
    ...plain,
    client: 'profanity verifying a range',
    hasQueryId: false,
    max: 0,
    isBackward: false,
    content: talk => form(text('start', eastern(line(talk, 0.2).time)) + text('end', eastern(line(talk, 0.6).time))) + set('<max>0</max>'),
    matching: talk => talk.filter(({ time }) => time >= line(talk, 0.2).time && time <= line(talk, 0.6).time)
  },
  {
    ...plain,
    client: 'poezio with more than a page may have',
    max: 250,
    isBackward: true,
    content: talk => form(text('start', second(talk, 0.1))) + set('<max>2000</max><before/>'),
    matching: talk => from(second(talk, 0.1))(talk)
  },
  {
    ...plain,
    client: 'Movim, whose FORM_TYPE has no type',
    max: 250,
    isBackward: false,
    content: () => "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field></x>" + set('<max>500</max>')
  },
  {
    ...plain,
    client: 'Fluux searching',
    max: 20,
    isBackward: true,
    content: () => form("<field var='fulltext'><value>apple</value></field>") + set('<max>20</max><before/>'),
    matching: talk => talk.filter(({ body }) => /\bapples?\b/i.test(body))
  },
  {
    ...plain,
    client: 'Fluux fetching one message that was answered',
    max: 50,
    isBackward: false,
    content: talk => form(`<field var='ids'><value>${uid(talk, 0.4)}</value></field>`),
    matching: talk => [line(talk, 0.4)]
  }
]
