import type { ArchiveStore } from '../src/archive/store.ts'
import { silentLogger } from '../src/log.ts'
import type { RoomJid } from '../src/model/address.ts'
import { createBotConnection } from '../src/xmpp/bot.ts'
import { child, xml } from '../src/xmpp/element.ts'
import { buildJoin, parseMucUser, STATUS } from '../src/xmpp/muc.ts'
import { NS } from '../src/xmpp/namespaces.ts'
import type { XmppServer } from '../test/servers/xmpp-server.ts'
import { QUESTIONS } from './bench-mam-questions.ts'
import type { Archive, Question } from './bench-mam-questions.ts'

/** Milliseconds of each question, of the small archive and the large one; undefined where it is not answered. */
export interface Measured {
  readonly name: string
  readonly rows: readonly Row[]
}

export interface Row {
  readonly question: string
  readonly times: ReadonlyArray<readonly number[]> | undefined
  /** Why it is not answered. */
  readonly note?: string
}

export interface Pair {
  readonly small: Archive
  readonly large: Archive
}

const WARM_UP = 3
const PATIENCE_MS = 120_000

/** Somebody who asks archives over XMPP, one question after the other. */
export interface Asker {
  enter (room: string): Promise<void>
  /** Resolves to how many messages came with the answer; rejects with its stanza error. */
  ask (question: Question, archive: Archive, random: () => number): Promise<number>
  stop (): Promise<void>
}

export async function connectAsker (server: Pick<XmppServer, 'host' | 'c2sPort' | 'domain'>, user: string): Promise<Asker> {
  const connection = createBotConnection({
    jid: `${user}@${server.domain}`, password: user, resource: 'bench', service: `${server.host}:${server.c2sPort}`, tls: 'optional', log: silentLogger
  })
  let results = 0
  let onEntered = (): void => {}
  connection.onStanza(stanza => {
    if (child(stanza, 'result', NS.MAM) !== undefined) results += 1
    if (stanza.name === 'presence' && parseMucUser(stanza)?.statuses.has(STATUS.SELF) === true) onEntered()
  })
  connection.start()
  await connection.waitOnline(15_000)
  return {
    async enter (room) {
      const entered = new Promise<void>(resolve => { onEntered = resolve })
      await connection.send(buildJoin(`${room}/${user}`, { history: { maxstanzas: 0 } }))
      await entered
    },
    async ask (question, archive, random) {
      results = 0
      const payload = question.ask(archive, random)
      await connection.request(xml('iq', { type: payload.name === 'query' ? 'set' : 'get', to: archive.jid }, payload), { timeoutMs: PATIENCE_MS })
      return results
    },
    stop: () => connection.stop()
  }
}

/** Each question so many times, of the small and the large archive by turns, so that both meet the same weather. */
export async function measureAsking (name: string, pair: Pair, askers: readonly [Asker, Asker], times: number): Promise<Measured> {
  return measure(name, times, async (question, isLarge, random) => {
    const archive = isLarge ? pair.large : pair.small
    const results = await askers[isLarge ? 1 : 0].ask(question, archive, random)
    if (question.results !== undefined && results !== question.results) throw new Error(`${results} messages instead of ${question.results}`)
  })
}

export async function measureStore (
  name: string, pair: Pair, store: ArchiveStore, rooms: readonly [RoomJid, RoomJid], times: number
): Promise<Measured> {
  return measure(name, times, async (question, isLarge, random) =>
    question.read(store, rooms[isLarge ? 1 : 0], isLarge ? pair.large : pair.small, random))
}

async function measure (
  name: string, times: number, work: (question: Question, isLarge: boolean, random: () => number) => Promise<unknown>
): Promise<Measured> {
  const rows: Row[] = []
  for (const question of QUESTIONS) {
    const random = randomFrom(42)
    const found: [number[], number[]] = [[], []]
    let note: string | undefined
    try {
      for (let n = -WARM_UP; n < times; n++) {
        for (const isLarge of [false, true]) {
          const started = performance.now()
          await work(question, isLarge, random)
          if (n >= 0) found[isLarge ? 1 : 0].push(performance.now() - started)
        }
      }
    } catch (error) {
      note = (error as Error).message
    }
    rows.push(note === undefined ? { question: question.name, times: found } : { question: question.name, times: undefined, note })
  }
  return { name, rows }
}

function randomFrom (seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}
