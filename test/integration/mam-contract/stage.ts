import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDirectory } from '../../../src/access/directory.ts'
import type { Directory } from '../../../src/access/directory.ts'
import { createOccupantIds } from '../../../src/access/occupant-ids.ts'
import { createIndexFeed } from '../../../src/archive/index-feed.ts'
import type { ArchiveStore } from '../../../src/archive/store.ts'
import { silentLogger } from '../../../src/log.ts'
import { createGuard } from '../../../src/mam/guard.ts'
import { createMamResponder } from '../../../src/mam/responder.ts'
import { archiveJidOf, parseRoomJid } from '../../../src/model/address.ts'
import type { RoomJid } from '../../../src/model/address.ts'
import { formatTime, parseDateTime } from '../../../src/model/archive-time.ts'
import type { ArchiveTime } from '../../../src/model/archive-time.ts'
import { HansardError } from '../../../src/model/errors.ts'
import type { ArchivedEvent, RoomEvent } from '../../../src/model/event.ts'
import { createLocalIndex } from '../../../src/search/local.ts'
import { createComponentConnection } from '../../../src/xmpp/component.ts'
import { child, children, parseXml } from '../../../src/xmpp/element.ts'
import type { Element } from '../../../src/xmpp/element.ts'
import { NS } from '../../../src/xmpp/namespaces.ts'
import { parseRsmResult } from '../../../src/xmpp/rsm.ts'
import type { RsmResult } from '../../../src/xmpp/rsm.ts'
import { StanzaError } from '../../../src/xmpp/stanza-error.ts'
import { message } from '../../helpers/events.ts'
import { startRecordStore } from '../../servers/record-store.ts'
import type { StoreName } from '../../servers/record-store.ts'
import { connectTalker } from '../../servers/talker.ts'
import type { Talker } from '../../servers/talker.ts'
import type { XmppServer } from '../../servers/xmpp-server.ts'

/** Rooms of one name for each row, so that one server and one store serve all. */
export const ROOMS = [
  'empty', 'one', 'talk', 'many', 'crowded', 'late', 'growing', 'results', 'removed', 'real', 'large', 'slow', 'behind', 'gone', 'members', 'floods', 'off'
] as const
export type RoomName = typeof ROOMS[number]

/** The archives of a store behind a real server, and people who ask them. */
export interface ContractStage {
  readonly server: XmppServer
  readonly alice: Talker
  readonly directory: Directory
  readonly store: ArchiveStore
  talker (user: string, resource: string, at?: Pick<XmppServer, 'host' | 'c2sPort' | 'domain'>): Promise<Talker>
  archive (room: RoomName): string
  room (room: RoomName): RoomJid
  /** Records and indexes; what is not said of an event is that of any message, a second after the one before. */
  fill (room: RoomName, events: ReadonlyArray<Partial<RoomEvent>>): Promise<ArchivedEvent[]>
  /** What is asked of the store or the index rejects, until it is called with nothing. */
  fail (what?: 'store' | 'index'): void
  /** Something heard in the room is not in the store. */
  setBehind (room: RoomName | undefined): void
  stop (): Promise<void>
}

const START = parseDateTime('2026-08-21T09:00:00Z')

export function at (seconds: number): ArchiveTime {
  return formatTime(START + Math.round(seconds * 1e6))
}

export async function openContractStage (startServer: () => Promise<XmppServer>, storeName: StoreName): Promise<ContractStage> {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-contract-'))
  const [server, recordStore] = await Promise.all([startServer(), startRecordStore(storeName, folder)])
  const store = await recordStore.open()
  const index = createLocalIndex({ path: join(folder, 'search.db'), log: silentLogger, readers: 1 })
  const feed = createIndexFeed({ store, index, log: silentLogger })
  const room = (name: RoomName): RoomJid => parseRoomJid(`${name}@${server.conference}`)
  const directory = createDirectory(ROOMS.map(name => ({
    jid: room(name), slug: name, aliases: [], title: undefined, description: undefined, level: name === 'off' ? 'off' : 'public', isOpen: undefined
  })))
  const connection = createComponentConnection({
    host: server.host, port: server.componentPort, domain: server.componentDomain, secret: server.secret, resource: 'hansard', log: silentLogger
  })
  let failing: 'store' | 'index' | undefined
  let behind: RoomName | undefined
  connection.onRequest(createMamResponder({
    connection,
    domain: server.componentDomain,
    directory,
    store: {
      ...store,
      page: async (...args) => failing === 'store' ? Promise.reject(new HansardError('ERR_STORE_UNAVAILABLE', 'Cannot reach a secret place')) : store.page(...args)
    },
    index: {
      search: async query => failing === 'index' ? Promise.reject(new HansardError('ERR_SEARCH', 'Cannot search a secret place')) : index.search(query)
    },
    isBehind: jid => behind !== undefined && jid === room(behind),
    occupantIds: createOccupantIds('key'),
    site: { title: 'Logs', url: 'http://logs.example.org' },
    guard: createGuard({ perAsker: { burst: 1000, perSecond: 1 } }),
    log: silentLogger
  }))
  connection.start()
  await connection.waitOnline(15_000)
  const talkers: Talker[] = []

  async function talker (user: string, resource: string, at: Pick<XmppServer, 'host' | 'c2sPort' | 'domain'> = server): Promise<Talker> {
    const talker = await connectTalker(at, user, { resource })
    talkers.push(talker)
    return talker
  }

  return {
    server,
    alice: await talker('alice', 'desk'),
    directory,
    store,
    talker,
    room,
    archive: name => archiveJidOf(room(name), server.componentDomain),
    async fill (name, events) {
      const results = await store.append(events.map((fields, n) => message({ uid: `u${n}`, body: `apple ${n}`, time: at(n), via: 'import', ...fields, room: room(name) })))
      await feed.advance()
      return results.map(({ event }) => event)
    },
    fail (what) { failing = what },
    setBehind (name) { behind = name },
    async stop () {
      await Promise.allSettled(talkers.map(talker => talker.stop()))
      await connection.stop()
      await index.close()
      await store.close()
      await recordStore.close()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** What a query is made of, as XML. */
export interface Asked {
  readonly form?: string
  readonly set?: string
  readonly other?: string
  readonly queryId?: string
}

export interface Answered {
  readonly outer: readonly Element[]
  readonly inner: readonly Element[]
  readonly uids: readonly string[]
  readonly stamps: readonly string[]
  readonly fin: Element
  readonly rsm: RsmResult
  readonly isComplete: boolean
}

const FORM_TYPE = "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>"

export function submit (fields: string, formType = FORM_TYPE, type = 'submit'): string {
  return `<x xmlns='jabber:x:data' type='${type}'>${formType}${fields}</x>`
}

export function field (name: string, ...values: readonly string[]): string {
  return `<field var='${name}'>${values.map(value => `<value>${escaped(value)}</value>`).join('')}</field>`
}

export function escaped (text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
}

export function queryXml ({ form = '', set, other = '', queryId }: Asked): string {
  const page = set === undefined ? '' : `<set xmlns='${NS.RSM}'>${set}</set>`
  return `<query xmlns='urn:xmpp:mam:2'${queryId === undefined ? '' : ` queryid='${queryId}'`}>${form === '' || form.startsWith('<x') ? form : submit(form)}${page}${other}</query>`
}

/** Asks, and holds the answer to what every answer must be. */
export async function ask (talker: Talker, archive: string, asked: Asked = {}): Promise<Answered> {
  const before = talker.received().length
  const answer = await talker.request(parseXml(`<iq type='set' to='${escaped(archive).replace(/'/g, '&apos;')}'>${queryXml(asked)}</iq>`))
  const outer = talker.received().slice(before).filter(stanza => child(stanza, 'result', NS.MAM) !== undefined)
  const fin = child(answer, 'fin', NS.MAM)
  assert.ok(fin !== undefined && child(fin, 'set', NS.RSM) !== undefined, 'there is always a fin with a set')
  const results = outer.map(stanza => child(stanza, 'result', NS.MAM) as Element)
  const forwarded = results.map(result => child(result, 'forwarded', NS.FORWARD) as Element)
  const rsm = parseRsmResult(fin)
  assert.equal(rsm.first === undefined, rsm.last === undefined, 'first and last come together')
  const uids = results.map(({ attrs }) => attrs['id'] ?? '')
  if (rsm.first !== undefined) assert.ok(uids.includes(rsm.first) && uids.includes(rsm.last ?? ''), 'first and last were sent in this page')
  assert.ok(outer.every(({ attrs }) => attrs['from'] === archive && attrs['to'] === talker.jid))
  assert.ok(results.every(({ attrs }) => attrs['queryid'] === asked.queryId))
  return {
    outer,
    inner: forwarded.map(element => child(element, 'message', NS.CLIENT) as Element),
    uids,
    stamps: forwarded.map(element => children(element, 'delay', NS.DELAY).map(({ attrs }) => attrs['stamp']).join(' and ')),
    fin,
    rsm,
    isComplete: fin.attrs['complete'] === 'true'
  }
}

/** As clients walk, on from the edge of each page until one is complete; what is met, in the order of the archive, page by page. */
export async function walk (talker: Talker, archive: string, max: number, isBackward: boolean, form = ''): Promise<Answered[]> {
  const pages: Answered[] = []
  for (let edge = isBackward ? '<before/>' : ''; ;) {
    const page = await ask(talker, archive, { form, set: `<max>${max}</max>${edge}` })
    pages.push(page)
    assert.ok(pages.length < 500, 'the walk ends')
    if (page.isComplete) return isBackward ? pages.reverse() : pages
    assert.ok(page.rsm.first !== undefined && page.rsm.last !== undefined, 'where there is more there is a place to go on from')
    edge = isBackward ? `<before>${escaped(page.rsm.first)}</before>` : `<after>${escaped(page.rsm.last)}</after>`
  }
}

/** Asks what must be refused. */
export async function refusal (talker: Talker, to: string, payload: string, type = 'set'): Promise<StanzaError> {
  try {
    const answer = await talker.request(parseXml(`<iq type='${type}' to='${to}'>${payload}</iq>`))
    assert.fail(`not refused: ${String(answer)}`)
  } catch (error) {
    if (error instanceof StanzaError) return error
    throw error
  }
}

/** An element to be compared: servers keep no order of attributes. */
export function plain (element: Element | undefined): unknown {
  return element === undefined ? undefined : [element.name, element.attrs, element.children.map(node => typeof node === 'string' ? node : plain(node))]
}
