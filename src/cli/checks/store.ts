import { openIndex, openStore } from '../../open.ts'
import type { Config } from '../../config/config.ts'
import type { Logger } from '../../log.ts'
import { messageOf } from '../../model/errors.ts'
import { parseQuery } from '../../search/query.ts'
import { bad, good } from './check.ts'
import type { Finding } from './check.ts'

export async function checkStore (config: Config, log: Logger): Promise<Finding[]> {
  try {
    const store = await openStore(config.store, log)
    try {
      await store.ping()
      const rooms = await store.rooms()
      const talk = rooms.reduce((sum, room) => sum + room.talk, 0)
      return [good('store', `${config.store.driver} answers; ${rooms.length} rooms, ${talk.toLocaleString('en')} messages`)]
    } finally {
      await store.close()
    }
  } catch (error) {
    return [bad('store', messageOf(error))]
  }
}

export async function checkSearch (config: Config, log: Logger): Promise<Finding[]> {
  try {
    const index = await openIndex(config.search, log)
    const checkpoint = await index.checkpoint()
    // Nouveau is asked only by a search.
    const rooms = config.rooms.map(({ jid }) => jid)
    if (config.search.engine === 'nouveau') await index.search({ query: parseQuery('hansard'), rooms, limit: 1, order: 'newest' })
    await index.close()
    return [good('search', checkpoint === undefined ? 'the index is empty; serve fills it' : 'the index can be opened')]
  } catch (error) {
    const text = messageOf(error)
    if (config.search.engine === 'nouveau') return [bad('search', text)]
    const isClosedToUs = /permission denied|readonly|EACCES|EROFS/i.test(text)
    const remedy = isClosedToUs ? 'let this user write there' : 'it can always be rebuilt: move the file away, then run hansard reindex'
    return [bad('search', `${text}; ${remedy}`)]
  }
}
