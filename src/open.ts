import { createDirectory } from './access/directory.ts'
import type { Directory } from './access/directory.ts'
import { createCouchdbStore } from './archive/couchdb.ts'
import { createSqliteStore } from './archive/sqlite.ts'
import type { ArchiveStore } from './archive/store.ts'
import type { Config } from './config/config.ts'
import type { Logger } from './log.ts'
import { defined } from './model/defined.ts'
import { createLocalIndex } from './search/local.ts'
import { createNouveauIndex } from './search/nouveau/nouveau.ts'
import type { SearchIndex } from './search/search-index.ts'
import { LANGUAGES } from './search/stem.ts'
import type { Language } from './search/stem.ts'

export async function openStore (config: Config['store'], log: Logger): Promise<ArchiveStore> {
  const child = log.child({ module: 'store' })
  return config.driver === 'sqlite' ? createSqliteStore({ path: config.path, log: child }) : createCouchdbStore({ url: config.url, log: child })
}

export async function openIndex (config: Config['search'], log: Logger): Promise<SearchIndex> {
  if (config.engine === 'nouveau') return createNouveauIndex({ url: config.url ?? '', languages: languagesOf(config) })
  return createLocalIndex({ path: config.path, language: languagesOf(config), log: log.child({ module: 'search' }) })
}

/** Not yet knowing what the rooms say of themselves. */
export function openDirectory (rooms: Config['rooms']): Directory {
  return createDirectory(rooms.map(({ jid, slug, aliases, title, description, level, editHistory, rankPeople, retention }) => ({
    jid,
    slug,
    aliases,
    title,
    description,
    level,
    showsEdits: editHistory,
    ranksPeople: rankPeople,
    isOpen: undefined,
    ...defined({ keptDays: retention.talk })
  })))
}

export function languagesOf (config: Config['search']): Language[] {
  return LANGUAGES.filter(language => language === config.language)
}
