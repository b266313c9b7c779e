import { canRead } from '../access/can-read.ts'
import type { Directory } from '../access/directory.ts'
import type { ArchiveStore } from '../archive/store.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import { dayOf } from '../model/day.ts'
import { defined } from '../model/defined.ts'
import { HansardError } from '../model/errors.ts'
import { languagesOf, openDirectory, openStore } from '../open.ts'
import { parseDateRange } from '../search/date-range.ts'
import { exportSite } from '../static-site/static-site.ts'
import { exportTexts } from '../static-site/texts.ts'
import { exportedEvents } from '../transfer/export-events.ts'
import type { TimeRange } from '../transfer/export-events.ts'
import { publicLine, wholeLine } from '../transfer/export-line.ts'
import { VIEWS } from '../web/templates.ts'
import type { Command, CommandInput, OptionValue } from './command.ts'
import { openDestination } from './destination.ts'
import { createProgress } from './progress.ts'

const FORMATS = ['jsonl', 'txt', 'site'] as const
const READER = { via: 'http' } as const

/** What is exported, as it was asked for. */
interface Job extends TimeRange {
  readonly config: Config
  readonly store: ArchiveStore
  readonly directory: Directory
  readonly rooms: readonly RoomJid[]
  readonly isAll: boolean
  readonly streams: CommandInput['streams']
}

export const exportCommand: Command = {
  name: 'export',
  summary: 'write the record to files: as JSON Lines, as text, or as a site for any web server',
  usage: '[--format jsonl|txt|site] [--room ROOM]… [--from DATE] [--to DATE] [--file FILE | --to-dir DIR] [--all]',
  help: [
    '  --format jsonl   one event a line, in the form that import reads back (the default)',
    '  --format txt     the days as text, as the site gives them',
    '  --format site    a folder of pages with their search, for any web server; again into the same folder: what has changed',
    '  --room ROOM      only this room, by address or slug; may be given again. Without it all rooms that the site lists',
    '  --from, --to     only these days, UTC: 2024, 2024-05, 2024-05-17; both inclusive',
    '  --file FILE      where jsonl and txt go; - is standard output, which is the default',
    '  --to-dir DIR     where the site goes',
    '  --all            jsonl only: a backup of everything, rooms that are off and fields that nobody is shown included'
  ].join('\n'),
  options: {
    format: { type: 'string' },
    room: { type: 'string', multiple: true },
    from: { type: 'string' },
    to: { type: 'string' },
    file: { type: 'string' },
    'to-dir': { type: 'string' },
    all: { type: 'boolean' }
  },
  takesArguments: false,
  async run ({ options, config: path, streams }) {
    const format = FORMATS.find(format => format === (options['format'] ?? 'jsonl'))
    if (format === undefined) throw usage(`export the format "${String(options['format'])}": expected one of ${FORMATS.join(', ')}`)
    const isAll = options['all'] === true
    if (isAll && format !== 'jsonl') throw usage(`export everything as ${format}: --all is for --format jsonl`)
    const [file, folder] = [options['file'], options['to-dir']]
    if (format === 'site' && typeof folder !== 'string') throw usage('export the site: expected --to-dir DIR')
    if (format === 'site' ? file !== undefined : folder !== undefined) throw usage(`export ${format} there: expected ${format === 'site' ? '--to-dir DIR' : '--file FILE'}`)
    const range = defined({ start: parseBound('from', options['from'])?.start, end: parseBound('to', options['to'])?.end })
    if (range.start !== undefined && range.end !== undefined && range.start > range.end) throw usage('export these days: --from is later than --to')

    const config = loadConfig(path, process.env)
    const store = await openStore(config.store, createCommandLogger())
    try {
      await store.ping()
      const rooms = await chooseRooms(config, store, namesIn(options['room']), isAll)
      const directory = openDirectory(config.rooms.filter(({ jid }) => rooms.includes(jid)))
      const job = { config, store, directory, rooms, isAll, streams, ...range }
      if (format === 'site') return await runSite(job, String(folder))
      return await runFile(job, format, typeof file === 'string' ? file : '-')
    } finally {
      await store.close()
    }
  }
}

async function runSite (job: Job, folder: string): Promise<number> {
  const { config, store, directory, streams, start, end } = job
  const rooms = job.rooms.flatMap(jid => directory.byJid(jid, READER) ?? [])
  const progress = createProgress('days', streams)
  let days = 0
  try {
    const range = defined({ from: start && dayOf(start), to: end && dayOf(end) })
    const totals = await Promise.all(rooms.map(async ({ jid }) => (await store.days(jid, range)).length))
    const total = Math.max(1, totals.reduce((sum, days) => sum + days, 0))
    const { written, unchanged, removed } = await exportSite({
      store,
      directory,
      rooms,
      site: config.site,
      theme: config.site,
      viewsDir: VIEWS,
      languages: languagesOf(config.search),
      folder,
      log: createCommandLogger(),
      ...range,
      onDay (room, day) {
        days += 1
        progress.update(days, Math.min(1, days / total), `${room.slug} ${day}`)
      }
    })
    progress.end()
    streams.stderr.write(`${counted(rooms.length, 'room')}, ${counted(days, 'day')}: ${counted(written, 'file')} written, ${unchanged} as they were, ${removed} taken away\n`)
    streams.stderr.write('What is removed from the record later leaves this folder when it is exported again\n')
    return days === 0 ? 1 : 0
  } finally {
    progress.end()
  }
}

async function runFile (job: Job, format: 'jsonl' | 'txt', path: string): Promise<number> {
  const { streams } = job
  const destination = await openDestination(path, streams)
  const progress = createProgress(format === 'txt' ? 'days' : 'events', streams)
  let count = 0
  try {
    for await (const piece of format === 'txt' ? texts(job) : lines(job)) {
      await destination.write(piece)
      count += 1
      progress.update(count)
    }
    await destination.end()
  } catch (error) {
    await destination.drop()
    throw error
  } finally {
    progress.end()
  }
  if (path !== '-') streams.stderr.write(`${counted(count, format === 'txt' ? 'day' : 'event')} written to ${path}\n`)
  return count === 0 ? 1 : 0
}

async function * lines ({ store, rooms, isAll, start, end }: Job): AsyncGenerator<string> {
  for (const room of rooms) {
    for await (const event of exportedEvents(store, room, defined({ start, end }))) {
      const line = isAll ? wholeLine(event) : publicLine(event)
      if (line !== undefined) yield line
    }
  }
}

function texts ({ config, store, directory, rooms, start, end }: Job): AsyncGenerator<string> {
  return exportTexts({
    store,
    directory,
    rooms: rooms.flatMap(jid => directory.byJid(jid, READER) ?? []),
    site: config.site,
    viewsDir: VIEWS,
    log: createCommandLogger(),
    ...defined({ from: start && dayOf(start), to: end && dayOf(end) })
  })
}

/** For readers: those that the site lists, or those that are named and may be read. For a backup: every room of the record. */
async function chooseRooms (config: Config, store: ArchiveStore, names: readonly string[], isAll: boolean): Promise<RoomJid[]> {
  const directory = openDirectory(config.rooms)
  const recorded = isAll ? (await store.rooms()).map(({ room }) => room) : []
  if (names.length === 0) return isAll ? recorded : directory.listed(READER).map(({ jid }) => jid)
  return [...new Set(names.map(name => {
    const room = config.rooms.find(({ jid, slug, aliases }) => name === jid || name === slug || aliases.includes(name))
    const jid = room?.jid ?? recorded.find(jid => jid === name)
    if (jid === undefined) throw usage(`export the room ${name}: it is not in the configuration${isAll ? ' nor in the record' : ''}, expected its address or slug`)
    if (!isAll && !canRead(directory.byJid(jid, READER), READER)) {
      throw usage(`export the room ${name}: its level is off, expected one that is unlisted, public or indexed; for a backup of everything use --all`)
    }
    return jid
  }))]
}

function parseBound (name: string, value: OptionValue | undefined): TimeRange | undefined {
  if (value === undefined) return undefined
  const range = parseDateRange(String(value), new Date())
  if (range === undefined) throw usage(`use --${name} ${String(value)}: expected a date such as 2024-05-17, 2024-05 or 2024`)
  return range
}

function namesIn (value: OptionValue | undefined): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(name => String(name))
}

function counted (count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`
}

function usage (what: string): HansardError {
  return new HansardError('ERR_USAGE', `Cannot ${what}`)
}
