import type { Words } from './words.ts'
import { createDates } from './dates.ts'
import { frenchFigures } from './fr-figures.ts'
import { frenchSearch } from './fr-search.ts'
import { phrased, texte } from './french-spaces.ts'
import { createNumbers } from './numbers.ts'
import type { Phrase } from './phrase.ts'

const dates = createDates({
  locale: 'fr',
  long: 'cccc d MMMM yyyy',
  plain: 'd MMMM yyyy',
  short: 'ccc d MMM',
  shortWithYear: 'd MMM yyyy',
  weekdays: 'narrow',
  first: '1er'
})
const { counted, ...numbers } = createNumbers('fr')

const messages = (count: number): string => counted(count, 'message', 'messages')
const people = (count: number): string => counted(count, 'personne', 'personnes')
const days = (count: number): string => counted(count, 'jour', 'jours')

// The perfect with «avoir» agrees with nobody's gender.
const has = (count: number): string => count === 1 ? 'a' : 'ont'
const had = (count: number): string => count === 1 ? 'a dû' : 'ont dû'

const removed = {
  author: 'par son auteur',
  moderator: 'par la modération',
  administrator: 'par l’administration de ces archives',
  retention: 'à la fin de la durée de conservation de ce salon'
}

const roles: Readonly<Record<string, string>> = { moderator: 'modérateur', participant: 'participant', visitor: 'visiteur', none: 'aucun' }
const affiliations: Readonly<Record<string, string>> = {
  owner: 'propriétaire', admin: 'administrateur', member: 'membre', outcast: 'banni', none: 'aucune'
}

function setBy<T> (told: Phrase<T>, by: T | undefined): Phrase<T> {
  return by === undefined ? told : [...told, ...phrased<T>`, par décision de ${by}`]
}

export const french: Words = {
  ...dates,
  ...numbers,
  ...frenchFigures,
  tongue: 'fr',
  locale: 'fr',
  messages,
  people,
  days,
  messagesByPeople: (said, by) => `${messages(said)} de ${people(by)}`,
  andMore: count => `et ${numbers.grouped(count)} de plus`,
  namesAndMore: (names, more) => phrased`${names} et ${numbers.grouped(more)} de plus`,
  comma: ', ',
  semicolon: texte` ; `,
  theRoom: 'Le salon',
  labelled: (label, text) => phrased`${label} : ${text}`,

  shell: {
    skip: 'Aller au contenu',
    rooms: 'Salons',
    allRooms: 'Tous les salons',
    search: 'Recherche',
    searchRoom: title => `Rechercher dans ${title}`,
    searchAll: 'Rechercher dans tous les salons',
    whereYouAre: 'Vous êtes ici',
    feedOfMessages: title => texte`${title} : messages`,
    feedOfDays: title => texte`${title} : jours`,
    searchOf: text => texte`Recherche : ${text}`,
    levels: {
      indexed: 'Les jours de ce salon peuvent apparaître dans les moteurs de recherche.',
      public: texte`Ce salon figure dans la liste de ce site ; les moteurs de recherche sont priés de ne pas le reprendre.`,
      unlisted: texte`Ce salon ne figure dans aucune liste : seules les personnes qui ont le lien le trouvent.`
    }
  },

  home: {
    noRooms: ([listed, indexed]) =>
      phrased`Aucun salon n’est publié ici. Un salon apparaît sur cette page quand son niveau, dans la configuration, est ${listed} ou ${indexed}.`,
    messagesSince: (count, day) => `${messages(count)} depuis le ${dates.plainDay(day)}`,
    lastAt: time => phrased`dernier message le ${time}`,
    clockOn: (day, clock) => `${dates.plainDay(day)} à ${clock} UTC`,
    nothingYet: 'Rien n’a encore été dit'
  },

  room: {
    join: texte`Rejoindre :`,
    timesInUtc: 'Heures en UTC.',
    nothingYet: 'Rien n’a été dit ici depuis le début de l’enregistrement.',
    today: 'Aujourd’hui',
    quiet: '(calme jusqu’ici)',
    live: 'En direct',
    latestDay: 'Dernier jour',
    firstDay: 'Premier jour',
    recentDays: 'Derniers jours',
    years: 'Années',
    months: 'Mois',
    calendar: 'Calendrier',
    messagesOnDays: (said, on) => `${messages(said)} en ${days(on)}`
  },

  calendar: {
    notRecorded: 'non enregistré',
    withHole: count => `${messages(count)}, enregistrement incomplet`,
    legend: 'Les jours encadrés de tirets n’ont pas été enregistrés complètement.',
    emptyMonth: 'Aucun message de ce mois n’est enregistré. Les jours marqués n’ont pas été enregistrés, ou pas complètement.',
    asFile: files => phrased`Le mois entier sous forme de fichier : ${files}.`
  },

  day: {
    notComplete: 'enregistrement incomplet',
    timesIn: zone => `heures en ${zone}`,
    goesOn: 'ce jour n’est pas terminé',
    reload: ', rechargez la page pour voir la suite',
    noZone: (zone, example) =>
      phrased`Il n’y a pas de fuseau horaire nommé « ${zone} » ; les heures sont données en UTC. Un fuseau se nomme par exemple ${example}.`,
    view: 'Affichage',
    presence: texte`Arrivées et départs :`,
    presences: { netted: 'résumés', full: 'tous', none: 'masqués' },
    showTimesIn: 'Afficher les heures en',
    show: 'Afficher',
    otherForms: 'Ce jour en',
    plainText: 'texte brut',
    nothingRecorded: isToday => isToday ? 'Rien n’est enregistré de ce jour jusqu’ici.' : 'Rien n’est enregistré de ce jour.',
    noMessageRecorded: isToday => isToday ? 'Aucun message de ce jour n’est enregistré jusqu’ici.' : 'Aucun message de ce jour n’est enregistré.',
    nothingSaid: isToday => isToday ? 'Rien n’a encore été dit aujourd’hui.' : 'Personne n’a parlé ce jour-là.',
    nobodySpoke: isToday => isToday ? 'Personne n’a encore parlé aujourd’hui.' : 'Personne n’a parlé ce jour-là.',
    nearest: texte`Les jours les plus proches où il y a des messages :`,
    hours: 'Heures',
    neighbours: 'Jours où il y a des messages',
    neighboursAgain: 'Jours où il y a des messages, à nouveau',
    dateIn: (day, zone) => `${dates.plainDay(day)} en ${zone}`,
    description: (day, room, said, by) => texte`${dates.longDay(day)} dans ${room} : ${messages(said)} de ${people(by)}.`
  },

  live: {
    title: 'En direct',
    facts: 'Les derniers messages, heures en UTC',
    allOfToday: 'toute la journée',
    messages: 'Messages',
    reload: 'Recharger la page pour voir les nouveaux messages',
    script: {
      follows: texte`En direct : les nouveaux messages apparaissent ici d’eux-mêmes.`,
      lost: texte`La connexion est perdue ; nouvelle tentative en cours.`,
      much: 'Beaucoup de messages sont arrivés entre-temps.',
      newMessages: { one: '{n} nouveau message', other: '{n} nouveaux messages' },
      newDay: texte`Un nouveau jour a commencé : {day}`
    }
  },

  message: {
    edited: 'modifié',
    editedAt: (day, clock, zone) => `${dates.plainDay(day)} à ${clock} ${zone}`,
    inAnswerTo: 'En réponse à',
    encrypted: 'message chiffré',
    aRemoved: 'un message supprimé',
    notHere: 'un message absent de ces archives',
    spoiler: 'Divulgâcheur',
    aSpoiler: 'un divulgâcheur',
    reactions: texte`Réactions :`,
    inLanguage: name => name === undefined ? 'dans une autre langue' : `en ${name}`,
    subject: 'Sujet',
    subjectLabel: texte`Sujet :`,
    sentAt: (day, clock) => `${dates.plainDay(day)} à ${clock} UTC`,
    title: (speaker, room, when) => `${speaker} dans ${room}, ${when}`,
    readInDay: 'Lire dans le fil du jour',
    saidBefore: 'Versions précédentes',
    linkTo: link => phrased`Lien vers ce message : ${link}`,
    removedTitle: 'Message supprimé',
    removedAt: (how, when) => phrased`${how}. Il avait été envoyé le ${when} ; son texte n’est pas conservé.`,
    readDay: 'Lire le reste du jour',
    byItself: 'Ce message seul'
  },

  notes: {
    joined: (who, count) => phrased`${who} ${has(count)} rejoint le salon`,
    left (who, count, how) {
      switch (how) {
        case 'left': return phrased`${who} ${has(count)} quitté le salon`
        case 'shutdown': return phrased`${who} ${has(count)} quitté le salon à l’arrêt du service`
        case 'members-only': return phrased`${who} ${had(count)} quitter le salon, désormais réservé aux membres`
        case 'membership': return phrased`${who} ${had(count)} quitter le salon en cessant d’en être membre`
        case 'lost': return phrased`${who} ${has(count)} perdu la connexion`
      }
    },
    renamed: (who, count) => phrased`${who} ${has(count)} changé de pseudo`,
    returned: (who, count) => phrased`${who} ${has(count)} quitté puis rejoint le salon`,
    visited: (who, count) => phrased`${who} ${has(count)} rejoint puis quitté le salon`,
    sums: {
      joined: count => counted(count, 'arrivée', 'arrivées'),
      left: count => counted(count, 'départ', 'départs'),
      renamed: count => counted(count, 'changement de pseudo', 'changements de pseudo'),
      returned: count => counted(count, 'départ suivi d’un retour', 'départs suivis d’un retour'),
      visited: count => counted(count, 'passage', 'passages')
    },
    reacted: (who, reactions) => phrased`${who} a réagi avec ${reactions}`,
    tookBack: who => phrased`${who} a retiré une réaction`,
    subject: (who, subject) => phrased`${who} a défini le sujet : ${subject}`,
    clearedSubject: who => phrased`${who} a effacé le sujet`,
    knownAs: (who, nick) => phrased`${who} s’appelle désormais ${nick}`,
    kicked: (who, by) => by === undefined ? phrased`${who} s’est fait expulser` : phrased`${who} s’est fait expulser par ${by}`,
    banned: (who, by) => by === undefined ? phrased`${who} s’est fait bannir` : phrased`${who} s’est fait bannir par ${by}`,
    role: (who, role, by) => setBy(phrased`${who} a désormais le rôle « ${roles[role] ?? role} »`, by),
    affiliation: (who, affiliation, by) => setBy(phrased`${who} a désormais l’affiliation « ${affiliations[affiliation] ?? affiliation} »`, by),
    configuration: {
      170: 'Le salon est désormais enregistré',
      171: 'Le salon n’est plus enregistré',
      172: 'Le salon montre désormais les vraies adresses à tout le monde',
      173: 'Le salon ne montre désormais les vraies adresses qu’à la modération'
    },
    reconfigured: 'La configuration du salon a été modifiée',
    destroyed: 'Le salon a été fermé',
    movedTo: room => phrased` ; la conversation continue dans ${room}`,
    removed: by => `Supprimé ${removed[by]}`,
    manyRemoved: (count, by) => `${counted(count, 'message supprimé', 'messages supprimés')} ${by === 'author' && count !== 1 ? 'par leurs auteurs' : removed[by]}`
  },

  gap: {
    between: (from, to, duration, why) => phrased`Non enregistré de ${from} à ${to} (${duration}) : ${why}`,
    since: (from, why) => phrased`Non enregistré depuis ${from} : ${why}`,
    causes: {
      unheard: 'l’enregistrement de ce salon n’avait pas encore commencé',
      stopped: 'l’enregistrement était arrêté',
      killed: 'l’enregistrement s’est interrompu sans prévenir',
      disconnected: 'connexion au serveur perdue',
      removed: 'le salon n’a pas laissé entrer l’archiviste',
      overflow: 'il n’y avait plus de place pour l’enregistrement'
    },
    problems: {
      'no-archive': 'le salon ne tient pas d’archives d’où le récupérer',
      expired: 'les archives du salon ne remontent plus aussi loin',
      refused: 'les archives du salon refusent de le donner',
      unanswered: 'les archives du salon ne répondent pas et seront interrogées de nouveau'
    },
    because: (cause, problem) => texte`${cause} ; ${problem}`,
    clockOn: (clock, day) => `${clock} le ${dates.plainDay(day)}`
  },

  duration: {
    units: {
      day: days,
      hour: count => counted(count, 'heure', 'heures'),
      minute: count => counted(count, 'minute', 'minutes'),
      second: count => counted(count, 'seconde', 'secondes')
    },
    lessThanASecond: 'moins d’une seconde'
  },

  file: {
    aFile: 'un fichier',
    noAddress: 'pas encore d’adresse',
    bytes: count => counted(count, 'octet', 'octets'),
    units: ['ko', 'Mo', 'Go', 'To']
  },

  search: frenchSearch,

  feed: {
    andMore: count => `(et ${numbers.grouped(count)} de plus)`,
    daysOf: room => `Jours de ${room}`,
    dayTitle: (day, said, by) => texte`${dates.longDay(day)} : ${messages(said)}, ${people(by)}`,
    daySummary: (said, by, hasHole) => hasHole
      ? texte`${messages(said)} de ${people(by)} ; l’enregistrement de ce jour est incomplet.`
      : `${messages(said)} de ${people(by)}.`,
    readDay: 'Lire ce jour'
  },

  problems: {
    notFound: {
      title: 'Introuvable',
      text: 'Il n’y a rien à cette adresse. Le lien est peut-être faux, ou ce qui s’y trouvait n’est plus public.'
    },
    failed: {
      title: 'Une erreur est survenue',
      text: texte`Cette page n’a pas pu être produite à cause d’une erreur du programme. L’erreur a été notée ; réessayer plus tard peut aider.`
    },
    wrongMethod: { title: 'En lecture seule', text: texte`Ce site ne peut qu’être lu : il répond à GET et à HEAD.` },
    badRequest: 'Cela n’a pas fonctionné',
    badRequestText: 'Il n’est pas possible de répondre à cette demande.',
    badParameter: name => texte`Il n’est pas possible de répondre à cette demande : le paramètre « ${name} » n’a pas de valeur valable.`,
    badAddress: texte`Cette adresse est illisible : un % n’y est pas suivi de deux chiffres hexadécimaux d’UTF-8.`,
    unavailable: 'Indisponible pour le moment',
    storeUnavailable: texte`Les archives sont hors d’atteinte pour le moment. Rien n’est perdu ; veuillez réessayer dans une minute.`,
    searchTimeout: 'La recherche a duré trop longtemps et a été interrompue. Utilisez des mots plus nombreux ou plus rares, ou cherchez dans un seul salon.',
    searchUnavailable: 'La recherche n’est pas possible pour le moment. Les conversations elles-mêmes restent lisibles.',
    tooManyStreams: 'Trop de personnes suivent ce salon en direct pour le moment. Les pages elles-mêmes restent lisibles.',
    tooManyPages: {
      title: 'Trop de pages à la fois',
      text: texte`Tant de pages ont été produites pour vous en peu de temps que les autres devraient attendre. Veuillez patienter un peu. ` +
        texte`Pour tout avoir, prenez plutôt des mois entiers sous forme de fichiers : la page de chaque mois y mène, et « À propos de ces archives » en dit plus.`
    }
  },

  texts: { about: 'À propos de ces archives', privacy: 'Confidentialité et suppression' }
}
