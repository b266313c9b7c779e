import type { ArchiveStore } from '../archive/store.ts'
import { openStore } from '../open.ts'
import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import type { RoomJid } from '../model/address.ts'
import { messageOf } from '../model/errors.ts'
import type { RoomStatus } from '../rooms/room.ts'
import type { Command } from './command.ts'
import { describeHole } from './hole.ts'
import type { GapRow } from './hole.ts'
import { createPrinter, forTerminal } from './output.ts'
import { askStatus } from './served.ts'

interface RoomRow {
  readonly room: string
  /** Null for a room that is recorded but not configured any more. */
  readonly slug: string | null
  readonly level: string | null
  readonly talk: number
  readonly presence: number
  readonly first: string | null
  readonly last: string | null
  /** How many of the gaps are not filled. */
  readonly holes: number
  /** Those, oldest first; `to` is null while nobody listens. */
  readonly gaps: readonly GapRow[]
  /** What the running serve says of it; null when none runs. */
  readonly live: Omit<RoomStatus, 'jid'> | null
}

const MAX_HOLES = 5

export const rooms: Command = {
  name: 'rooms',
  summary: 'list the rooms: what is recorded, what is missing, and how they are now',
  usage: '',
  help: 'How they are now is known while serve runs. Gaps that have been filled are not listed.',
  options: {},
  takesArguments: false,
  async run ({ config: path, output, streams }) {
    const config = loadConfig(path, process.env)
    const status = await askStatus(config).catch((error: unknown) => {
      streams.stderr.write(`${messageOf(error)}\n`)
      return undefined
    })
    const store = await openStore(config.store, createCommandLogger())
    try {
      const recorded = new Map((await store.rooms()).map(summary => [summary.room, summary]))
      const jids = new Set([...config.rooms.map(({ jid }) => jid), ...recorded.keys()])
      const printer = createPrinter<RoomRow>({ output, streams }, simple)
      for (const jid of jids) {
        const configured = config.rooms.find(room => room.jid === jid)
        const summary = recorded.get(jid)
        const gaps = await holesOf(store, jid)
        const { jid: _, ...live } = status?.rooms.find(room => room.jid === jid) ?? { jid: null }
        await printer.row({
          room: jid,
          slug: configured?.slug ?? null,
          level: configured?.level ?? null,
          talk: summary?.talk ?? 0,
          presence: summary?.presence ?? 0,
          first: summary?.first ?? null,
          last: summary?.last ?? null,
          holes: gaps.length,
          gaps,
          live: 'state' in live ? live : null
        })
      }
      await printer.end()
      return jids.size === 0 ? 1 : 0
    } finally {
      await store.close()
    }
  }
}

async function holesOf (store: ArchiveStore, room: RoomJid): Promise<GapRow[]> {
  const gaps = await store.gaps(room, { holesOnly: true })
  return gaps.map(({ from, to, cause, problem }) => ({ from, to: to ?? null, cause, problem: problem ?? null }))
}

function simple (row: RoomRow): string {
  const span = row.first === null || row.last === null ? 'nothing recorded' : `${row.first.slice(0, 10)} … ${row.last.slice(0, 10)}`
  const published = row.level === null ? 'not configured' : `${row.level}, /r/${row.slug}/`
  const recorded = `${row.talk.toLocaleString('en')} messages, ${row.presence.toLocaleString('en')} other events, ${span}`
  // The newest are those that something can still be done about.
  const holes = row.gaps.slice(-MAX_HOLES).reverse().map(gap => `    missing: ${describeHole(gap)}`)
  const more = row.holes > MAX_HOLES ? [`    and ${(row.holes - MAX_HOLES).toLocaleString('en')} more`] : []
  return [`${row.room}  (${published})  ${recorded}${row.live === null ? '' : `, ${now(row.live)}`}`, ...holes, ...more].join('\n')
}

function now ({ state, occupants, isCatchingUp, problem }: NonNullable<RoomRow['live']>): string {
  const doing = isCatchingUp ? ', catching up' : ''
  const why = problem === undefined ? '' : `: ${forTerminal(problem)}`
  return state === 'joined' ? `joined, ${occupants.toLocaleString('en')} there${doing}${why}` : `${state === 'joining' ? 'joining' : 'not joined'}${doing}${why}`
}
