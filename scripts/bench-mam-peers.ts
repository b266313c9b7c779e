import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { startEjabberd } from '../test/servers/ejabberd.ts'
import { startProsody } from '../test/servers/prosody.ts'
import { connectTalker } from '../test/servers/talker.ts'
import type { XmppServer } from '../test/servers/xmpp-server.ts'
import { connectAsker, measureAsking } from './bench-mam-measure.ts'
import type { Measured } from './bench-mam-measure.ts'
import { stanzaOf } from './bench-mam-ours.ts'
import type { Sizes } from './bench-mam-ours.ts'
import { uidOf } from './bench-mam-talk.ts'
import type { Said } from './bench-mam-talk.ts'

interface Configuration {
  readonly file: string
  readonly changes: ReadonlyArray<readonly [before: string, after: string]>
}

/** A server that keeps archives of its own rooms. Its storage is written directly, in the form it writes itself. */
interface Peer {
  readonly title: string
  /** So many are as much as it takes. */
  readonly most: number
  /** Each question is put so often at most, where answers take seconds. */
  readonly mostTimes?: number
  readonly start: () => Promise<XmppServer>
  /** What its configuration must say in the place of something else; it is then started again. */
  readonly configure?: (folder: string) => Configuration
  /** Called when the rooms are there and hold one message. */
  readonly fill: (folder: string, rooms: ReadonlyArray<readonly [room: string, talk: readonly Said[]]>) => void
  readonly uid: (talk: readonly Said[]) => (n: number) => string
}

const LITE_SQL = '/usr/share/ejabberd/sql/lite.sql'
const CONFERENCE = 'conference.localhost'

export const PEERS: Readonly<Record<string, Peer>> = {
  'prosody-internal': {
    title: 'Prosody, internal storage',
    // Each answer reads the whole file; Prosody itself stops writing at 10,000.
    most: 50_000,
    mostTimes: 5,
    start: () => startProsody(),
    fill: writeLists,
    uid: () => uidOf
  },
  'prosody-sql': {
    title: 'Prosody, SQLite',
    most: Infinity,
    start: () => startProsody(),
    configure: folder => ({
      file: join(folder, 'prosody.cfg.lua'),
      changes: [['storage = "internal"', `default_storage = "internal"
storage = { muc_log = "sql" }
sql = { driver = "SQLite3", database = "${join(folder, 'archive.sqlite')}" }`]]
    }),
    fill: writeProsodySql,
    uid: () => uidOf
  },
  'ejabberd-sql': {
    title: 'ejabberd, SQLite',
    most: Infinity,
    start: () => startEjabberd(),
    configure (folder) {
      const database = join(folder, 'archive.sqlite')
      new Database(database).exec(readFileSync(LITE_SQL, 'utf8')).close()
      return {
        file: join(folder, 'ejabberd.yml'),
        changes: [
          ['mod_mam: { db_type: mnesia }', 'mod_mam: { db_type: sql }'],
          ['s2s_access: none', `s2s_access: none\nsql_type: sqlite\nsql_database: ${JSON.stringify(database)}`]
        ]
      }
    },
    fill: writeEjabberdSql,
    uid: talk => n => String(talk[n]?.time ?? 0)
  }
}

export async function benchPeer (name: string, { small, large: wanted }: Sizes, times: number): Promise<Measured> {
  const peer = PEERS[name]
  if (peer === undefined) throw new Error(`No such peer: ${name}; expected ${Object.keys(PEERS).join(', ')}`)
  const large = wanted.slice(0, peer.most)
  const server = await peer.start()
  try {
    const folder = dirname(server.log)
    if (peer.configure !== undefined) {
      const { file, changes } = peer.configure(folder)
      writeFileSync(file, changes.reduce((text, [before, after]) => replaced(text, before, after), readFileSync(file, 'utf8')))
      await server.restart()
    }
    const rooms = [[`small@${CONFERENCE}`, small], [`large@${CONFERENCE}`, large]] as const
    const host = await connectTalker(server, 'carol')
    for (const [room] of rooms) {
      await host.join(room, 'carol')
      await host.say(room, 'the first')
    }
    peer.fill(folder, rooms)
    const askers = [await connectAsker(server, 'alice'), await connectAsker(server, 'bob')] as const
    const archives = rooms.map(([jid, talk]) => ({ jid, talk, uid: peer.uid(talk) }))
    for (const [n, asker] of askers.entries()) await asker.enter(rooms[n]?.[0] ?? '')
    const title = large.length === wanted.length ? peer.title : `${peer.title}, ${large.length} messages for the large room`
    const [smallArchive, largeArchive] = archives as [typeof archives[number], typeof archives[number]]
    const both = { small: smallArchive, large: largeArchive }
    const measured = await measureAsking(title, both, askers, Math.min(times, peer.mostTimes ?? times))
    await Promise.all([host.stop(), ...askers.map(asker => asker.stop())])
    return measured
  } finally {
    await server.stop()
  }
}

function replaced (text: string, before: string, after: string): string {
  if (!text.includes(before)) throw new Error(`The server's configuration has no "${before}"`)
  return text.replace(before, () => after)
}

function writeLists (folder: string, rooms: ReadonlyArray<readonly [string, readonly Said[]]>): void {
  for (const [room, talk] of rooms) {
    const items = talk.map(({ time, nick, body }, n) => {
      const attributes = `["from"] = ${lua(`${room}/${nick}`)}; ["type"] = "groupchat"; ["id"] = "m${n}"; ["stamp"] = "${seconds(time)}"`
      const archived = `["key"] = "${uidOf(n)}"; ["when"] = ${Math.floor(time / 1e6)}; ["with"] = "message<groupchat"`
      return `item({ ["name"] = "message"; ["attr"] = { ${attributes} }; { ["name"] = "body"; ["attr"] = {}; ${lua(body)} }; ${archived} });\n`
    })
    writeFileSync(findFile(join(folder, 'data'), `${room.split('@')[0]}.list`), items.join(''))
  }
}

function writeProsodySql (folder: string, rooms: ReadonlyArray<readonly [string, readonly Said[]]>): void {
  const db = new Database(join(folder, 'archive.sqlite'), { timeout: 10_000 })
  const insert = db.prepare(`INSERT INTO prosodyarchive (host, user, store, "when", "with", key, type, value)
    VALUES ('${CONFERENCE}', ?, 'muc_log', ?, 'message<groupchat', ?, 'xml', ?)`)
  db.transaction(() => {
    db.exec('DELETE FROM prosodyarchive')
    for (const [room, talk] of rooms) {
      for (const [n, { time, nick, body }] of talk.entries()) {
        insert.run(room.split('@')[0], Math.floor(time / 1e6), uidOf(n), stanzaOf(room, nick, body, n))
      }
    }
  }).immediate()
  db.close()
}

function writeEjabberdSql (folder: string, rooms: ReadonlyArray<readonly [string, readonly Said[]]>): void {
  const db = new Database(join(folder, 'archive.sqlite'), { timeout: 10_000 })
  const insert = db.prepare(`INSERT INTO archive (username, timestamp, peer, bare_peer, xml, txt, kind, nick)
    VALUES (?, ?, ?, ?, ?, ?, 'groupchat', ?)`)
  db.transaction(() => {
    db.exec('DELETE FROM archive')
    for (const [room, talk] of rooms) {
      for (const [n, { time, nick, body }] of talk.entries()) {
        insert.run(room, BigInt(time), `${room}/${nick}`, room, stanzaOf(room, nick, body, n), body, nick)
      }
    }
  }).immediate()
  db.close()
}

function findFile (folder: string, name: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(path => path.endsWith(`/${name}`))
  if (found === undefined) throw new Error(`${folder} has no ${name}`)
  return join(folder, found)
}

function lua (text: string): string {
  // eslint-disable-next-line no-control-regex
  return `"${text.replace(/[\x00-\x1f"\\]/g, character => `\\${String(character.charCodeAt(0)).padStart(3, '0')}`)}"`
}

function seconds (time: number): string {
  return `${new Date(time / 1000).toISOString().slice(0, 19)}Z`
}
