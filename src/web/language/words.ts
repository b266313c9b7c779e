import type { Level } from '../../access/can-read.ts'
import type { Day } from '../../model/day.ts'
import type { Removal } from '../../model/event.ts'
import type { GapCause, GapProblem } from '../../model/gap.ts'
import type { Dates } from './dates.ts'
import type { FiguresWords } from './figures-words.ts'
import type { Numbers } from './numbers.ts'
import type { Phrase } from './phrase.ts'
import type { SearchWords } from './search-words.ts'

/** The languages in which the site itself can speak. */
export type Tongue = 'en' | 'de' | 'fr'

/**
 * All that the site says of its own, in one language. Functions take what is put in: numbers are written and counted by them,
 * texts of others are given as they are and escaped where they are shown. A function that gives a phrase takes things that are
 * more than text, such as links. Formats for programs stay English.
 */
export interface Words extends Dates, Numbers, FiguresWords {
  readonly tongue: Tongue
  /** For the Intl of the browser, too. */
  readonly locale: string
  /** «12,345 messages» */
  messages (count: number): string
  /** «1 person» */
  people (count: number): string
  days (count: number): string
  /** «12 messages by 3 people» */
  messagesByPeople (messages: number, people: number): string
  /** «and 490 more», after a list of names */
  andMore (count: number): string
  /** What is more than a list says: names, and how many besides. */
  namesAndMore<T> (names: T, more: number): Phrase<T>
  /** Between the names of a list. */
  readonly comma: string
  /** Between sentences that share a line. */
  readonly semicolon: string
  /** Who speaks when nobody is named. */
  readonly theRoom: string
  /** «Spoiler: the end» and «alice: hello» are written so. */
  labelled<T> (label: T, text: T): Phrase<T>
  readonly shell: ShellWords
  readonly home: HomeWords
  readonly room: RoomWords
  readonly calendar: CalendarWords
  readonly day: DayWords
  readonly live: LiveWords
  readonly message: MessageWords
  readonly notes: NoteWords
  readonly gap: GapWords
  readonly duration: DurationWords
  readonly file: FileWords
  readonly search: SearchWords
  readonly feed: FeedWords
  readonly problems: ProblemWords
  /** Of the pages about the site itself. */
  readonly texts: { readonly about: string, readonly privacy: string }
}

/** Around every page. */
export interface ShellWords {
  readonly skip: string
  readonly rooms: string
  readonly allRooms: string
  readonly search: string
  searchRoom (title: string): string
  readonly searchAll: string
  readonly whereYouAre: string
  feedOfMessages (title: string): string
  feedOfDays (title: string): string
  searchOf (text: string): string
  /** What a room's level means for those who read it. */
  readonly levels: Readonly<Record<Exclude<Level, 'off'>, string>>
}

export interface HomeWords {
  noRooms<T> (levels: readonly [T, T]): Phrase<T>
  messagesSince (count: number, day: Day): string
  lastAt<T> (time: T): Phrase<T>
  clockOn (day: Day, clock: string): string
  readonly nothingYet: string
}

export interface RoomWords {
  readonly join: string
  readonly timesInUtc: string
  readonly nothingYet: string
  readonly today: string
  readonly quiet: string
  readonly live: string
  readonly latestDay: string
  readonly firstDay: string
  readonly recentDays: string
  readonly years: string
  readonly months: string
  readonly calendar: string
  messagesOnDays (messages: number, days: number): string
}

export interface CalendarWords {
  readonly notRecorded: string
  withHole (messages: number): string
  readonly legend: string
  readonly emptyMonth: string
  /** With the names of the files that a month can be had as. */
  asFile<T> (files: T): Phrase<T>
}

export interface DayWords {
  readonly notComplete: string
  timesIn (zone: string): string
  readonly goesOn: string
  readonly reload: string
  noZone<T> (zone: T, example: T): Phrase<T>
  readonly view: string
  readonly presence: string
  readonly presences: Readonly<Record<'netted' | 'full' | 'none', string>>
  readonly showTimesIn: string
  readonly show: string
  readonly otherForms: string
  readonly plainText: string
  nothingRecorded (isToday: boolean): string
  noMessageRecorded (isToday: boolean): string
  /** Neither talk nor anything else. */
  nothingSaid (isToday: boolean): string
  nobodySpoke (isToday: boolean): string
  readonly nearest: string
  readonly hours: string
  readonly neighbours: string
  /** The same, at the end of the page. */
  readonly neighboursAgain: string
  dateIn (day: Day, zone: string): string
  description (day: Day, room: string, messages: number, people: number): string
}

export interface LiveWords {
  readonly title: string
  readonly facts: string
  readonly allOfToday: string
  readonly messages: string
  readonly reload: string
  /** For the script of the page: `{n}` stands for the number, `{day}` for a date. */
  readonly script: {
    readonly follows: string
    readonly lost: string
    readonly much: string
    readonly newMessages: { readonly one: string, readonly other: string }
    readonly newDay: string
  }
}

/** A message, what belongs to it, and its own page. */
export interface MessageWords {
  readonly edited: string
  /** 21 November 2026, 08:00:12 UTC */
  editedAt (day: Day, clock: string, zone: string): string
  readonly inAnswerTo: string
  readonly encrypted: string
  readonly aRemoved: string
  readonly notHere: string
  readonly spoiler: string
  readonly aSpoiler: string
  readonly reactions: string
  /** «in German»; without a name: in a language that has none. */
  inLanguage (name: string | undefined): string
  readonly subject: string
  /** Before a subject, in its line. */
  readonly subjectLabel: string
  /** 21 November 2026, 07:14 UTC */
  sentAt (day: Day, clock: string): string
  title (speaker: string, room: string, when: string): string
  readonly readInDay: string
  readonly saidBefore: string
  linkTo<T> (link: T): Phrase<T>
  readonly removedTitle: string
  removedAt<T> (how: T, when: string): Phrase<T>
  readonly readDay: string
  readonly byItself: string
}

/** Why somebody left a room (XEP-0045 §15.6.1). */
export type Leaving = 'left' | 'shutdown' | 'members-only' | 'membership' | 'lost'

/** What happened, in a sentence. `count` is of the people who did it: «alice», «alice, bob», «500 people». */
export interface NoteWords {
  joined<T> (who: T, count: number): Phrase<T>
  left<T> (who: T, count: number, how: Leaving): Phrase<T>
  renamed<T> (who: T, count: number): Phrase<T>
  returned<T> (who: T, count: number): Phrase<T>
  visited<T> (who: T, count: number): Phrase<T>
  /** «3 joined», of many comings and goings. */
  readonly sums: Readonly<Record<'joined' | 'left' | 'renamed' | 'returned' | 'visited', (count: number) => string>>
  reacted<T> (who: T, reactions: string): Phrase<T>
  tookBack<T> (who: T): Phrase<T>
  subject<T> (who: T, subject: T): Phrase<T>
  clearedSubject<T> (who: T): Phrase<T>
  knownAs<T> (who: T, nick: T): Phrase<T>
  kicked<T> (who: T, by?: T): Phrase<T>
  banned<T> (who: T, by?: T): Phrase<T>
  role<T> (who: T, role: string, by?: T): Phrase<T>
  affiliation<T> (who: T, affiliation: string, by?: T): Phrase<T>
  /** By status code (XEP-0045 §15.6.2). */
  readonly configuration: Readonly<Record<170 | 171 | 172 | 173, string>>
  readonly reconfigured: string
  readonly destroyed: string
  /** Goes on a sentence. */
  movedTo<T> (room: T): Phrase<T>
  removed (by: Removal['by']): string
  manyRemoved (count: number, by: Removal['by']): string
}

export interface GapWords {
  /** With why, and without a full stop. */
  between<T> (from: T, to: T, duration: string, why: string): Phrase<T>
  since<T> (from: T, why: string): Phrase<T>
  readonly causes: Readonly<Record<GapCause, string>>
  readonly problems: Readonly<Record<GapProblem, string>>
  because (cause: string, problem: string): string
  /** 07:14:09 on 21 November 2026 */
  clockOn (clock: string, day: Day): string
}

export interface DurationWords {
  readonly units: Readonly<Record<'day' | 'hour' | 'minute' | 'second', (count: number) => string>>
  readonly lessThanASecond: string
}

export interface FileWords {
  readonly aFile: string
  readonly noAddress: string
  bytes (count: number): string
  /** Of kilobytes up. */
  readonly units: readonly [string, string, string, string]
}

export interface FeedWords {
  andMore (count: number): string
  daysOf (room: string): string
  dayTitle (day: Day, messages: number, people: number): string
  daySummary (messages: number, people: number, hasHole: boolean): string
  readonly readDay: string
}

export interface Told {
  readonly title: string
  readonly text: string
}

export interface ProblemWords {
  readonly notFound: Told
  readonly failed: Told
  readonly wrongMethod: Told
  readonly badRequest: string
  readonly badRequestText: string
  badParameter (name: string): string
  readonly badAddress: string
  readonly unavailable: string
  readonly storeUnavailable: string
  readonly searchTimeout: string
  readonly searchUnavailable: string
  readonly tooManyStreams: string
  readonly tooManyPages: Told
}
