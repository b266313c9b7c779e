import type { Words } from './words.ts'
import { createDates } from './dates.ts'
import { germanFigures } from './de-figures.ts'
import { germanSearch } from './de-search.ts'
import { createNumbers } from './numbers.ts'
import { phrase } from './phrase.ts'

const dates = createDates({
  locale: 'de',
  long: 'cccc, d. MMMM yyyy',
  plain: 'd. MMMM yyyy',
  short: 'ccc, d. MMM',
  shortWithYear: 'd. MMM yyyy',
  weekdays: 'short'
})
const { counted, ...numbers } = createNumbers('de')

const messages = (count: number): string => counted(count, 'Nachricht', 'Nachrichten')
const people = (count: number): string => counted(count, 'Person', 'Personen')
const days = (count: number): string => counted(count, 'Tag', 'Tage')
// «an 3 Tagen», «von 3 Personen» differ from the plain plural in «Tagen» only.
const onDays = (count: number): string => counted(count, 'Tag', 'Tagen')

const has = (count: number): string => count === 1 ? 'hat' : 'haben'
const is = (count: number): string => count === 1 ? 'ist' : 'sind'

const removed = {
  author: 'vom Absender zurückgezogen',
  moderator: 'von der Moderation entfernt',
  administrator: 'von der Verwaltung dieses Archivs entfernt',
  retention: 'nach Ablauf der Aufbewahrungszeit dieses Raums entfernt'
}

const roles: Readonly<Record<string, string>> = { moderator: 'Moderator', participant: 'Teilnehmer', visitor: 'Besucher', none: 'keine' }
const affiliations: Readonly<Record<string, string>> = {
  owner: 'Eigentümer', admin: 'Administrator', member: 'Mitglied', outcast: 'ausgeschlossen', none: 'keine'
}

export const german: Words = {
  ...dates,
  ...numbers,
  ...germanFigures,
  tongue: 'de',
  locale: 'de',
  messages,
  people,
  days,
  messagesByPeople: (said, by) => `${messages(said)} von ${people(by)}`,
  andMore: count => `und ${numbers.grouped(count)} weitere`,
  namesAndMore: (names, more) => phrase`${names} und ${numbers.grouped(more)} weitere`,
  comma: ', ',
  semicolon: '; ',
  theRoom: 'Der Raum',
  labelled: (label, text) => phrase`${label}: ${text}`,

  shell: {
    skip: 'Zum Inhalt springen',
    rooms: 'Räume',
    allRooms: 'Alle Räume',
    search: 'Suche',
    searchRoom: title => `${title} durchsuchen`,
    searchAll: 'Alle Räume durchsuchen',
    whereYouAre: 'Wo Sie sind',
    feedOfMessages: title => `${title}: Nachrichten`,
    feedOfDays: title => `${title}: Tage`,
    searchOf: text => `Suche: ${text}`,
    levels: {
      indexed: 'Die Tage dieses Raums dürfen in Suchmaschinen erscheinen.',
      public: 'Dieser Raum steht hier im Verzeichnis; Suchmaschinen werden gebeten, ihn auszulassen.',
      unlisted: 'Dieser Raum steht in keinem Verzeichnis: Nur wer den Link hat, findet ihn.'
    }
  },

  home: {
    noRooms: ([listed, indexed]) =>
      phrase`Hier ist kein Raum verzeichnet. Ein Raum erscheint auf dieser Seite, wenn seine Stufe in der Konfiguration ${listed} oder ${indexed} ist.`,
    messagesSince: (count, day) => `${messages(count)} seit dem ${dates.plainDay(day)}`,
    lastAt: time => phrase`zuletzt am ${time}`,
    clockOn: (day, clock) => `${dates.plainDay(day)}, ${clock} UTC`,
    nothingYet: 'Noch wurde nichts gesagt'
  },

  room: {
    join: 'Beitreten:',
    timesInUtc: 'Zeiten in UTC.',
    nothingYet: 'Seit Beginn der Aufzeichnung wurde hier nichts gesagt.',
    today: 'Heute',
    quiet: '(bisher still)',
    live: 'Live',
    latestDay: 'Letzter Tag',
    firstDay: 'Erster Tag',
    recentDays: 'Letzte Tage',
    years: 'Jahre',
    months: 'Monate',
    calendar: 'Kalender',
    messagesOnDays: (said, on) => `${messages(said)} an ${onDays(on)}`
  },

  calendar: {
    notRecorded: 'nicht aufgezeichnet',
    withHole: count => `${messages(count)}, nicht vollständig aufgezeichnet`,
    legend: 'Tage mit gestricheltem Rahmen wurden nicht vollständig aufgezeichnet.',
    emptyMonth: 'Von diesem Monat ist keine Nachricht aufgezeichnet. Die markierten Tage wurden nicht oder nicht vollständig aufgezeichnet.',
    asFile: files => phrase`Der ganze Monat als Datei: ${files}.`
  },

  day: {
    notComplete: 'nicht vollständig aufgezeichnet',
    timesIn: zone => `Zeiten in ${zone}`,
    goesOn: 'dieser Tag läuft noch',
    reload: ', für Neues die Seite neu laden',
    noZone: (zone, example) => phrase`Eine Zeitzone namens „${zone}“ gibt es nicht; die Zeiten stehen in UTC. Zeitzonen heißen zum Beispiel ${example}.`,
    view: 'Ansicht',
    presence: 'Beitritte und Abgänge:',
    presences: { netted: 'zusammengefasst', full: 'alle', none: 'ausgeblendet' },
    showTimesIn: 'Zeiten anzeigen in',
    show: 'Anzeigen',
    otherForms: 'Dieser Tag als',
    plainText: 'reiner Text',
    nothingRecorded: isToday => isToday ? 'Von diesem Tag ist bisher nichts aufgezeichnet.' : 'Von diesem Tag ist nichts aufgezeichnet.',
    noMessageRecorded: isToday => isToday ? 'Von diesem Tag ist bisher keine Nachricht aufgezeichnet.' : 'Von diesem Tag ist keine Nachricht aufgezeichnet.',
    nothingSaid: isToday => isToday ? 'Heute wurde noch nichts gesagt.' : 'An diesem Tag hat niemand etwas gesagt.',
    nobodySpoke: isToday => isToday ? 'Heute hat noch niemand etwas gesagt.' : 'An diesem Tag hat niemand etwas gesagt.',
    nearest: 'Die nächstgelegenen Tage mit Nachrichten:',
    hours: 'Stunden',
    neighbours: 'Tage mit Nachrichten',
    neighboursAgain: 'Tage mit Nachrichten, noch einmal',
    dateIn: (day, zone) => `${dates.plainDay(day)} in ${zone}`,
    description: (day, room, said, by) => `${dates.longDay(day)} in ${room}: ${messages(said)} von ${people(by)}.`
  },

  live: {
    title: 'Live',
    facts: 'Die letzten Nachrichten, Zeiten in UTC',
    allOfToday: 'der ganze heutige Tag',
    messages: 'Nachrichten',
    reload: 'Seite neu laden, um neue Nachrichten zu sehen',
    script: {
      follows: 'Live: Neue Nachrichten erscheinen hier von selbst.',
      lost: 'Die Verbindung ist unterbrochen; sie wird gleich neu aufgebaut.',
      much: 'Inzwischen wurde viel gesagt.',
      newMessages: { one: '{n} neue Nachricht', other: '{n} neue Nachrichten' },
      newDay: 'Ein neuer Tag hat begonnen: {day}'
    }
  },

  message: {
    edited: 'bearbeitet',
    editedAt: (day, clock, zone) => `${dates.plainDay(day)}, ${clock} ${zone}`,
    inAnswerTo: 'Als Antwort auf',
    encrypted: 'verschlüsselte Nachricht',
    aRemoved: 'eine entfernte Nachricht',
    notHere: 'eine Nachricht, die nicht in diesem Archiv steht',
    spoiler: 'Spoiler',
    aSpoiler: 'ein Spoiler',
    reactions: 'Reaktionen:',
    inLanguage: name => name === undefined ? 'in einer anderen Sprache' : `auf ${name}`,
    subject: 'Thema',
    subjectLabel: 'Thema:',
    sentAt: (day, clock) => `${dates.plainDay(day)}, ${clock} UTC`,
    title: (speaker, room, when) => `${speaker} in ${room}, ${when}`,
    readInDay: 'Im Tagesverlauf lesen',
    saidBefore: 'Was vorher dort stand',
    linkTo: link => phrase`Link zu dieser Nachricht: ${link}`,
    removedTitle: 'Entfernte Nachricht',
    removedAt: (how, when) => phrase`${how}. Gesendet wurde sie am ${when}; ihr Text wird nicht aufbewahrt.`,
    readDay: 'Den übrigen Tag lesen',
    byItself: 'Diese Nachricht für sich'
  },

  notes: {
    joined: (who, count) => phrase`${who} ${is(count)} beigetreten`,
    left (who, count, how) {
      switch (how) {
        case 'left': return phrase`${who} ${has(count)} den Raum verlassen`
        case 'shutdown': return phrase`${who} ${has(count)} den Raum verlassen, weil der Dienst beendet wurde`
        case 'members-only': return phrase`${who} ${count === 1 ? 'musste' : 'mussten'} gehen, weil der Raum nun Mitgliedern vorbehalten ist`
        case 'membership': return phrase`${who} ${count === 1 ? 'musste' : 'mussten'} mit dem Ende der Mitgliedschaft gehen`
        case 'lost': return phrase`${who} ${has(count)} die Verbindung verloren`
      }
    },
    renamed: (who, count) => phrase`${who} ${has(count)} den Namen gewechselt`,
    returned: (who, count) => phrase`${who} ${is(count)} gegangen und wiedergekommen`,
    visited: (who, count) => phrase`${who} ${is(count)} gekommen und gegangen`,
    sums: {
      joined: count => `${numbers.grouped(count)} beigetreten`,
      left: count => `${numbers.grouped(count)} gegangen`,
      renamed: count => `${numbers.grouped(count)} umbenannt`,
      returned: count => `${numbers.grouped(count)} gegangen und wiedergekommen`,
      visited: count => `${numbers.grouped(count)} gekommen und gegangen`
    },
    reacted: (who, reactions) => phrase`${who} hat mit ${reactions} reagiert`,
    tookBack: who => phrase`${who} hat eine Reaktion zurückgenommen`,
    subject: (who, subject) => phrase`${who} hat das Thema gesetzt: ${subject}`,
    clearedSubject: who => phrase`${who} hat das Thema gelöscht`,
    knownAs: (who, nick) => phrase`${who} heißt jetzt ${nick}`,
    kicked: (who, by) => by === undefined ? phrase`${who} wurde aus dem Raum geworfen` : phrase`${who} wurde von ${by} aus dem Raum geworfen`,
    banned: (who, by) => by === undefined ? phrase`${who} wurde verbannt` : phrase`${who} wurde von ${by} verbannt`,
    role: (who, role, by) => by === undefined
      ? phrase`${who} hat jetzt die Rolle „${roles[role] ?? role}“`
      : phrase`${who} hat jetzt die Rolle „${roles[role] ?? role}“, gesetzt von ${by}`,
    affiliation: (who, affiliation, by) => by === undefined
      ? phrase`${who} hat jetzt die Zugehörigkeit „${affiliations[affiliation] ?? affiliation}“`
      : phrase`${who} hat jetzt die Zugehörigkeit „${affiliations[affiliation] ?? affiliation}“, gesetzt von ${by}`,
    configuration: {
      170: 'Der Raum wird von jetzt an aufgezeichnet',
      171: 'Der Raum wird nicht mehr aufgezeichnet',
      172: 'Der Raum zeigt von jetzt an allen die wirklichen Adressen',
      173: 'Der Raum zeigt die wirklichen Adressen von jetzt an nur der Moderation'
    },
    reconfigured: 'Die Einstellungen des Raums wurden geändert',
    destroyed: 'Der Raum wurde geschlossen',
    movedTo: room => phrase`; es geht weiter in ${room}`,
    removed: by => removed[by].replace(/^./, first => first.toUpperCase()),
    manyRemoved: (count, by) => `${messages(count)} ${by === 'author' ? 'von ihren Absendern zurückgezogen' : removed[by]}`
  },

  gap: {
    between: (from, to, duration, why) => phrase`Nicht aufgezeichnet von ${from} bis ${to} (${duration}): ${why}`,
    since: (from, why) => phrase`Nicht aufgezeichnet seit ${from}: ${why}`,
    causes: {
      unheard: 'das Archiv war noch nicht im Raum',
      stopped: 'das Archiv war abgeschaltet',
      killed: 'das Archiv brach ohne Vorwarnung ab',
      disconnected: 'die Verbindung zum Server war unterbrochen',
      removed: 'der Raum ließ das Archiv nicht ein',
      overflow: 'das Archiv hatte keinen Platz mehr zum Schreiben'
    },
    problems: {
      'no-archive': 'der Raum führt kein eigenes Archiv, aus dem es nachzuholen wäre',
      expired: 'das Archiv des Raums reicht nicht mehr so weit zurück',
      refused: 'das Archiv des Raums gibt es nicht heraus',
      unanswered: 'das Archiv des Raums antwortet nicht und wird erneut gefragt'
    },
    because: (cause, problem) => `${cause}; ${problem}`,
    clockOn: (clock, day) => `${clock} am ${dates.plainDay(day)}`
  },

  duration: {
    units: {
      day: days,
      hour: count => counted(count, 'Stunde', 'Stunden'),
      minute: count => counted(count, 'Minute', 'Minuten'),
      second: count => counted(count, 'Sekunde', 'Sekunden')
    },
    lessThanASecond: 'weniger als eine Sekunde'
  },

  file: {
    aFile: 'eine Datei',
    noAddress: 'noch ohne Adresse',
    bytes: count => counted(count, 'Byte', 'Byte'),
    units: ['kB', 'MB', 'GB', 'TB']
  },

  search: germanSearch,

  feed: {
    andMore: count => `(und ${numbers.grouped(count)} weitere)`,
    daysOf: room => `Tage von ${room}`,
    dayTitle: (day, said, by) => `${dates.longDay(day)}: ${messages(said)}, ${people(by)}`,
    daySummary: (said, by, hasHole) => hasHole
      ? `${messages(said)} von ${people(by)}; der Tag wurde nicht vollständig aufgezeichnet.`
      : `${messages(said)} von ${people(by)}.`,
    readDay: 'Den Tag lesen'
  },

  problems: {
    notFound: {
      title: 'Nicht gefunden',
      text: 'Unter dieser Adresse gibt es nichts. Vielleicht ist der Link falsch, oder was hier war, ist nicht mehr öffentlich.'
    },
    failed: {
      title: 'Etwas ist schiefgegangen',
      text: 'Diese Seite konnte wegen eines Fehlers im Programm nicht erstellt werden. Der Fehler ist vermerkt; vielleicht hilft es, es später noch einmal zu versuchen.'
    },
    wrongMethod: { title: 'Nur zum Lesen', text: 'Diese Seiten können nur gelesen werden: Beantwortet werden GET und HEAD.' },
    badRequest: 'Das hat nicht geklappt',
    badRequestText: 'Diese Anfrage kann nicht beantwortet werden.',
    badParameter: name => `Diese Anfrage kann nicht beantwortet werden: Der Parameter „${name}“ hat keinen gültigen Wert.`,
    badAddress: 'Diese Adresse ist nicht zu lesen: Auf ein % folgen darin nicht zwei hexadezimale Ziffern in UTF-8.',
    unavailable: 'Zurzeit nicht verfügbar',
    storeUnavailable: 'Das Archiv ist gerade nicht erreichbar. Verloren ist nichts; bitte versuchen Sie es in einer Minute noch einmal.',
    searchTimeout: 'Die Suche dauerte zu lange und wurde abgebrochen. Nehmen Sie mehr oder seltenere Wörter, oder suchen Sie nur in einem Raum.',
    searchUnavailable: 'Die Suche ist zurzeit nicht möglich. Die Protokolle selbst sind wie immer zu lesen.',
    tooManyStreams: 'Zurzeit verfolgen zu viele Leser live mit, was gesagt wird. Die Seiten selbst sind wie immer zu lesen.',
    tooManyPages: {
      title: 'Zu viele Seiten auf einmal',
      text: 'In kurzer Zeit wurden für Sie so viele Seiten erstellt, dass andere warten müssten. Bitte warten Sie ein wenig. Wenn Sie alles haben möchten, ' +
        'nehmen Sie ganze Monate als Dateien: Die Seite jedes Monats verweist darauf, und „Über dieses Archiv“ sagt mehr dazu.'
    }
  },

  texts: { about: 'Über dieses Archiv', privacy: 'Datenschutz und Löschung' }
}
