import { phrased, texte } from './french-spaces.ts'
import { createNumbers } from './numbers.ts'
import { query } from './search-words.ts'
import type { SearchWords } from './search-words.ts'

const { counted, grouped } = createNumbers('fr')
const orders = { newest: 'du plus récent au plus ancien', oldest: 'du plus ancien au plus récent', relevance: 'par pertinence' }
const nouns = { message: ['message', 'messages'], event: ['événement', 'événements'] } as const

export const frenchSearch: SearchWords = {
  title: 'Recherche',
  searchFor: 'Rechercher',
  button: 'Rechercher',
  options: 'Salon, personne, période, ordre',
  in: 'Dans',
  allRooms: 'Tous les salons',
  from: 'De',
  anybody: 'tout le monde',
  since: 'Depuis',
  until: 'Jusqu’à',
  order: 'Ordre',
  orders,
  lastTwelveMonths: 'Continuer avec les douze derniers mois',
  lookedFor: 'Ce qui est recherché',
  or: 'ou',
  withoutThis: 'Rechercher sans ceci',
  remove: ', retirer',
  nothing: 'Rien n’a été trouvé.',
  nothingIn: room => phrased`Rien n’a été trouvé dans ${room}.`,
  found (total, isExact, noun, order, weighed) {
    const [one, other] = nouns[noun]
    const count = isExact ? counted(total, one, other) : `Plus de ${grouped(total)} ${other}`
    return weighed === undefined ? `${count}, ${orders[order]}` : `${count}, ${orders[order]} parmi les ${grouped(weighed)} plus récents`
  },
  backToFirst: order => order === 'newest' ? 'Revenir aux plus récents' : 'Revenir au début',
  roomsSearched: count => counted(count, 'salon parcouru', 'salons parcourus'),
  indexPartial: 'l’index est en construction, il peut donc y en avoir d’autres',
  indexBehind: seconds => `l’index a ${counted(seconds, 'seconde', 'secondes')} de retard`,
  indexUpToDate: 'l’index est à jour',
  didYouMean: suggestion => phrased`Vouliez-vous dire ${suggestion} ?`,
  withoutOne: texte`Rechercher sans l’un des éléments :`,
  without: part => phrased`sans ${part}`,
  searchAllRooms: 'Rechercher dans tous les salons',
  fewer: example => phrased`Moins de mots trouvent davantage, et le début d’un mot suivi d’une étoile aussi : ${example}`,
  spread: 'Leur répartition',
  count: 'Les compter par salon, année, personne et nature',
  facets: { rooms: 'Salons', years: 'Années', people: 'Personnes', kinds: 'Nature' },
  moreBefore: count => `${grouped(count)} de plus avant`,
  moreAfter: count => `${grouped(count)} de plus après`,
  pages: 'Pages',
  next: { newest: 'Plus anciens', oldest: 'Plus récents', relevance: 'Suite' },
  goOnBefore: day => `Continuer avant le ${day}`,
  asForms: (feed, json) => phrased`Cette recherche sous forme de ${feed('flux')}, qui apporte aussi ce qui sera dit plus tard, ou en ${json('JSON')}`,
  understood: {
    not: value => phrased`sans ${value}`,
    prefix: value => phrased`mots commençant par ${value}`,
    phrase: value => phrased`« ${value} »`,
    from: value => phrased`de ${value}`,
    to: value => phrased`à ${value}`,
    in: value => phrased`dans ${value}`,
    before: value => phrased`avant : ${value}`,
    after: value => phrased`après : ${value}`,
    on: value => phrased`date : ${value}`,
    during: value => phrased`période : ${value}`,
    has: value => phrased`avec ${value}`,
    lang: value => phrased`langue : ${value}`,
    since: value => phrased`depuis : ${value}`,
    until: value => phrased`jusqu’à : ${value}`
  },
  timeSince: day => `depuis le ${day}`,
  things: {
    link: 'un lien',
    image: 'une image',
    video: 'une vidéo',
    audio: 'un son',
    file: 'un fichier',
    reaction: 'une réaction',
    mention: 'une mention',
    spoiler: 'un divulgâcheur',
    reply: 'une réponse'
  },
  kinds: {
    reply: 'réponses',
    action: 'actions (/me)',
    edited: 'messages modifiés',
    message: 'messages',
    subject: 'changements de sujet',
    join: 'arrivées',
    leave: 'départs',
    nick: 'changements de pseudo',
    kick: 'expulsions',
    ban: 'bannissements',
    role: 'changements de rôle',
    affiliation: 'changements d’affiliation',
    configuration: 'changements de configuration',
    destroy: 'fermetures du salon'
  },
  help: 'Comment rechercher',
  examples: [
    ['voiture rapide', ['les messages avec les deux mots']],
    ['"voiture rapide"', ['les mots l’un à côté de l’autre']],
    ['voiture -rapide', ['sans un mot']],
    ['voiture OR vélo', ['l’un ou l’autre']],
    ['archiv*', ['les mots qui commencent ainsi']],
    ['from:alice', phrased`dit par alice ; ${query('to:alice')} cherche ce qui lui est dit`],
    ['in:lounge', ['dans un seul salon']],
    ['after:2026-01 before:2026-03', ['dans une période']],
    ['on:2026-11-21', phrased`un jour donné ; de même ${query('on:yesterday')}, ${query('during:2026-10')}, ${query('during:7d')}`],
    ['has:link', phrased`avec un lien ; de même ${query('has:image')}, ${query('has:file')}, ${query('has:reaction')}`],
    ['is:subject', phrased`changements de sujet ; de même ${query('is:action')}, ${query('is:reply')}, ${query('is:edited')}`],
    ['is:kick OR is:ban', phrased`ce qu’a fait la modération ; ${query('is:nick')} pour les changements de pseudo, ${query('is:join')}, ${query('is:leave')}`]
  ],
  readInDay: 'Lire dans le fil du jour',
  searchTheLogs: site => `Rechercher dans les conversations de ${site}`,
  exported: {
    needsScript: 'La recherche de cette copie se fait dans le navigateur et demande JavaScript. Les pages des jours se lisent sans lui.',
    older: 'Chercher dans les messages plus anciens',
    script: {
      searching: 'Recherche…',
      searchingMonth: 'Recherche dans {month}… {n} trouvés pour l’instant',
      found: '{n} trouvés, du plus récent au plus ancien',
      foundUntil: '{n} trouvés, du plus récent au plus ancien, jusqu’au {day}',
      nothing: 'Rien trouvé. Moins de mots trouvent davantage, et le début d’un mot suivi d’une étoile aussi\u00a0: archiv*',
      subject: 'Sujet\u00a0:',
      spoiler: 'Texte masqué',
      read: 'Lire dans le fil du jour',
      noRoom: 'Ce salon n’existe pas ici.',
      problem: 'La recherche ne fonctionne pas\u00a0: {problem}'
    }
  }
}
