import type { Schema } from './schemas.ts'

/** What a route is for, and what it answers. Its parameters are those that the route itself checks. */
export interface Operation {
  readonly tag: 'Reading' | 'Data' | 'Feeds' | 'Search' | 'Site'
  readonly summary: string
  /** Media types of the answer, with the name of a schema where it is JSON. */
  readonly gives: Readonly<Record<string, string | undefined>>
  /** Answered instead where that is all it does. */
  readonly redirect?: 301 | 302
  readonly more?: string
}

const html = { 'text/html': undefined }
const atom = { 'application/atom+xml': undefined }

/** By the pattern of the route, without what it says of the form of parameters. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  '/': { tag: 'Reading', summary: 'The listed rooms', gives: html },
  '/r/:slug': { tag: 'Reading', summary: 'Leads to the room', gives: {}, redirect: 301 },
  '/r/:slug/': { tag: 'Reading', summary: 'A room: its last days and its calendar', gives: html },
  '/r/:slug/:year': { tag: 'Reading', summary: 'A year of a room', gives: html },
  '/r/:slug/:year-:month': { tag: 'Reading', summary: 'A month of a room', gives: html },
  '/r/:slug/:year-:month-:date': { tag: 'Reading', summary: 'A whole day (UTC) of a room', gives: html },
  '/r/:slug/m/:uid': { tag: 'Reading', summary: 'A message with what was said around it; 410 where it was removed', gives: html },
  '/r/:slug/excerpt': { tag: 'Reading', summary: 'What was said from one message to another', gives: html },
  '/r/:slug/excerpt.txt': { tag: 'Data', summary: 'What was said from one message to another, as plain text', gives: { 'text/plain': undefined } },
  '/r/:slug/live': { tag: 'Reading', summary: 'The last messages, growing', gives: html },
  '/r/:slug/today': { tag: 'Reading', summary: 'Leads to the present day (UTC)', gives: {}, redirect: 302 },
  '/r/:slug/latest': { tag: 'Reading', summary: 'Leads to the last day with talk', gives: {}, redirect: 302 },
  '/r/:slug/first': { tag: 'Reading', summary: 'Leads to the first day with talk', gives: {}, redirect: 302 },
  '/r/:slug/go': { tag: 'Reading', summary: 'Leads from a line of a day to the address of what it tells', gives: {}, redirect: 302 },
  '/r/:slug/go.json': { tag: 'Data', summary: 'What a line of a day tells: its uid and its address', gives: { 'application/json': 'Place' } },
  '/r/:slug/stats': { tag: 'Reading', summary: 'How much is said in a room and when', gives: html },
  '/r/:slug/links': { tag: 'Reading', summary: 'The links that were posted in a room', gives: html },
  '/r/:slug/coverage': { tag: 'Reading', summary: 'How complete the record of a room is', gives: html },
  '/r/:slug/coverage.json': { tag: 'Data', summary: 'How complete the record of a room is, day by day', gives: { 'application/json': 'Coverage' } },
  '/r/:slug/:year-:month-:date.json': { tag: 'Data', summary: 'A day as JSON', gives: { 'application/json': 'Day' } },
  '/r/:slug/:year-:month-:date.jsonl': { tag: 'Data', summary: 'A day as JSON Lines: an event, or a gap in its place, a line', gives: { 'application/jsonl': 'DayLine' } },
  '/r/:slug/:year-:month-:date.txt': { tag: 'Data', summary: 'A day as plain text', gives: { 'text/plain': undefined } },
  '/r/:slug/:year-:month.jsonl.gz': { tag: 'Data', summary: 'A month that is over as JSON Lines, packed (gzip)', gives: { 'application/gzip': undefined } },
  '/r/:slug/:year-:month.txt.gz': { tag: 'Data', summary: 'A month that is over as plain text, packed (gzip)', gives: { 'application/gzip': undefined } },
  '/r/:slug/removed.jsonl': { tag: 'Data', summary: 'What was removed in a room, for whoever keeps copies', gives: { 'application/jsonl': 'RemovalLine' } },
  '/removed.jsonl': { tag: 'Data', summary: 'What was removed in the listed rooms, for whoever keeps copies', gives: { 'application/jsonl': 'RemovalLine' } },
  '/r/:slug/live.sse': {
    tag: 'Data',
    summary: 'The talk of a room as it happens',
    gives: { 'text/event-stream': undefined },
    more: 'Server-Sent Events: said, changed, removed, merged, day, reset. `Last-Event-ID` is heeded. 503 where all places are taken.'
  },
  '/index.json': { tag: 'Data', summary: 'The listed rooms', gives: { 'application/json': 'Rooms' } },
  '/r/:slug/feed.atom': { tag: 'Feeds', summary: 'Feed of what is said', gives: atom },
  '/r/:slug/days.atom': { tag: 'Feeds', summary: 'Feed of the days that are over', gives: atom },
  '/search.atom': { tag: 'Feeds', summary: 'Feed of what a search finds', gives: atom },
  '/search': { tag: 'Search', summary: 'Search in all listed rooms, or in one', gives: html },
  '/search.json': { tag: 'Search', summary: 'Search in all listed rooms, or in one', gives: { 'application/json': 'Hits' } },
  '/opensearch.xml': { tag: 'Search', summary: 'Tells browsers how to search here', gives: { 'application/opensearchdescription+xml': undefined } },
  '/about': { tag: 'Site', summary: 'About the archive', gives: html },
  '/privacy': { tag: 'Site', summary: 'What is recorded and shown, and how it is removed', gives: html },
  '/robots.txt': { tag: 'Site', summary: 'What crawlers may ask for', gives: { 'text/plain': undefined } },
  '/sitemap.xml': { tag: 'Site', summary: 'The days of indexed rooms that are over', gives: { 'application/xml': undefined } },
  '/healthz': { tag: 'Site', summary: 'Whether what is said is kept; 503 where it is not', gives: { 'application/json': 'Health' } },
  '/api': { tag: 'Site', summary: 'This description', gives: { 'application/json': undefined } }
}

/** Routes that are described nowhere: files of the pages, and what is for the people who run the site. */
export const UNDESCRIBED: readonly string[] = ['/static/*', '/static/nicks.css', '/metrics']

/** What parts of addresses are, by their names. */
export const PARTS: Readonly<Record<string, Schema>> = {
  slug: { type: 'string', description: 'Name of the room in addresses.' },
  uid: { type: 'string', description: 'The uid of an event, percent-encoded.' },
  year: { type: 'string', pattern: '^\\d{4}$' },
  month: { type: 'string', pattern: '^\\d{2}$' },
  date: { type: 'string', pattern: '^\\d{2}$', description: 'Day of the month.' }
}

/** What parameters ask for, by their names. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  events: 'Joins and leaves: summed up (netted), each by itself (full), or none.',
  tz: 'Time zone of the times shown, as Europe/Berlin; the day stays that of UTC.',
  q: 'Words and operators; see /search.',
  room: 'Slug of the room.',
  person: 'A nick.',
  before: 'The `next` of the page before.',
  limit: 'How many hits.',
  order: 'Which come first.',
  facets: '1: how the hits are spread as well.',
  since: 'From when on to be told; in lists of what was removed, the cursor of the last time.',
  format: 'Lines of the page, or JSON.',
  from: 'Where it begins: a uid; of a search, a day, a month or a year.',
  to: 'Where it ends, included: a uid; of a search, a day, a month or a year.',
  day: 'A day, as 2026-11-21.',
  at: 'The anchor of a line of that day, as t071409.',
  year: 'Four digits.',
  host: 'Only links to this host.',
  page: 'Goes on with what is further back, from 2.'
}
