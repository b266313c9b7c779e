import type { Words } from './words.ts'
import { createDates } from './dates.ts'
import { englishFigures } from './en-figures.ts'
import { englishSearch } from './en-search.ts'
import { createNumbers } from './numbers.ts'
import { phrase } from './phrase.ts'

// Dates are written in British English.
const dates = createDates({
  locale: 'en-GB',
  long: 'cccc d MMMM yyyy',
  plain: 'd MMMM yyyy',
  short: 'ccc d MMM',
  shortWithYear: 'd MMM yyyy',
  weekdays: 'narrow'
})
const { counted, ...numbers } = createNumbers('en')

const messages = (count: number): string => counted(count, 'message', 'messages')
const people = (count: number): string => counted(count, 'person', 'people')
const days = (count: number): string => counted(count, 'day', 'days')

const removed = {
  author: 'by its author',
  moderator: 'by a moderator',
  administrator: 'by the administrators of this archive',
  retention: 'after the time this room keeps its record'
}

export const english: Words = {
  ...dates,
  ...numbers,
  ...englishFigures,
  tongue: 'en',
  locale: 'en-GB',
  messages,
  people,
  days,
  messagesByPeople: (said, by) => `${messages(said)} by ${people(by)}`,
  andMore: count => `and ${numbers.grouped(count)} more`,
  namesAndMore: (names, more) => phrase`${names} and ${numbers.grouped(more)} more`,
  comma: ', ',
  semicolon: '; ',
  theRoom: 'The room',
  labelled: (label, text) => phrase`${label}: ${text}`,

  shell: {
    skip: 'Skip to the content',
    rooms: 'Rooms',
    allRooms: 'All rooms',
    search: 'Search',
    searchRoom: title => `Search ${title}`,
    searchAll: 'Search all rooms',
    whereYouAre: 'Where you are',
    feedOfMessages: title => `${title}: messages`,
    feedOfDays: title => `${title}: days`,
    searchOf: text => `Search: ${text}`,
    levels: {
      indexed: 'The days of this room may appear in search engines.',
      public: 'This room is listed here; search engines are asked to leave it out.',
      unlisted: 'This room is not listed: only people with the link find it.'
    }
  },

  home: {
    noRooms: ([listed, indexed]) =>
      phrase`No room is listed here. A room appears on this page when its level in the configuration is ${listed} or ${indexed}.`,
    messagesSince: (count, day) => `${messages(count)} since ${dates.plainDay(day)}`,
    lastAt: time => phrase`last ${time}`,
    clockOn: (day, clock) => `${dates.plainDay(day)}, ${clock} UTC`,
    nothingYet: 'Nothing has been said yet'
  },

  room: {
    join: 'Join:',
    timesInUtc: 'Times in UTC.',
    nothingYet: 'Nothing has been said here since the logging began.',
    today: 'Today',
    quiet: '(quiet so far)',
    live: 'Live',
    latestDay: 'Latest day',
    firstDay: 'First day',
    recentDays: 'Recent days',
    years: 'Years',
    months: 'Months',
    calendar: 'Calendar',
    messagesOnDays: (said, on) => `${messages(said)} on ${days(on)}`
  },

  calendar: {
    notRecorded: 'not recorded',
    withHole: count => `${messages(count)}, not recorded completely`,
    legend: 'Days with a dashed frame were not recorded completely.',
    emptyMonth: 'No message of this month is recorded. The marked days were not recorded, or not completely.',
    asFile: files => phrase`The whole month as a file: ${files}.`
  },

  day: {
    notComplete: 'not recorded completely',
    timesIn: zone => `times in ${zone}`,
    goesOn: 'this day is still going on',
    reload: ', reload the page for more',
    noZone: (zone, example) => phrase`There is no time zone called “${zone}”; times are shown in UTC. Names look like ${example}.`,
    view: 'View',
    presence: 'Joins and leaves:',
    presences: { netted: 'summed up', full: 'all', none: 'hidden' },
    showTimesIn: 'Show times in',
    show: 'Show',
    otherForms: 'This day as',
    plainText: 'Plain text',
    nothingRecorded: isToday => isToday ? 'Nothing is recorded of this day so far.' : 'Nothing is recorded of this day.',
    noMessageRecorded: isToday => isToday ? 'No message of this day is recorded so far.' : 'No message of this day is recorded.',
    nothingSaid: isToday => isToday ? 'Nothing has been said yet today.' : 'Nobody spoke on this day.',
    nobodySpoke: isToday => isToday ? 'Nobody has spoken yet today.' : 'Nobody spoke on this day.',
    nearest: 'The nearest days with messages:',
    hours: 'Hours',
    neighbours: 'Days with messages',
    neighboursAgain: 'Days with messages, again',
    dateIn: (day, zone) => `${dates.plainDay(day)} in ${zone}`,
    description: (day, room, said, by) => `${dates.longDay(day)} in ${room}: ${messages(said)} of ${people(by)}.`
  },

  live: {
    title: 'Live',
    facts: 'The last messages, times in UTC',
    allOfToday: 'all of today',
    messages: 'Messages',
    reload: 'Reload the page for new messages',
    script: {
      follows: 'Live: new messages appear here by themselves.',
      lost: 'The connection is lost; trying again.',
      much: 'Much was said meanwhile.',
      newMessages: { one: '{n} new message', other: '{n} new messages' },
      newDay: 'A new day has begun: {day}'
    }
  },

  message: {
    edited: 'edited',
    editedAt: (day, clock, zone) => `${dates.plainDay(day)}, ${clock} ${zone}`,
    inAnswerTo: 'In answer to',
    encrypted: 'encrypted message',
    aRemoved: 'a removed message',
    notHere: 'a message that is not in this archive',
    spoiler: 'Spoiler',
    aSpoiler: 'a spoiler',
    reactions: 'Reactions:',
    inLanguage: (name = 'another language') => `in ${name}`,
    subject: 'Subject',
    subjectLabel: 'Subject:',
    sentAt: (day, clock) => `${dates.plainDay(day)}, ${clock} UTC`,
    title: (speaker, room, when) => `${speaker} in ${room}, ${when}`,
    readInDay: 'Read it in its day',
    saidBefore: 'What it said before',
    linkTo: link => phrase`Link to this message: ${link}`,
    removedTitle: 'Removed message',
    removedAt: (how, when) => phrase`${how}. It was sent on ${when}; its text is not kept.`,
    readDay: 'Read the rest of the day',
    byItself: 'This message by itself'
  },

  notes: {
    joined: who => phrase`${who} joined`,
    left (who, _count, how) {
      switch (how) {
        case 'left': return phrase`${who} left`
        case 'shutdown': return phrase`${who} left as the service went down`
        case 'members-only': return phrase`${who} had to leave as the room is for members only now`
        case 'membership': return phrase`${who} had to leave with the loss of membership`
        case 'lost': return phrase`${who} lost the connection`
      }
    },
    renamed: who => phrase`${who} renamed`,
    returned: who => phrase`${who} left and came back`,
    visited: who => phrase`${who} came and went`,
    sums: {
      joined: count => `${numbers.grouped(count)} joined`,
      left: count => `${numbers.grouped(count)} left`,
      renamed: count => `${numbers.grouped(count)} renamed`,
      returned: count => `${numbers.grouped(count)} left and came back`,
      visited: count => `${numbers.grouped(count)} came and went`
    },
    reacted: (who, reactions) => phrase`${who} reacted with ${reactions}`,
    tookBack: who => phrase`${who} took a reaction back`,
    subject: (who, subject) => phrase`${who} set the subject: ${subject}`,
    clearedSubject: who => phrase`${who} cleared the subject`,
    knownAs: (who, nick) => phrase`${who} is now known as ${nick}`,
    kicked: (who, by) => by === undefined ? phrase`${who} was kicked` : phrase`${who} was kicked by ${by}`,
    banned: (who, by) => by === undefined ? phrase`${who} was banned` : phrase`${who} was banned by ${by}`,
    role: (who, role, by) => by === undefined ? phrase`${who} now has the role ${role}` : phrase`${who} now has the role ${role}, set by ${by}`,
    affiliation: (who, affiliation, by) => by === undefined
      ? phrase`${who} now has the affiliation ${affiliation}`
      : phrase`${who} now has the affiliation ${affiliation}, set by ${by}`,
    configuration: {
      170: 'The room is logged from now on',
      171: 'The room is not logged any more',
      172: 'The room shows real addresses to everyone from now on',
      173: 'The room shows real addresses to moderators only from now on'
    },
    reconfigured: 'The configuration of the room was changed',
    destroyed: 'The room was closed down',
    movedTo: room => phrase`; it goes on in ${room}`,
    removed: by => `Removed ${removed[by]}`,
    manyRemoved: (count, by) => `${messages(count)} removed ${by === 'author' ? 'by their authors' : removed[by]}`
  },

  gap: {
    between: (from, to, duration, why) => phrase`Not recorded from ${from} to ${to} (${duration}): ${why}`,
    since: (from, why) => phrase`Not recorded since ${from}: ${why}`,
    causes: {
      unheard: 'this archive was not in the room yet',
      stopped: 'this archive was switched off',
      killed: 'this archive broke off without warning',
      disconnected: 'connection to the server lost',
      removed: 'the room did not let this archive in',
      overflow: 'this archive had no place left to write to'
    },
    problems: {
      'no-archive': 'the room keeps no archive to recover it from',
      expired: 'the archive of the room does not reach back that far any more',
      refused: 'the archive of the room refuses to give it',
      unanswered: 'the archive of the room does not answer, and is asked again'
    },
    because: (cause, problem) => `${cause}; ${problem}`,
    clockOn: (clock, day) => `${clock} on ${dates.plainDay(day)}`
  },

  duration: {
    units: {
      day: days,
      hour: count => counted(count, 'hour', 'hours'),
      minute: count => counted(count, 'minute', 'minutes'),
      second: count => counted(count, 'second', 'seconds')
    },
    lessThanASecond: 'less than a second'
  },

  file: {
    aFile: 'a file',
    noAddress: 'no address yet',
    bytes: count => counted(count, 'byte', 'bytes'),
    units: ['kB', 'MB', 'GB', 'TB']
  },

  search: englishSearch,

  feed: {
    andMore: count => `(and ${numbers.grouped(count)} more)`,
    daysOf: room => `Days of ${room}`,
    dayTitle: (day, said, by) => `${dates.longDay(day)}: ${messages(said)}, ${people(by)}`,
    daySummary: (said, by, hasHole) => hasHole
      ? `${messages(said)} by ${people(by)}; the day was not recorded completely.`
      : `${messages(said)} by ${people(by)}.`,
    readDay: 'Read the day'
  },

  problems: {
    notFound: {
      title: 'Not found',
      text: 'There is nothing at this address. The link may be wrong, or what was here is not public any more.'
    },
    failed: {
      title: 'Something went wrong',
      text: 'This page could not be made because of a fault in the program. The fault has been noted; trying again later may help.'
    },
    wrongMethod: { title: 'Only for reading', text: 'This site can only be read: it answers GET and HEAD.' },
    badRequest: 'That did not work',
    badRequestText: 'Cannot answer this request.',
    badParameter: name => `Cannot answer this request: the parameter “${name}” is not as it should be.`,
    badAddress: 'Cannot read this address: a % in it is not followed by two hexadecimal digits of UTF-8.',
    unavailable: 'Not available at the moment',
    storeUnavailable: 'The record is out of reach at the moment. Nothing is lost; please try again in a minute.',
    searchTimeout: 'The search took too long and was ended. Use more or rarer words, or look in one room only.',
    searchUnavailable: 'Searching is not possible at the moment. The logs themselves can be read as always.',
    tooManyStreams: 'Too many readers follow what is said live at the moment. The pages themselves can be read as always.',
    tooManyPages: {
      title: 'Too many pages at once',
      text: 'So many pages were made for you within a short time that others would have to wait. Please wait a little. To have all of it, ' +
        'take whole months as files instead: the page of each month has links to them, and About this archive says more.'
    }
  },

  texts: { about: 'About this archive', privacy: 'Privacy and removal' }
}
