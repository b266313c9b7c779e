import type { FiguresWords } from './figures-words.ts'
import { createNumbers } from './numbers.ts'
import { phrase } from './phrase.ts'

const { counted, grouped } = createNumbers('en')

const messages = (count: number): string => counted(count, 'message', 'messages')
const days = (count: number): string => counted(count, 'day', 'days')
const links = (count: number): string => counted(count, 'link', 'links')

export const englishFigures: FiguresWords = {
  others: count => counted(count, 'other', 'others'),

  stats: {
    title: year => year === undefined ? 'Statistics' : `Statistics of ${year}`,
    allYears: 'All years',
    counting: (ready, all) => `These figures are being counted: ${grouped(ready)} of ${days(all)} so far, the newest first. Reload the page for more.`,
    nothing: 'There are no messages to count.',
    nothingYet: 'Nothing of this is counted yet.',
    lead: (said, on, people, few) =>
      `${messages(said)} on ${days(on)}, by ${people < few ? `fewer than ${few} people` : counted(people, 'person', 'people')}`,
    fewerThan: few => `fewer than ${few}`,
    perDay: 'Messages per day',
    perMonth: 'Messages per month',
    hours: 'Hours of the week',
    byHour: 'Messages by hour of the week',
    byHourChart: 'Messages by hour of the week, in UTC; the table below has the numbers',
    peoplePerMonth: 'People per month',
    newPeople: 'New people',
    newPeoplePerMonth: 'New people per month',
    newPeopleFacts: 'Names under which somebody spoke for the first time.',
    newPeopleLater: 'Who is new can be told when all days are counted.',
    firstAnswer: 'Time to the first answer',
    tooFewAnswers: 'There are too few answers to tell.',
    halfOfAnswers: (count, wait) => phrase`Half of ${counted(count, 'answer', 'answers')} came within ${wait}.`,
    medianPerMonth: 'Median time to the first answer per month',
    tooFew: 'too few to tell',
    answerFacts: 'An answer is a reply, or a message that begins with the name of somebody who spoke shortly before, on the same day.',
    busiest: 'Busiest days',
    saidMost: 'Who said most',
    facts: few => 'Counted are messages as they stand: not what was removed, nor corrections, reactions and subjects. ' +
      `A person is a name; numbers of people below ${few} are not told. Days and hours are those of UTC.`,
    mostOnDay: (count, day) => `At most ${messages(count)}, on ${day}`,
    mostInMonth: (what, month) => `At most ${what}, in ${month}`,
    chart: (name, most) => `${name}. ${most}. The table below has all numbers.`,
    asTable: 'As a table',
    columns: { day: 'Day', month: 'Month', messages: 'Messages', people: 'People', newPeople: 'New people', median: 'Median' }
  },

  links: {
    title: 'Links',
    to: host => phrase`Links to ${host}`,
    gathering: (ready, all) =>
      `The links are being gathered: those of ${grouped(ready)} of ${days(all)} are here so far, the newest first. Reload the page for more.`,
    nobody: 'Nobody has posted a link here.',
    noneYet: 'No link has been found so far.',
    toAddresses: (count, addresses) => `${links(count)} to ${counted(addresses, 'address', 'addresses')}, those last posted first`,
    toHosts: (count, hosts) => `${links(count)} to ${counted(hosts, 'host', 'hosts')}`,
    postedOnce: day => phrase`posted once, ${day}`,
    posted: (times, first, last) => phrase`posted ${grouped(times)} times, first ${first}, last ${last}`,
    columns: { host: 'Host', links: 'Links', first: 'First', last: 'Last' },
    previousPage: 'Page before',
    nextPage: 'Next page',
    page: (number, count) => `Page ${grouped(number)} of ${grouped(count)}`,
    unlisted: count => `${counted(count, 'more link', 'more links')} of days with very many ${count === 1 ? 'is' : 'are'} not listed.`,
    facts: 'Links stand here as they were posted, also those to files; not those of removed messages.'
  },

  coverage: {
    title: year => `What is recorded of ${year}`,
    link: 'What is recorded',
    begins: when => phrase`The record of this room begins on ${when}.`,
    counting: 'What was removed is being counted; a dash stands where it is not known yet. Reload the page for more.',
    missing: 'What is missing',
    nothingMissing: 'Nothing is known to be missing of this year.',
    inAll: duration => phrase`In all ${duration}. Times in UTC.`,
    recovered: day => `What was said meanwhile has been recovered on ${day}.`,
    days: 'Days',
    nothing: 'Nothing is recorded so far.',
    columns: { day: 'Day', firstToLast: 'First to last', messages: 'Messages', removed: 'Removed', missing: 'Missing' },
    facts: 'Days without a line have no messages, and nothing of them is missing. Times in UTC.',
    forPrograms: json => phrase`The same for programs: ${json}`
  },

  excerpt: {
    asText: 'As text',
    cut (most, on, end) {
      const before = `An excerpt has ${grouped(most)} messages at most, and this one would be longer. Read on `
      const first = on.link(`on the page of ${on.day}`)
      return end === undefined ? phrase`${before}${first}.` : phrase`${before}${first}; it ends ${end.link(`on ${end.day}`)}.`
    },
    nothing: 'There is nothing to show between these two messages.',
    linkTo: link => phrase`Times in UTC. Link to this excerpt: ${link}`,
    description: (room, range) => `What was said in ${room}, ${range}`
  }
}
