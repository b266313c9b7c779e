import type { FindRequest, Searchable } from '../archive/find.ts'
import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import { contentOf } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { HansardError } from '../model/errors.ts'
import { PRESENCE_KINDS, streamOf } from '../model/event.ts'
import type { ArchivedEvent, EventKind } from '../model/event.ts'
import { shownText } from '../model/fallback.ts'
import { openRecord } from '../record.ts'
import type { OpenRecord } from '../record.ts'
import type { SearchOrder } from '../search/search-index.ts'
import { TRAITS } from '../search/trait.ts'
import type { Command, CommandInput } from './command.ts'
import { createPrinter, forTerminal } from './output.ts'

const PAGE = 100

interface Hit {
  readonly room: string
  readonly uid: string
  readonly time: string
  readonly kind: EventKind
  readonly nick: string
  readonly body: string
  readonly url: string
}

interface Count {
  readonly facet: string
  readonly value: string
  readonly count: number
  readonly isExact: boolean
}

const COUNT = new Intl.NumberFormat('en')

export const search: Command = {
  name: 'search',
  summary: 'find messages, newest first',
  usage: '[--limit N] [--order newest|oldest|relevance] [--facets] WORDS…',
  help: [
    '  words "a phrase" -not prefix* one OR other from:nick to:nick in:room lang:de',
    '  before:2024-05 after:7d on:yesterday during:2024   (UTC)',
    `  ${Object.keys(TRAITS.has).map(name => `has:${name}`).join(' ')}`,
    `  ${Object.keys(TRAITS.is).map(name => `is:${name}`).join(' ')} is:subject`,
    `  ${PRESENCE_KINDS.map(kind => `is:${kind}`).join(' ')}`,
    '  --limit N   at most so many (default 20; 0 for all)',
    '  --order O   newest (default), oldest or relevance',
    '  --facets    instead of the messages, how many there are by year, room, person and kind',
    'Searches every configured room, also those that the site does not show.'
  ].join('\n'),
  options: { limit: { type: 'string' }, order: { type: 'string' }, facets: { type: 'boolean' } },
  takesArguments: true,
  takesWords: true,
  async run ({ arguments: words, options, config: path, output, streams }) {
    const limit = options['limit'] === undefined ? 20 : Number(options['limit'])
    if (!Number.isInteger(limit) || limit < 0) throw new HansardError('ERR_USAGE', 'Cannot use this limit: expected a whole number')
    const order = orderOf(options['order'])
    const text = words.join(' ')
    if (text.trim() === '') throw new HansardError('ERR_USAGE', 'Cannot search for nothing: expected words')
    const config = loadConfig(path, process.env)
    const log = createCommandLogger()
    const record = await openRecord({ config, log })
    try {
      if (options['facets'] === true) return await printFacets(record, { text, rooms: config.rooms }, { output, streams })
      const printer = createPrinter<Hit>({ output, streams }, simple)
      let printed = 0
      let before: string | undefined
      do {
        const wanted = limit === 0 ? PAGE : Math.min(PAGE, limit - printed)
        const found = await record.find({ text, rooms: config.rooms, presence: true, order, limit: wanted, ...defined({ before }) })
        for (const { event, room } of found.hits) {
          const url = `${config.site.url}/r/${room.slug}/m/${encodeURIComponent(event.uid)}`
          const { uid, time, kind, nick } = event
          await printer.row({ room: event.room, uid, time, kind, nick, body: textOf(event), url })
        }
        printed += found.hits.length
        before = found.next
      } while (before !== undefined && (limit === 0 || printed < limit))
      await printer.end()
      return printed === 0 ? 1 : 0
    } finally {
      await record.close()
    }
  }
}

function orderOf (option: unknown): SearchOrder {
  const order = option ?? 'newest'
  if (order === 'newest' || order === 'oldest' || order === 'relevance') return order
  throw new HansardError('ERR_USAGE', 'Cannot use this order: expected newest, oldest or relevance')
}

type Asked = Pick<FindRequest<Searchable>, 'text' | 'rooms'>

async function printFacets (record: Pick<OpenRecord, 'find'>, request: Asked, to: Pick<CommandInput, 'output' | 'streams'>): Promise<number> {
  const { facets, total, totalIsExact } = await record.find({ ...request, presence: true, facets: true, limit: 0 })
  const printer = createPrinter<Count>(to, ({ facet, value, count, isExact }) =>
    `${`${COUNT.format(count)}${isExact ? '' : '+'}`.padStart(12)}  ${facet.padEnd(6)}  ${forTerminal(value)}`)
  await printer.row({ facet: 'total', value: '', count: total, isExact: totalIsExact })
  const { years = [], rooms = [], people = [], kinds = [] } = facets ?? {}
  for (const [facet, counts] of Object.entries({ year: years, person: people, kind: kinds })) {
    for (const count of counts) await printer.row({ facet, ...count })
  }
  for (const { value, ...count } of rooms) await printer.row({ facet: 'room', value: value.jid, ...count })
  await printer.end()
  return total === 0 ? 1 : 0
}

/** What a message says now; of what is no talk, what happened. */
function textOf (event: ArchivedEvent): string {
  if (streamOf(event.kind) === 'talk') return shownText({ ...contentOf(event), ...defined({ reactsTo: event.reactsTo }) })
  const { kind, newNick, actor, role, affiliation, reason, alternate, crowd } = event
  const who = crowd?.map(({ nick }) => nick).join(', ')
  const parts = [kind, who, newNick, role, affiliation, alternate].filter(part => part !== undefined && part !== '')
  return [parts.join(' '), ...actor === undefined ? [] : [`by ${actor}`], ...reason === undefined ? [] : [`(${reason})`]].join(' ')
}

function simple ({ time, room, kind, nick, body }: Hit): string {
  const who = streamOf(kind) === 'talk' ? `<${forTerminal(nick)}>` : `* ${forTerminal(nick)}`
  return `${time.slice(0, 19).replace('T', ' ')}  ${room}  ${who} ${forTerminal(body)}`
}
