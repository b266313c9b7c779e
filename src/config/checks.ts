import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { tryParseJid } from '../model/address.ts'
import { formatTime } from '../model/archive-time.ts'
import { messageOf } from '../model/errors.ts'
import type { ConfigFile } from './schema.ts'
import { formatPath } from './problem.ts'
import type { Path, Problem } from './problem.ts'

/** What is right in itself; the rest has been reported and is missing here. */
export interface Sections {
  /** The component's domain. */
  readonly domain: string | undefined
  readonly store: ConfigFile['store'] | undefined
  readonly spool: ConfigFile['spool'] | undefined
  readonly search: ConfigFile['search'] | undefined
  /** The addresses of the rooms. */
  readonly rooms: ReadonlyArray<string | undefined>
}

/** What is wrong between sections. */
export function checkTogether ({ domain, store, spool, search, rooms }: Sections, folder: string): Problem[] {
  const problems: Problem[] = []
  const index = domain === undefined ? -1 : rooms.findIndex(room => tryParseJid(room)?.domain === domain)
  if (index !== -1) {
    const text = `Cannot use "${domain}": ${formatPath(['rooms', index])} lives there, expected a domain of the component's own`
    problems.push({ path: ['xmpp', 'domain'], text })
  }
  const files = [
    { section: 'store', path: store?.driver === 'sqlite' ? store.path : undefined, use: 'for the record' },
    { section: 'spool', path: spool?.path, use: 'for what waits while the store is away' },
    { section: 'search', path: search?.path, use: 'which may be dropped and rebuilt' }
  ]
  if (search?.engine === 'nouveau' && search.url === undefined && store?.driver === 'sqlite') {
    problems.push({ path: ['search', 'url'], text: 'is missing: expected the address of a database for the search, such as http://user:password@127.0.0.1:5984/search' })
  }
  return problems.concat(checkFiles(files, folder), checkCredentials(store))
}

interface OwnFile {
  readonly section: string
  readonly path: string | undefined
  readonly use: string
}

function checkFiles (files: readonly OwnFile[], folder: string): Problem[] {
  const owners = new Map<string, string>()
  return files.flatMap(({ section, path, use }) => {
    if (path === undefined) return []
    const file = resolve(folder, path)
    const owner = owners.get(file)
    owners.set(file, owner ?? section)
    return owner === undefined
      ? checkFile([section, 'path'], file)
      : [{ path: [section, 'path'], text: `Cannot use the file of ${owner}.path: expected a file of its own, ${use}` }]
  })
}

function checkFile (path: Path, file: string): Problem[] {
  try {
    const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false
    return isFolder ? [{ path, text: `Cannot use ${file}: it is a directory, expected the path of a file` }] : []
  } catch (error) {
    return [{ path, text: `Cannot use ${file}: ${messageOf(error)}, expected a path below a folder that this user may enter` }]
  }
}

function checkCredentials (store: Sections['store']): Problem[] {
  if (store?.driver !== 'couchdb' || (store.password ?? store.password_file) === undefined) return []
  const path = ['store', store.password === undefined ? 'password_file' : 'password']
  if (store.url.password !== '') return [{ path, text: 'Cannot use a second password: store.url has one already, expected it in one place' }]
  if (store.url.username !== '') return []
  return [{ path, text: 'Cannot use a password without a user: expected store.url with one, such as http://hansard@127.0.0.1:5984/hansard' }]
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/

/** What is allowed but probably not meant. */
export function warningsOf (config: ConfigFile): Problem[] {
  const { xmpp, rooms } = config
  const now = formatTime(Date.now() * 1000)
  const warnings: Problem[] = []
  rooms.forEach(({ catch_up: catchUp, recreated_after: recreatedAfter = now }, index) => {
    if (typeof catchUp === 'object' && catchUp.since > now) {
      warnings.push({ path: ['rooms', index, 'catch_up', 'since'], text: 'the time lies ahead, so nothing of what the room has archived will be taken in' })
    }
    if (recreatedAfter > now) {
      warnings.push({ path: ['rooms', index, 'recreated_after'], text: 'the time lies ahead, so a room destroyed until then will be taken for the same room' })
    }
  })
  if (rooms.length === 0) warnings.push({ path: ['rooms'], text: 'no room is configured, so nothing will be recorded' })
  if (xmpp.mode === 'component' && xmpp.secret === 'change-me' && !LOOPBACK.test(xmpp.server.host)) {
    warnings.push({ path: ['xmpp', 'secret'], text: 'the secret is the one of the example; choose another, here and in the XMPP server' })
  }
  const host = xmpp.mode === 'bot' ? new URL(xmpp.service ?? `xmpp://${tryParseJid(xmpp.jid)?.domain}`).hostname : ''
  if (xmpp.mode === 'bot' && xmpp.tls !== 'required' && !LOOPBACK.test(host)) {
    warnings.push({ path: ['xmpp', 'tls'], text: `${xmpp.tls} lets others on the way read the password; use required where the server has a valid certificate` })
  }
  return warnings
}
