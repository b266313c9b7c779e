import type { FiguresWords } from './figures-words.ts'
import { createNumbers } from './numbers.ts'
import { phrase } from './phrase.ts'

const { counted, grouped } = createNumbers('de')

const messages = (count: number): string => counted(count, 'Nachricht', 'Nachrichten')
const links = (count: number): string => counted(count, 'Link', 'Links')
/** After «an», «aus» and «von». */
const days = (count: number): string => counted(count, 'Tag', 'Tagen')
const RELOAD = 'Laden Sie die Seite neu, um mehr zu sehen.'

export const germanFigures: FiguresWords = {
  others: count => `${grouped(count)} weitere`,

  stats: {
    title: year => year === undefined ? 'Statistik' : `Statistik für ${year}`,
    allYears: 'Alle Jahre',
    counting: (ready, all) =>
      `Diese Zahlen werden noch ermittelt: Bisher ${ready === 1 ? 'ist' : 'sind'} ${grouped(ready)} von ${days(all)} ausgewertet, die neuesten zuerst. ${RELOAD}`,
    nothing: 'Es gibt keine Nachrichten zu zählen.',
    nothingYet: 'Davon ist noch nichts gezählt.',
    lead: (said, on, people, few) =>
      `${messages(said)} an ${days(on)}, von ${people < few ? `weniger als ${few} Personen` : counted(people, 'Person', 'Personen')}`,
    fewerThan: few => `weniger als ${few}`,
    perDay: 'Nachrichten pro Tag',
    perMonth: 'Nachrichten pro Monat',
    hours: 'Nach Wochentag und Stunde',
    byHour: 'Nachrichten nach Wochentag und Stunde',
    byHourChart: 'Nachrichten nach Wochentag und Stunde, in UTC; die Zahlen stehen in der Tabelle darunter',
    peoplePerMonth: 'Personen pro Monat',
    newPeople: 'Neue Personen',
    newPeoplePerMonth: 'Neue Personen pro Monat',
    newPeopleFacts: 'Namen, unter denen zum ersten Mal jemand etwas gesagt hat.',
    newPeopleLater: 'Wer neu ist, lässt sich erst sagen, wenn alle Tage ausgewertet sind.',
    firstAnswer: 'Zeit bis zur ersten Antwort',
    tooFewAnswers: 'Für eine Angabe gibt es zu wenige Antworten.',
    halfOfAnswers: (count, wait) => phrase`Die Hälfte von ${counted(count, 'Antwort', 'Antworten')} kam innerhalb von ${wait}.`,
    medianPerMonth: 'Median der Zeit bis zur ersten Antwort pro Monat',
    tooFew: 'zu wenige für eine Angabe',
    answerFacts: 'Als Antwort zählt eine Nachricht, die sich ausdrücklich auf eine andere bezieht ' +
      'oder mit dem Namen von jemandem beginnt, der am selben Tag kurz zuvor etwas gesagt hat.',
    busiest: 'Tage mit den meisten Nachrichten',
    saidMost: 'Wer am meisten gesagt hat',
    facts: few => 'Gezählt werden Nachrichten in ihrer heutigen Gestalt, also weder entfernte noch Korrekturen, Reaktionen oder Themen. ' +
      `Als Person gilt jeder Name; Personenzahlen unter ${few} werden nicht genannt. Tage und Stunden in UTC.`,
    mostOnDay: (count, day) => `Höchstwert: ${messages(count)} am ${day}`,
    mostInMonth: (what, month) => `Höchstwert: ${what} im ${month}`,
    chart: (name, most) => `${name}. ${most}. Alle Zahlen stehen in der Tabelle darunter.`,
    asTable: 'Als Tabelle',
    columns: { day: 'Tag', month: 'Monat', messages: 'Nachrichten', people: 'Personen', newPeople: 'Neue Personen', median: 'Median' }
  },

  links: {
    title: 'Links',
    to: host => phrase`Links zu ${host}`,
    gathering: (ready, all) => `Die Links werden noch gesammelt: Bisher stehen hier die aus ${grouped(ready)} von ${days(all)}, die neuesten zuerst. ${RELOAD}`,
    nobody: 'Hier hat noch niemand einen Link gepostet.',
    noneYet: 'Bisher wurde kein Link gefunden.',
    toAddresses: (count, addresses) => `${links(count)} zu ${counted(addresses, 'Adresse', 'Adressen')}, die zuletzt geposteten zuerst`,
    toHosts: (count, hosts) => `${links(count)} zu ${counted(hosts, 'Host', 'Hosts')}`,
    postedOnce: day => phrase`einmal gepostet, am ${day}`,
    posted: (times, first, last) => phrase`${grouped(times)}-mal gepostet, zuerst am ${first}, zuletzt am ${last}`,
    columns: { host: 'Host', links: 'Links', first: 'Zuerst', last: 'Zuletzt' },
    previousPage: 'Vorige Seite',
    nextPage: 'Nächste Seite',
    page: (number, count) => `Seite ${grouped(number)} von ${grouped(count)}`,
    unlisted: count => count === 1
      ? '1 weiterer Link von Tagen mit sehr vielen Links ist nicht aufgeführt.'
      : `${grouped(count)} weitere Links von Tagen mit sehr vielen Links sind nicht aufgeführt.`,
    facts: 'Links stehen hier so, wie sie gepostet wurden, auch solche zu Dateien; die aus entfernten Nachrichten fehlen.'
  },

  coverage: {
    title: year => `Was von ${year} aufgezeichnet ist`,
    link: 'Was aufgezeichnet ist',
    begins: when => phrase`Die Aufzeichnung dieses Raums beginnt am ${when}.`,
    counting: `Was entfernt wurde, wird noch gezählt; ein Strich steht, wo die Zahl noch nicht bekannt ist. ${RELOAD}`,
    missing: 'Was fehlt',
    nothingMissing: 'Soweit bekannt, fehlt von diesem Jahr nichts.',
    inAll: duration => phrase`Insgesamt ${duration}. Zeiten in UTC.`,
    recovered: day => `Was in dieser Zeit gesagt wurde, ist am ${day} nachgeholt worden.`,
    days: 'Tage',
    nothing: 'Bisher ist nichts aufgezeichnet.',
    columns: { day: 'Tag', firstToLast: 'Erste bis letzte', messages: 'Nachrichten', removed: 'Entfernt', missing: 'Fehlt' },
    facts: 'Tage, die hier keine Zeile haben, sind ohne Nachrichten, und es fehlt nichts von ihnen. Zeiten in UTC.',
    forPrograms: json => phrase`Dasselbe für Programme: ${json}`
  },

  excerpt: {
    asText: 'Als Text',
    cut (most, on, end) {
      const before = `Ein Auszug hat höchstens ${grouped(most)} Nachrichten, und dieser wäre länger. Weiter geht es `
      const first = on.link(`auf der Seite vom ${on.day}`)
      return end === undefined ? phrase`${before}${first}.` : phrase`${before}${first}; das Ende steht ${end.link(`auf der vom ${end.day}`)}.`
    },
    nothing: 'Zwischen diesen beiden Nachrichten gibt es nichts zu zeigen.',
    linkTo: link => phrase`Zeiten in UTC. Link zu diesem Auszug: ${link}`,
    description: (room, range) => `Was in ${room} gesagt wurde, ${range}`
  }
}
