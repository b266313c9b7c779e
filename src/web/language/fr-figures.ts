import type { FiguresWords } from './figures-words.ts'
import { phrased, texte } from './french-spaces.ts'
import { createNumbers } from './numbers.ts'

const { counted, grouped } = createNumbers('fr')

const messages = (count: number): string => counted(count, 'message', 'messages')
const days = (count: number): string => counted(count, 'jour', 'jours')
const links = (count: number): string => counted(count, 'lien', 'liens')
const RELOAD = 'Rechargez la page pour en voir davantage.'

export const frenchFigures: FiguresWords = {
  others: count => counted(count, 'autre', 'autres'),

  stats: {
    title: year => year === undefined ? 'Statistiques' : `Statistiques de ${year}`,
    allYears: 'Toutes les années',
    counting: (ready, all) =>
      texte`Ces chiffres sont en cours de calcul : ${days(ready)} sur ${grouped(all)} pour l’instant, en commençant par les plus récents. ${RELOAD}`,
    nothing: 'Il n’y a aucun message à compter.',
    nothingYet: 'Rien de tout cela n’est encore compté.',
    lead: (said, on, people, few) =>
      `${messages(said)} en ${days(on)}, de ${people < few ? `moins de ${few} personnes` : counted(people, 'personne', 'personnes')}`,
    fewerThan: few => `moins de ${few}`,
    perDay: 'Messages par jour',
    perMonth: 'Messages par mois',
    hours: 'Heures de la semaine',
    byHour: 'Messages par jour de la semaine et par heure',
    byHourChart: texte`Messages par jour de la semaine et par heure, en UTC ; les chiffres sont dans le tableau ci-dessous`,
    peoplePerMonth: 'Personnes par mois',
    newPeople: 'Nouvelles personnes',
    newPeoplePerMonth: 'Nouvelles personnes par mois',
    newPeopleFacts: 'Noms sous lesquels quelqu’un a pris la parole pour la première fois.',
    newPeopleLater: 'Les nouvelles personnes seront connues quand tous les jours auront été comptés.',
    firstAnswer: 'Délai de la première réponse',
    tooFewAnswers: 'Il y a trop peu de réponses pour donner un délai.',
    halfOfAnswers: (count, wait) => phrased`La moitié des ${counted(count, 'réponse', 'réponses')} est arrivée en ${wait} au plus.`,
    medianPerMonth: 'Délai médian de la première réponse par mois',
    tooFew: 'trop peu de réponses',
    answerFacts: 'Une réponse est un message qui répond expressément à un autre, ' +
      'ou qui commence par le nom d’une personne ayant pris la parole peu avant, le même jour.',
    busiest: 'Jours les plus animés',
    saidMost: 'Qui en a dit le plus',
    facts: few => texte`Sont comptés les messages tels qu’ils sont affichés : ni ceux qui ont été supprimés, ni les corrections, les réactions ou les sujets. ` +
      texte`Une personne est un nom ; en dessous de ${String(few)}, le nombre de personnes n’est pas indiqué. Jours et heures en UTC.`,
    mostOnDay: (count, day) => texte`Maximum : ${messages(count)} le ${day}`,
    mostInMonth: (what, month) => texte`Maximum : ${what} en ${month}`,
    chart: (name, most) => `${name}. ${most}. Tous les chiffres sont dans le tableau ci-dessous.`,
    asTable: 'Sous forme de tableau',
    columns: { day: 'Jour', month: 'Mois', messages: 'Messages', people: 'Personnes', newPeople: 'Nouvelles personnes', median: 'Médiane' }
  },

  links: {
    title: 'Liens',
    to: host => phrased`Liens vers ${host}`,
    gathering: (ready, all) =>
      texte`Les liens sont en cours de collecte : ceux de ${days(ready)} sur ${grouped(all)} sont là pour l’instant, les plus récents d’abord. ${RELOAD}`,
    nobody: 'Personne n’a encore publié de lien ici.',
    noneYet: 'Aucun lien n’a été trouvé pour l’instant.',
    toAddresses: (count, addresses) => `${links(count)} vers ${counted(addresses, 'adresse', 'adresses')}, les dernières publiées d’abord`,
    toHosts: (count, hosts) => `${links(count)} vers ${counted(hosts, 'site', 'sites')}`,
    postedOnce: day => phrased`publié une fois, le ${day}`,
    posted: (times, first, last) => phrased`publié ${grouped(times)} fois, d’abord le ${first}, en dernier le ${last}`,
    columns: { host: 'Site', links: 'Liens', first: 'Première fois', last: 'Dernière fois' },
    previousPage: 'Page précédente',
    nextPage: 'Page suivante',
    page: (number, count) => `Page ${grouped(number)} sur ${grouped(count)}`,
    unlisted: count => count === 1
      ? '1 autre lien, d’un jour qui en compte énormément, n’est pas indiqué.'
      : `${grouped(count)} autres liens, de jours qui en comptent énormément, ne sont pas indiqués.`,
    facts: texte`Les liens figurent ici tels qu’ils ont été publiés, y compris ceux vers des fichiers ; ceux des messages supprimés n’y sont pas.`
  },

  coverage: {
    title: year => `Ce qui est enregistré de ${year}`,
    link: 'Ce qui est enregistré',
    begins: when => phrased`L’enregistrement de ce salon commence le ${when}.`,
    counting: texte`Ce qui a été supprimé est en cours de comptage ; un tiret indique que le nombre n’est pas encore connu. ${RELOAD}`,
    missing: 'Ce qui manque',
    nothingMissing: 'À notre connaissance, rien ne manque pour cette année.',
    inAll: duration => phrased`En tout ${duration}. Heures en UTC.`,
    recovered: day => `Ce qui s’est dit entre-temps a été récupéré le ${day}.`,
    days: 'Jours',
    nothing: 'Rien n’est enregistré pour l’instant.',
    columns: { day: 'Jour', firstToLast: 'Du premier au dernier', messages: 'Messages', removed: 'Supprimés', missing: 'Manquant' },
    facts: 'Les jours sans ligne n’ont pas de messages, et rien n’y manque. Heures en UTC.',
    forPrograms: json => phrased`La même chose pour les programmes : ${json}`
  },

  excerpt: {
    asText: 'En texte brut',
    cut (most, on, end) {
      const before = `Un extrait compte ${grouped(most)} messages au plus, et celui-ci serait plus long. La suite se trouve `
      const first = on.link(`sur la page du ${on.day}`)
      return end === undefined ? phrased`${before}${first}.` : phrased`${before}${first} ; il se termine ${end.link(`le ${end.day}`)}.`
    },
    nothing: 'Il n’y a rien à montrer entre ces deux messages.',
    linkTo: link => phrased`Heures en UTC. Lien vers cet extrait : ${link}`,
    description: (room, range) => `Ce qui s’est dit dans ${room}, ${range}`
  }
}
