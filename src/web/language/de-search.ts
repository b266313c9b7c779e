import { createNumbers } from './numbers.ts'
import { phrase } from './phrase.ts'
import { query } from './search-words.ts'
import type { SearchWords } from './search-words.ts'

const { counted, grouped } = createNumbers('de')
const orders = { newest: 'neueste zuerst', oldest: 'älteste zuerst', relevance: 'beste zuerst' }
const nouns = { message: ['Nachricht', 'Nachrichten'], event: ['Ereignis', 'Ereignisse'] } as const

export const germanSearch: SearchWords = {
  title: 'Suche',
  searchFor: 'Suchen nach',
  button: 'Suchen',
  options: 'Raum, Person, Zeit, Reihenfolge',
  in: 'Wo',
  allRooms: 'Alle Räume',
  from: 'Von',
  anybody: 'allen',
  since: 'Seit',
  until: 'Bis',
  order: 'Reihenfolge',
  orders,
  lastTwelveMonths: 'Mit den letzten zwölf Monaten weitermachen',
  lookedFor: 'Wonach gesucht wird',
  or: 'oder',
  withoutThis: 'Ohne diesen Teil suchen',
  remove: ', entfernen',
  nothing: 'Nichts gefunden.',
  nothingIn: room => phrase`In ${room} wurde nichts gefunden.`,
  found (total, isExact, noun, order, weighed) {
    const [one, other] = nouns[noun]
    const count = isExact ? counted(total, one, other) : `Mehr als ${grouped(total)} ${other}`
    return weighed === undefined ? `${count}, ${orders[order]}` : `${count}, ${orders[order]} unter den neuesten ${grouped(weighed)}`
  },
  backToFirst: order => order === 'newest' ? 'Zurück zu den neuesten' : 'Zurück zum Anfang',
  roomsSearched: count => `${counted(count, 'Raum', 'Räume')} durchsucht`,
  indexPartial: 'der Index wird noch aufgebaut, es kann also mehr geben',
  indexBehind: seconds => `der Index ist ${counted(seconds, 'Sekunde', 'Sekunden')} im Rückstand`,
  indexUpToDate: 'der Index ist auf dem neuesten Stand',
  didYouMean: suggestion => phrase`Meinten Sie ${suggestion}?`,
  withoutOne: 'Einen Teil weglassen:',
  without: part => phrase`ohne ${part}`,
  searchAllRooms: 'Alle Räume durchsuchen',
  fewer: example => phrase`Weniger Wörter finden mehr, ebenso ein Wortanfang mit einem Stern: ${example}`,
  spread: 'Wie sie sich verteilen',
  count: 'Nach Raum, Jahr, Person und Art zählen',
  facets: { rooms: 'Räume', years: 'Jahre', people: 'Personen', kinds: 'Arten' },
  moreBefore: count => `${grouped(count)} weitere davor`,
  moreAfter: count => `${grouped(count)} weitere danach`,
  pages: 'Seiten',
  next: { newest: 'Ältere', oldest: 'Neuere', relevance: 'Weitere' },
  goOnBefore: day => `Vor dem ${day} weitersuchen`,
  asForms: (feed, json) => phrase`Diese Suche als ${feed('Feed')}, der auch bringt, was später gesagt wird, oder als ${json('JSON')}`,
  understood: {
    not: value => phrase`nicht ${value}`,
    prefix: value => phrase`Wörter, die so anfangen: ${value}`,
    phrase: value => phrase`„${value}“`,
    from: value => phrase`von ${value}`,
    to: value => phrase`an ${value}`,
    in: value => phrase`in ${value}`,
    before: value => phrase`vor: ${value}`,
    after: value => phrase`nach: ${value}`,
    on: value => phrase`am Tag: ${value}`,
    during: value => phrase`im Zeitraum: ${value}`,
    has: value => phrase`mit ${value}`,
    lang: value => phrase`Sprache: ${value}`,
    since: value => phrase`seit: ${value}`,
    until: value => phrase`bis: ${value}`
  },
  timeSince: day => `seit dem ${day}`,
  things: {
    link: 'einem Link',
    image: 'einem Bild',
    video: 'einem Video',
    audio: 'einer Tonaufnahme',
    file: 'einer Datei',
    reaction: 'einer Reaktion',
    mention: 'einer Erwähnung',
    spoiler: 'einem Spoiler',
    reply: 'einer Antwort'
  },
  kinds: {
    reply: 'Antworten',
    action: 'Handlungen (/me)',
    edited: 'bearbeitete Nachrichten',
    message: 'Nachrichten',
    subject: 'Änderungen des Themas',
    join: 'Beitritte',
    leave: 'Abgänge',
    nick: 'Namenswechsel',
    kick: 'Hinauswürfe',
    ban: 'Verbannungen',
    role: 'Änderungen der Rolle',
    affiliation: 'Änderungen der Zugehörigkeit',
    configuration: 'Änderungen der Einstellungen',
    destroy: 'Schließungen des Raums'
  },
  help: 'So wird gesucht',
  examples: [
    ['schnelles auto', ['Nachrichten mit beiden Wörtern']],
    ['"schnelles auto"', ['die Wörter nebeneinander']],
    ['auto -schnell', ['ohne ein Wort']],
    ['auto OR rad', ['das eine oder das andere']],
    ['archiv*', ['Wörter, die so anfangen']],
    ['from:alice', phrase`von alice gesagt; ${query('to:alice')} heißt: an sie gerichtet`],
    ['in:lounge', ['in einem Raum']],
    ['after:2026-01 before:2026-03', ['in einem Zeitraum']],
    ['on:2026-11-21', phrase`an einem Tag; ebenso ${query('on:yesterday')}, ${query('during:2026-10')}, ${query('during:7d')}`],
    ['has:link', phrase`mit einem Link; ebenso ${query('has:image')}, ${query('has:file')}, ${query('has:reaction')}`],
    ['is:subject', phrase`Änderungen des Themas; ebenso ${query('is:action')}, ${query('is:reply')}, ${query('is:edited')}`],
    ['is:kick OR is:ban', phrase`was die Moderation tat; ${query('is:nick')} für Namenswechsel, ${query('is:join')}, ${query('is:leave')}`]
  ],
  readInDay: 'Im Tagesverlauf lesen',
  searchTheLogs: site => `Die Chatprotokolle von ${site} durchsuchen`,
  exported: {
    needsScript: 'Die Suche dieser Kopie läuft im Browser und braucht JavaScript. Die Seiten der Tage lassen sich ohne lesen.',
    older: 'Ältere Nachrichten durchsuchen',
    script: {
      searching: 'Suche läuft …',
      searchingMonth: 'Suche in {month} … bisher {n} gefunden',
      found: '{n} gefunden, neueste zuerst',
      foundUntil: '{n} gefunden, neueste zuerst, zurück bis {day}',
      nothing: 'Nichts gefunden. Weniger Wörter finden mehr, ebenso ein Wortanfang mit einem Stern: archiv*',
      subject: 'Thema:',
      spoiler: 'Verdeckt',
      read: 'Im Tagesverlauf lesen',
      noRoom: 'Diesen Raum gibt es hier nicht.',
      problem: 'Die Suche geht nicht: {problem}'
    }
  }
}
