import { setTimeout as delay } from 'node:timers/promises'
import { createApp } from '../app.ts'
import type { App } from '../app.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import { parseRoomJid } from '../model/address.ts'
import type { RoomJid } from '../model/address.ts'
import { HansardError } from '../model/errors.ts'
import type { CatchUpReport, Progress } from '../rooms/absences.ts'
import type { Command, CommandInput } from './command.ts'
import { createPrinter } from './output.ts'
import { createProgress } from './progress.ts'
import type { Progress as Bar } from './progress.ts'
import { askCatchUp } from './served.ts'

const LOOK_MS = 100

export const catchUp: Command = {
  name: 'catch-up',
  summary: 'fetch what is missing from the rooms\' own archives',
  usage: '[--room JID …]',
  help: [
    '  --room JID   only this room; may be given again for more',
    'Asks the running serve, which does the same by itself whenever it joins; without one, joins the rooms for as long as it takes.',
    'Ends with 0 when nothing is missing any more, 1 when gaps remain: hansard rooms lists them.'
  ].join('\n'),
  options: { room: { type: 'string', multiple: true } },
  takesArguments: false,
  async run ({ options, config: path, output, streams }) {
    const config = loadConfig(path, process.env)
    const rooms = roomsOf(options['room'], config)
    const bar = createProgress('catching up', streams)
    const onProgress = showing(bar)
    try {
      const reports = await askCatchUp(config, rooms, onProgress) ?? await catchUpAlone(config, rooms, onProgress)
      bar.end()
      if (reports === undefined) {
        streams.stderr.write('Stopped: what came back until now stands in the record\n')
        return 1
      }
      const printer = createPrinter<CatchUpReport>({ output, streams }, simple)
      for (const report of reports) await printer.row(report)
      await printer.end()
      return reports.some(({ holes, problem }) => holes > 0 || problem !== undefined) ? 1 : 0
    } finally {
      bar.end()
    }
  }
}

function roomsOf (given: CommandInput['options'][string], config: Config): RoomJid[] | undefined {
  if (!Array.isArray(given)) return undefined
  const jids = [...new Set(given.map(parseRoomJid))]
  for (const jid of jids) {
    if (!config.rooms.some(room => room.jid === jid)) {
      throw new HansardError('ERR_USAGE', `Cannot catch up with ${jid}: it is not in ${config.file}, expected one of its rooms`)
    }
  }
  return jids
}

/** Shows how much came back of all rooms together, and how far the room got that told last. */
function showing (bar: Bar): (progress: Progress) => void {
  const recovered = new Map<RoomJid, number>()
  return progress => {
    recovered.set(progress.room, progress.recovered)
    bar.update([...recovered.values()].reduce((sum, n) => sum + n, 0), undefined, `${progress.room} ${progress.upTo.slice(0, 16).replace('T', ' ')}`)
  }
}

/** Undefined when it was interrupted. */
async function catchUpAlone (
  config: Config, rooms: readonly RoomJid[] | undefined, onProgress: (progress: Progress) => void
): Promise<readonly CatchUpReport[] | undefined> {
  const stop = new AbortController()
  const ended = new AbortController()
  const interrupt = (): void => { stop.abort() }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)
  const app = await createApp({ config, log: createCommandLogger() })
  try {
    await app.start({ isListening: false })
    return await Promise.race([app.catchUp(rooms, onProgress, stop.signal), failure(app, ended.signal)])
  } catch (error) {
    if (stop.signal.aborted) return undefined
    throw error
  } finally {
    ended.abort()
    await app.stop()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, interrupt)
  }
}

/** Rejects when the stream cannot be opened: one failed try is an answer here; serve goes on trying. */
async function failure (app: App, signal: AbortSignal): Promise<never> {
  for (;;) {
    const { problem } = app.status().xmpp
    if (problem !== undefined) throw new HansardError('ERR_XMPP_OFFLINE', problem)
    await delay(LOOK_MS, undefined, { signal })
  }
}

function simple ({ room, recovered, holes, problem }: CatchUpReport): string {
  const found = recovered === 1 ? '1 message recovered' : `${recovered.toLocaleString('en')} messages recovered`
  const left = holes === 0 ? 'nothing is missing' : `${holes === 1 ? '1 gap remains' : `${holes.toLocaleString('en')} gaps remain`}: hansard rooms tells more`
  return `${room}: ${found}, ${problem === undefined ? left : `not tried to the end: ${problem}`}`
}
