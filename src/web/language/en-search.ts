import { createNumbers } from './numbers.ts'
import { phrase } from './phrase.ts'
import { query } from './search-words.ts'
import type { SearchWords } from './search-words.ts'

const { counted, grouped } = createNumbers('en')
const orders = { newest: 'newest first', oldest: 'oldest first', relevance: 'best first' }

export const englishSearch: SearchWords = {
  title: 'Search',
  searchFor: 'Search for',
  button: 'Search',
  options: 'Room, person, time, order',
  in: 'In',
  allRooms: 'All rooms',
  from: 'From',
  anybody: 'anybody',
  since: 'Since',
  until: 'Until',
  order: 'Order',
  orders,
  lastTwelveMonths: 'Go on with the last twelve months',
  lookedFor: 'What is looked for',
  or: 'or',
  withoutThis: 'Search without this',
  remove: ', remove',
  nothing: 'Nothing found.',
  nothingIn: room => phrase`Nothing found in ${room}.`,
  found (total, isExact, noun, order, weighed) {
    const count = isExact ? counted(total, noun, `${noun}s`) : `${grouped(total)}+ ${noun}s`
    return weighed === undefined ? `${count}, ${orders[order]}` : `${count}, ${orders[order]} of the newest ${grouped(weighed)}`
  },
  backToFirst: order => order === 'newest' ? 'Back to the newest' : 'Back to the first',
  roomsSearched: count => `${counted(count, 'room', 'rooms')} searched`,
  indexPartial: 'the index is being built, so there may be more',
  indexBehind: seconds => `the index is ${counted(seconds, 'second', 'seconds')} behind`,
  indexUpToDate: 'the index is up to date',
  didYouMean: suggestion => phrase`Did you mean ${suggestion}?`,
  withoutOne: 'Search without one part:',
  without: part => phrase`without ${part}`,
  searchAllRooms: 'Search all rooms',
  fewer: example => phrase`Fewer words find more, and so does the beginning of a word with a star: ${example}`,
  spread: 'How they are spread',
  count: 'Count them by room, year, person and kind',
  facets: { rooms: 'Rooms', years: 'Years', people: 'People', kinds: 'Kinds' },
  moreBefore: count => `${grouped(count)} more before`,
  moreAfter: count => `${grouped(count)} more after`,
  pages: 'Pages',
  next: { newest: 'Older', oldest: 'Newer', relevance: 'More' },
  goOnBefore: day => `Go on before ${day}`,
  asForms: (feed, json) => phrase`This search as ${feed('a feed')} that brings what is said later, or as ${json('JSON')}`,
  understood: {
    not: value => phrase`not ${value}`,
    prefix: value => phrase`words that begin with ${value}`,
    phrase: value => phrase`“${value}”`,
    from: value => phrase`from ${value}`,
    to: value => phrase`to ${value}`,
    in: value => phrase`in ${value}`,
    before: value => phrase`before ${value}`,
    after: value => phrase`after ${value}`,
    on: value => phrase`on ${value}`,
    during: value => phrase`in ${value}`,
    has: value => phrase`with ${value}`,
    lang: value => phrase`in ${value}`,
    since: value => phrase`since ${value}`,
    until: value => phrase`until ${value}`
  },
  timeSince: day => `the time since ${day}`,
  things: {
    link: 'a link',
    image: 'an image',
    video: 'a video',
    audio: 'a sound',
    file: 'a file',
    reaction: 'a reaction',
    mention: 'a mention',
    spoiler: 'a spoiler',
    reply: 'a reply'
  },
  kinds: {
    reply: 'replies',
    action: 'actions (/me)',
    edited: 'edited messages',
    message: 'messages',
    subject: 'changes of the subject',
    join: 'joins',
    leave: 'leaves',
    nick: 'changes of nick',
    kick: 'kicks',
    ban: 'bans',
    role: 'changes of role',
    affiliation: 'changes of affiliation',
    configuration: 'changes of the configuration',
    destroy: 'ends of the room'
  },
  help: 'How to search',
  examples: [
    ['fast car', ['messages with both words']],
    ['"fast car"', ['the words next to each other']],
    ['car -fast', ['without a word']],
    ['car OR bike', ['one or the other']],
    ['archiv*', ['words that begin so']],
    ['from:alice', phrase`said by alice; ${query('to:alice')} is said to her`],
    ['in:lounge', ['in one room']],
    ['after:2026-01 before:2026-03', ['within a time']],
    ['on:2026-11-21', phrase`on one day; also ${query('on:yesterday')}, ${query('during:2026-10')}, ${query('during:7d')}`],
    ['has:link', phrase`with a link; also ${query('has:image')}, ${query('has:file')}, ${query('has:reaction')}`],
    ['is:subject', phrase`changes of the subject; also ${query('is:action')}, ${query('is:reply')}, ${query('is:edited')}`],
    ['is:kick OR is:ban', phrase`what moderators did; ${query('is:nick')} for new nicks, ${query('is:join')}, ${query('is:leave')}`]
  ],
  readInDay: 'Read it in its day',
  searchTheLogs: site => `Search the chat logs of ${site}`,
  exported: {
    needsScript: 'The search of this copy runs in your browser and needs JavaScript. The pages of the days can be read without it.',
    older: 'Search older messages',
    script: {
      searching: 'Searching …',
      searchingMonth: 'Searching {month} … {n} found so far',
      found: '{n} found, newest first',
      foundUntil: '{n} found, newest first, back to {day}',
      nothing: 'Nothing found. Try fewer words, or the beginning of one with a star: archiv*',
      subject: 'Subject:',
      spoiler: 'Spoiler',
      read: 'Read it in its day',
      noRoom: 'There is no such room here.',
      problem: 'The search does not work: {problem}'
    }
  }
}
