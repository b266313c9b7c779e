import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isListed } from '../access/can-read.ts'
import type { PublishedRoom } from '../access/can-read.ts'
import type { Directory } from '../access/directory.ts'
import type { ArchiveStore } from '../archive/store.ts'
import type { Logger } from '../log.ts'
import type { Day } from '../model/day.ts'
import { HansardError } from '../model/errors.ts'
import { pageScripts } from '../search/browser/page-scripts.ts'
import type { Language } from '../search/stem.ts'
import type { Theme } from '../web/assets.ts'
import { EXPORTED_SEARCH_PATH, exportedSearchRoute } from '../web/routes/exported-search.ts'
import { createWebServer } from '../web/server.ts'
import type { SiteInfo } from '../web/site.ts'
import { exportRoom } from './export-room.ts'
import type { Tally } from './export-room.ts'
import { openFolder } from './folder.ts'
import type { Folder } from './folder.ts'
import type { Reach } from './links.ts'
import { createAsk } from './pages.ts'
import { scriptOf } from './search-files.ts'
import { isWithin, withinDays } from './within.ts'
import type { DayRange } from './within.ts'

/** Raised whenever files of an export change their form for the same answer of the site: then all are written anew. */
const FORM = '1'
const READER = { via: 'http' } as const

export interface StaticSiteOptions extends DayRange {
  readonly store: ArchiveStore
  /** Of the rooms to export, and no others; those that are not listed are exported without a link to them. */
  readonly directory: Directory
  readonly rooms: readonly PublishedRoom[]
  readonly site: SiteInfo
  readonly theme?: Theme
  readonly viewsDir: string
  readonly languages: readonly Language[]
  readonly folder: string
  readonly log: Logger
  readonly onDay?: (room: PublishedRoom, day: Day) => void
}

/** Numbers of files. */
export type StaticSiteResult = Readonly<Tally>

/**
 * Writes the site into a folder, as it is for readers, to be served by any web server or opened from a disk; again into the same
 * folder: brings it up to date. Throws ERR_USAGE for a folder that is not one of ours, and as the store does.
 */
export async function exportSite (options: StaticSiteOptions): Promise<StaticSiteResult> {
  const { directory, rooms, site, theme = {}, languages, viewsDir, log } = options
  const folder = await openFolder(options.folder)
  const tally: Tally = { written: 0, unchanged: 0, removed: 0 }
  const store = withinDays(options.store, options)
  const days = new Map(rooms.map(({ slug }) => [slug, new Set<string>()]))
  const reach: Reach = {
    rooms: new Set(days.keys()),
    hasTime: (slug, part) => isWithin(part, options) && (part.length < 10 || days.get(slug)?.has(part) === true),
    pages: new Set()
  }
  const listed = rooms.filter(room => isListed(room, READER))
  const scripts = await pageScripts(languages)

  // Templates leave out what only a server can do.
  const info = { ...site, isExported: true }
  const web = createWebServer({
    store, directory, site: info, theme, viewsDir, log, searchLanguages: languages, health: noHealth, find: noSearch
  })
  exportedSearchRoute(web, {
    rooms: listed,
    site,
    scripts: scripts.map(({ name, text }) => `/search/${name}?v=${hash(text).slice(0, 12)}`)
  })
  const ask = createAsk(web, reach)
  const edition = hash(JSON.stringify([FORM, options.from ?? '', options.to ?? '', [...reach.rooms].sort(), languages]))

  async function put (file: string, content: string | Uint8Array): Promise<void> {
    tally[await folder.write(file, content) ? 'written' : 'unchanged'] += 1
  }

  async function putPage (path: string, as = path): Promise<void> {
    const answer = await ask(path, undefined, as)
    if (answer === undefined) throw new HansardError('ERR_STORE', `Cannot export ${path}: the site does not have it`)
    await put(answer.file, answer.content())
  }

  try {
    for (const room of rooms) {
      const known = days.get(room.slug) ?? new Set()
      await exportRoom({
        store, folder, room, days: known, range: options, ask, languages, edition, tally, onDay: day => options.onDay?.(room, day)
      })
      known.clear()
    }
    for (const path of ['/', '/about', '/privacy', ...staticFiles(viewsDir, theme)]) await putPage(path)
    await putPage(EXPORTED_SEARCH_PATH, '/search')
    for (const { name, text } of scripts) await put(`search/${name}`, text)
    await put('search/rooms.js', scriptOf('hansardRooms', 'rooms', JSON.stringify(listed.map(({ slug, title }) => ({ slug, title })))))
    await takeAwayRooms(folder, reach, tally)
    return tally
  } finally {
    await web.close()
  }
}

/** What the folder has of rooms that are not exported any more: closed, renamed, or left out this time. */
async function takeAwayRooms (folder: Folder, { rooms }: Reach, tally: Tally): Promise<void> {
  const known = new Set([...await folder.list('r'), ...(await folder.list('.hansard-export-state')).map(name => name.replace(/\.json$/, ''))])
  for (const slug of known) {
    if (rooms.has(slug)) continue
    for (const path of [`r/${slug}`, `search/${slug}`]) {
      for (const name of await folder.list(path)) if (await folder.remove(`${path}/${name}`)) tally.removed += 1
      await folder.removeEmpty(path)
    }
    await folder.remove(`.hansard-export-state/${slug}.json`)
  }
}

function staticFiles (viewsDir: string, { stylesheet }: Theme): string[] {
  const files = readdirSync(join(viewsDir, 'static'), { withFileTypes: true }).filter(entry => entry.isFile() && entry.name !== 'live.js')
  return [...files.map(({ name }) => name), 'nicks.css', ...stylesheet === undefined ? [] : ['theme.css']].map(name => `/static/${name}`)
}

const noHealth = async () => ({ status: 'ok', checks: {} }) as const

async function noSearch (): Promise<never> {
  throw new HansardError('ERR_SEARCH', 'Cannot search while the site is exported')
}

function hash (text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
