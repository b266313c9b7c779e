import { openStore } from '../open.ts'
import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import type { Command } from './command.ts'
import { createPrinter } from './output.ts'

interface RoomRow {
  readonly room: string
  /** Null for a room that is recorded but not configured any more. */
  readonly slug: string | null
  readonly level: string | null
  readonly talk: number
  readonly presence: number
  readonly first: string | null
  readonly last: string | null
}

export const rooms: Command = {
  name: 'rooms',
  summary: 'list the rooms with what is recorded of them',
  usage: '',
  help: '',
  options: {},
  takesArguments: false,
  async run ({ config: path, output, streams }) {
    const config = loadConfig(path, process.env)
    const store = await openStore(config.store, createCommandLogger())
    try {
      const recorded = new Map((await store.rooms()).map(summary => [summary.room, summary]))
      const jids = new Set([...config.rooms.map(({ jid }) => jid), ...recorded.keys()])
      const printer = createPrinter<RoomRow>({ output, streams }, simple)
      for (const jid of jids) {
        const configured = config.rooms.find(room => room.jid === jid)
        const summary = recorded.get(jid)
        await printer.row({
          room: jid,
          slug: configured?.slug ?? null,
          level: configured?.level ?? null,
          talk: summary?.talk ?? 0,
          presence: summary?.presence ?? 0,
          first: summary?.first ?? null,
          last: summary?.last ?? null
        })
      }
      await printer.end()
      return jids.size === 0 ? 1 : 0
    } finally {
      await store.close()
    }
  }
}

function simple (row: RoomRow): string {
  const span = row.first === null || row.last === null ? 'nothing recorded' : `${row.first.slice(0, 10)} … ${row.last.slice(0, 10)}`
  const published = row.level === null ? 'not configured' : `${row.level}, /r/${row.slug}/`
  return `${row.room}  (${published})  ${row.talk.toLocaleString('en')} messages, ${row.presence.toLocaleString('en')} other events, ${span}`
}
