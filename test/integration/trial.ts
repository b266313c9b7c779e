import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askStatus } from '../../src/cli/served.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { parseRoomJid } from '../../src/model/address.ts'
import type { Micros } from '../../src/model/archive-time.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import type { Gap } from '../../src/model/gap.ts'
import { startEjabberd } from '../servers/ejabberd.ts'
import { startFaultProxy } from '../servers/fault-proxy.ts'
import { startNumberedTalk } from '../servers/numbered-talk.ts'
import type { NumberedTalk } from '../servers/numbered-talk.ts'
import { startProsody } from '../servers/prosody.ts'
import { startRecordStore } from '../servers/record-store.ts'
import type { StoreName } from '../servers/record-store.ts'
import { supervise } from '../servers/supervised.ts'
import { connectTalker } from '../servers/talker.ts'
import type { ServerName, XmppServer } from '../servers/xmpp-server.ts'
import { eventually } from './stage.ts'
import { judge } from './verdict.ts'
import type { Verdict } from './verdict.ts'

export const ROOM = parseRoomJid('lounge@conference.localhost')

/** What goes wrong while people talk, each when so many messages have been said. */
export interface Fault {
  readonly at: number
  readonly what:
    | 'store stops' | 'store returns' | 'killed' | 'server restarts'
    /** Nothing gets through any more, without FIN; afterwards TCP goes on where it was, the connections are reset, or they hang. */
    | 'network silent' | 'network delivers' | 'network resets' | 'network forgets'
}

export interface TrialOptions {
  readonly server: ServerName
  readonly store: StoreName
  /** Whether the room has an archive of its own. */
  readonly hasArchive: boolean
  /** How many messages are said, and how many a second. */
  readonly messages: number
  readonly rate: number
  readonly faults: readonly Fault[]
  /** How long the record may take to be complete after the last word. */
  readonly patienceMs?: number
  readonly tell?: (text: string) => void
  /** Leaves the configuration, the log and the record in the folder. */
  readonly keepFiles?: boolean
}

/** So many messages of its history an entering occupant is told, by both servers and our configuration. */
export const HISTORY = 20

/** The program as its users run it, on a real server, while everything around it fails: then what the record is worth. */
export async function runTrial (options: TrialOptions): Promise<Verdict & { readonly folder: string }> {
  const { store: storeName, hasArchive, messages, rate, faults, patienceMs = 90_000, tell = () => {}, keepFiles = false } = options
  const folder = mkdtempSync(join(tmpdir(), 'hansard-trial-'))
  const undo: Array<() => unknown> = keepFiles ? [] : [() => { rmSync(folder, { recursive: true, force: true }) }]
  try {
    const server = await startServer(options)
    undo.push(() => server.stop())
    const store = await startRecordStore(storeName, folder)
    undo.push(() => store.close())
    const network = await startFaultProxy({ port: server.componentPort })
    undo.push(() => network.close())
    await makeRoom(server)

    const config = join(folder, 'config.yaml')
    writeFileSync(config, renderConfig(server, network.port, store.yaml, hasArchive))
    const program = supervise({ config, log: join(folder, 'serve.log') })
    undo.push(() => program.stop())
    const talk = await startNumberedTalk({ server, user: 'bob', room: ROOM, rate, count: messages, hasArchive })
    undo.push(() => talk.stop())
    await talk.sees('hansard')

    const act: Record<Fault['what'], () => Promise<unknown> | void> = {
      'store stops': () => store.goAway(),
      'store returns': () => store.comeBack(),
      killed: () => program.kill(),
      'server restarts': () => server.restart(),
      'network silent': () => { network.silence() },
      'network delivers': () => network.restore('deliver'),
      'network resets': () => network.restore('reset'),
      'network forgets': () => network.restore('forget')
    }
    for (const { at, what } of [...faults].sort((a, b) => a.at - b.at)) {
      await talk.reached(at)
      tell(`${talk.said.length} said: ${what}`)
      await act[what]()
    }
    await talk.reached(messages)
    tell(`${talk.said.length} said: the end of the talk`)
    if (hasArchive) await agreesWithTheRoom(talk)

    const record = await eventually(async () => store.open().catch(() => undefined), 'the store opens')
    undo.push(() => record.close())
    const look = async (): Promise<Verdict> => judge({
      said: talk.said,
      doubtful: talk.doubtful,
      recorded: await talkOf(record),
      holes: (await record.gaps(ROOM, { holesOnly: true })).filter(gap => !isOfTheStop(gap)),
      ...(hasArchive ? {} : { history: { limit: HISTORY, forgottenAt: talk.breaks, joinedAt: joinsOf(program.log) } })
    })
    const complete = async (): Promise<true | undefined> => (await look()).complaints.length === 0 || undefined
    await eventually(complete, 'the record is as it must be', patienceMs).then(() => { tell('the record is as it must be') }, () => {})
    // A first catch-up whose end is not noted yet is nobody's gap, and goes on at the next start.
    await eventually(() => isSettled(folder), 'nothing is being fetched any more', patienceMs).catch((error: unknown) => { tell(String(error)) })
    const end = await program.stop()
    const verdict = await look()
    const stops = (await record.gaps(ROOM, { holesOnly: true })).filter(isOfTheStop)
    return {
      ...verdict,
      complaints: [
        ...verdict.complaints,
        ...(end === 0 ? [] : [`the program ended with ${end} when it was told to`]),
        ...(stops.length === 1 ? [] : [`after a stop there are ${stops.length} gaps that tell of it; its log ends with\n${lastLines(program.log)}`])
      ],
      folder
    }
  } finally {
    for (const step of undo.reverse()) await Promise.resolve(step()).catch((error: unknown) => { tell(String(error)) })
  }
}

async function startServer ({ server, hasArchive }: TrialOptions): Promise<XmppServer> {
  return server === 'prosody' ? startProsody({ noMam: !hasArchive, onConflict: 'kick_old' }) : startEjabberd({ noMam: !hasArchive })
}

async function makeRoom (server: XmppServer): Promise<void> {
  const owner = await connectTalker(server, 'alice')
  await owner.join(ROOM, 'alice')
  await owner.configureRoom(ROOM, { persistentroom: '1' })
  await owner.leave(ROOM)
  await owner.stop()
}

function renderConfig (server: XmppServer, port: number, store: string, hasArchive: boolean): string {
  return `xmpp: { mode: component, domain: ${server.componentDomain}, server: "127.0.0.1:${port}", secret: "${server.secret}" }
http: { port: 0 }
store: ${store}
rooms: [ { jid: ${ROOM}, level: indexed, history: ${HISTORY}, catch_up: ${hasArchive ? 'all' : 'none'} } ]
log: { level: info }
`
}

/** The talk knows the room's order by what it heard; the room's own archive must tell the same, or the trial proves nothing. */
async function agreesWithTheRoom (talk: NumberedTalk): Promise<void> {
  const ids = (await talk.archive()).map(({ id }) => id)
  const heard = talk.said.map(({ id }) => id)
  if (ids.join() !== heard.join()) throw new Error(`The room's archive has ${ids.length} messages, not the ${heard.length} heard, or another order`)
}

/** As the program's own log tells; its times have milliseconds. */
function joinsOf (log: string): Micros[] {
  return readFileSync(log, 'utf8').split('\n')
    .filter(line => line.endsWith('"msg":"joined"}'))
    .map(line => (JSON.parse(line) as { time: number }).time * 1_000)
}

function lastLines (log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20).join('\n')
}

/** From the moment when it is told to stop nobody listens; that is no hole of the trial. */
function isOfTheStop ({ cause, to }: Gap): boolean {
  return cause === 'stopped' && to === undefined
}

async function isSettled (folder: string): Promise<true | undefined> {
  const status = await askStatus({ spool: { path: join(folder, 'data/spool.db'), maxBytes: 0 } }).catch(() => undefined)
  return status?.rooms.every(({ state, isCatchingUp }) => state === 'joined' && !isCatchingUp) === true ? true : undefined
}

async function talkOf (record: ArchiveStore): Promise<ArchivedEvent[]> {
  const events: ArchivedEvent[] = []
  for (;;) {
    const after = events.at(-1)?.uid
    const page = await record.page(ROOM, { stream: 'talk', limit: 1_000, ...(after === undefined ? {} : { after }) })
    events.push(...page.events)
    if (page.complete) return events.filter(({ kind }) => kind === 'message')
  }
}
