import type { Phrase } from './phrase.ts'

/** Of the pages that tell about the talk of a room as a whole, or of a part that was cut out of it. */
export interface FiguresWords {
  /** «2 others», after those who are named. */
  others (count: number): string
  readonly stats: StatsWords
  readonly links: LinksWords
  readonly coverage: CoverageWords
  readonly excerpt: ExcerptWords
}

/** Days and months come as they are written within a sentence. */
export interface StatsWords {
  /** Of all years where none is given. */
  title (year?: string): string
  readonly allYears: string
  counting (ready: number, days: number): string
  readonly nothing: string
  readonly nothingYet: string
  /** Below `few` the number of people is not told. */
  lead (messages: number, days: number, people: number, few: number): string
  fewerThan (few: number): string
  readonly perDay: string
  readonly perMonth: string
  readonly hours: string
  readonly byHour: string
  readonly byHourChart: string
  readonly peoplePerMonth: string
  readonly newPeople: string
  readonly newPeoplePerMonth: string
  readonly newPeopleFacts: string
  readonly newPeopleLater: string
  readonly firstAnswer: string
  readonly tooFewAnswers: string
  halfOfAnswers<T> (count: number, wait: T): Phrase<T>
  readonly medianPerMonth: string
  readonly tooFew: string
  readonly answerFacts: string
  readonly busiest: string
  readonly saidMost: string
  facts (few: number): string
  mostOnDay (messages: number, day: string): string
  mostInMonth (what: string, month: string): string
  /** What a chart shows, for those who do not see it. */
  chart (name: string, most: string): string
  readonly asTable: string
  readonly columns: Readonly<Record<'day' | 'month' | 'messages' | 'people' | 'newPeople' | 'median', string>>
}

export interface LinksWords {
  readonly title: string
  to<T> (host: T): Phrase<T>
  gathering (ready: number, days: number): string
  readonly nobody: string
  readonly noneYet: string
  toAddresses (links: number, addresses: number): string
  toHosts (links: number, hosts: number): string
  postedOnce<T> (day: T): Phrase<T>
  posted<T> (times: number, first: T, last: T): Phrase<T>
  readonly columns: Readonly<Record<'host' | 'links' | 'first' | 'last', string>>
  readonly previousPage: string
  readonly nextPage: string
  page (number: number, count: number): string
  unlisted (count: number): string
  readonly facts: string
}

export interface CoverageWords {
  title (year: string): string
  readonly link: string
  begins<T> (when: T): Phrase<T>
  readonly counting: string
  readonly missing: string
  readonly nothingMissing: string
  inAll<T> (duration: T): Phrase<T>
  recovered (day: string): string
  readonly days: string
  readonly nothing: string
  readonly columns: Readonly<Record<'day' | 'firstToLast' | 'messages' | 'removed' | 'missing', string>>
  readonly facts: string
  forPrograms<T> (json: T): Phrase<T>
}

/** Where an excerpt goes on or ends: a day, and what makes a link to it of a text. */
export interface ExcerptPlace<T> {
  readonly day: string
  link (text: string): T
}

export interface ExcerptWords {
  readonly asText: string
  /** `end`: where it ends on another day than it goes on. */
  cut<T> (most: number, on: ExcerptPlace<T>, end?: ExcerptPlace<T>): Phrase<T>
  readonly nothing: string
  linkTo<T> (link: T): Phrase<T>
  description (room: string, range: string): string
}
