import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import { defined } from '../model/defined.ts'
import { HansardError } from '../model/errors.ts'
import type { ArchivedEvent, Uid } from '../model/event.ts'
import { openRecord } from '../record.ts'
import type { OpenRecord } from '../record.ts'
import type { Command, CommandInput } from './command.ts'
import { canAsk, confirm } from './confirm.ts'
import { createPrinter, forTerminal } from './output.ts'
import { createProgress } from './progress.ts'
import { createRemover } from './remover.ts'
import type { Remover, RoomOutcome } from './remover.ts'
import { parseSelection } from './remove-options.ts'
import { select } from './selection.ts'

/** What would be removed, as it is printed. */
interface Row {
  readonly room: string
  readonly uid: string
  readonly time: string
  readonly kind: string
  readonly nick: string
  /** The first words. */
  readonly text: string
}

const FIRST_WORDS = 60
const SHOWN_BEFORE_ASKING = 5

export const remove: Command = {
  name: 'remove',
  summary: 'take messages out of the record; what stays is that there was one',
  usage: '--room JID (--uid UID… | --from NICK [--after T] [--before T]) | --search QUERY [--room JID]',
  help: [
    '  --uid UID…      these messages; the uid is the end of a permalink, after /m/',
    '  --from NICK     what was said under exactly this nick in the room',
    '  --after T, --before T   of that only what was said later, or earlier: 2024, 2024-05, 2024-05-17 (UTC days; what is',
    '                  named is outside, as in searches) or 2024-05-17T09:30:00Z',
    '  --search QUERY  what "hansard search" finds; in all rooms, or in one with --room',
    '  --reason TEXT   shown with what is left, where reasons are shown',
    '  --anonymous     what is left does not tell whose it was; with --from also comings and goings lose the nick',
    '  --dry-run       print what would be removed, and remove nothing',
    '  --yes           do not ask',
    'Corrections go with their message, and quotes of it in replies. Has the running serve do it, which tells its readers;',
    'without one does it itself. After an interruption the same again finishes it.',
    'Ends with 0 when done, 1 when nothing was found or the answer was not yes.'
  ].join('\n'),
  options: {
    room: { type: 'string' },
    uid: { type: 'string', multiple: true },
    from: { type: 'string' },
    after: { type: 'string' },
    before: { type: 'string' },
    search: { type: 'string' },
    reason: { type: 'string' },
    anonymous: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    yes: { type: 'boolean' }
  },
  takesArguments: true,
  async run (input) {
    const { options, config: path, streams } = input
    const isDry = options['dry-run'] === true
    const selection = parseSelection(input)
    if (!isDry && options['yes'] !== true && !canAsk(streams)) {
      throw new HansardError('ERR_USAGE', 'Cannot ask whether to remove: this is no terminal, expected --yes, or --dry-run to see what it would be')
    }
    const config = loadConfig(path, process.env)
    const log = createCommandLogger()
    const record = await openRecord({ config, log })
    try {
      if (selection.by === 'search') await bringUpToDate(record)
      const events = select(record, selection, config.rooms)
      if (isDry) return await rehearse(events, input)
      const found = await gather(events, input)
      if (found.rooms.size === 0) return nothing(input)
      if (options['yes'] !== true && found.present > 0 && !await ask(found, input)) return 1
      const remover = createRemover({
        config,
        record,
        isAnonymous: options['anonymous'] === true,
        log,
        ...defined({
          reason: options['reason'] === undefined ? undefined : String(options['reason']),
          person: selection.by === 'person' ? selection.nick : undefined
        })
      })
      return await removeAll(remover, found, input)
    } finally {
      await record.close()
    }
  }
}

/** What was removed before is taken along, so that the same again finishes what was broken off. */
interface Found {
  readonly present: number
  readonly first: readonly ArchivedEvent[]
  readonly rooms: ReadonlyMap<RoomJid, readonly Uid[]>
}

type Selected = AsyncIterable<readonly ArchivedEvent[]>

async function gather (selected: Selected, { streams }: CommandInput): Promise<Found> {
  const rooms = new Map<RoomJid, Uid[]>()
  const first: ArchivedEvent[] = []
  let present = 0
  const bar = createProgress('looking', streams)
  try {
    for await (const events of selected) {
      for (const event of events) {
        const uids = rooms.get(event.room) ?? []
        rooms.set(event.room, uids)
        uids.push(event.uid)
        if (event.removed !== undefined) continue
        present++
        if (first.length < SHOWN_BEFORE_ASKING) first.push(event)
      }
      bar.update(present)
    }
  } finally {
    bar.end()
  }
  return { present, first, rooms }
}

async function rehearse (selected: Selected, { output, streams }: CommandInput): Promise<number> {
  const printer = createPrinter<Row>({ output, streams }, simpleRow)
  let [present, gone] = [0, 0]
  for await (const events of selected) {
    for (const event of events) {
      if (event.removed !== undefined) {
        gone++
        continue
      }
      present++
      await printer.row(rowOf(event))
    }
  }
  await printer.end()
  if (present + gone === 0) return nothing({ streams })
  streams.stderr.write(`${counted(present)} would be removed${before(gone)}; nothing was\n`)
  return 0
}

async function removeAll (remover: Remover, { rooms }: Found, { output, streams }: CommandInput): Promise<number> {
  const total = [...rooms.values()].reduce((sum, uids) => sum + uids.length, 0)
  const bar = createProgress('removing', streams)
  const printer = createPrinter<RoomOutcome>({ output, streams }, simpleOutcome)
  let done = 0
  try {
    const outcomes: RoomOutcome[] = []
    for (const [room, uids] of rooms) {
      outcomes.push(await remover.remove(room, uids, batch => { bar.update(done += batch, done / total, room) }))
    }
    await remover.finish()
    bar.end()
    for (const outcome of outcomes) await printer.row(outcome)
    await printer.end()
    return 0
  } finally {
    bar.end()
  }
}

async function ask ({ present, first, rooms }: Found, { streams }: CommandInput): Promise<boolean> {
  for (const event of first) streams.stderr.write(`${simpleRow(rowOf(event))}\n`)
  if (present > first.length) streams.stderr.write(`and ${(present - first.length).toLocaleString('en')} more: --dry-run prints them all\n`)
  const where = rooms.size === 1 ? [...rooms.keys()].join('') : `${rooms.size} rooms`
  if (await confirm(`Remove ${counted(present)} of ${where}? This cannot be undone.`, streams)) return true
  streams.stderr.write('Nothing was removed\n')
  return false
}

async function bringUpToDate ({ feed }: OpenRecord): Promise<void> {
  await feed.advance()
  const { problem } = feed.status()
  if (problem !== undefined) throw new HansardError('ERR_SEARCH', `Cannot find everything: the search index is not up to date: ${problem}`)
}

function nothing ({ streams }: Pick<CommandInput, 'streams'>): number {
  streams.stderr.write('Nothing was found\n')
  return 1
}

function rowOf ({ room, uid, time, kind, nick, body = '' }: ArchivedEvent): Row {
  const text = body.replace(/\s+/gu, ' ').trim()
  const points = [...text]
  return { room, uid, time, kind, nick, text: points.length > FIRST_WORDS ? `${points.slice(0, FIRST_WORDS).join('')}…` : text }
}

function simpleRow ({ room, uid, time, kind, nick, text }: Row): string {
  const what = kind === 'message' ? '' : `(${kind}) `
  return `${time.slice(0, 19).replace('T', ' ')}  ${room}  ${forTerminal(uid)}  <${forTerminal(nick)}> ${what}${forTerminal(text)}`.trimEnd()
}

function simpleOutcome ({ room, removed, replies }: RoomOutcome): string {
  const quotes = replies === 0 ? '' : `, and out of the quotes of ${replies === 1 ? '1 reply' : `${replies.toLocaleString('en')} replies`}`
  return `${room}: ${removed === 0 ? 'nothing was left to remove' : `${counted(removed)} removed, corrections included${quotes}`}`
}

function counted (n: number): string {
  return n === 1 ? '1 message' : `${n.toLocaleString('en')} messages`
}

function before (gone: number): string {
  return gone === 0 ? '' : ` (${gone.toLocaleString('en')} removed before)`
}
