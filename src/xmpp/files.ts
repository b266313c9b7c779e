import type { SharedFile } from '../model/content.ts'
import type { Element } from './element.ts'
import { parseOob } from './oob.ts'
import { parseSfs } from './sfs.ts'
import { parseSims } from './sims.ts'

const MAX_FILES = 50

/** The files of a message. Many senders tell of one in two or three ways (XEP-0447 §4.3): the one that tells most counts. */
export function parseFiles (message: Element): SharedFile[] {
  const files: SharedFile[] = []
  const urls = new Set<string>()
  for (const file of [...parseSfs(message), ...parseSims(message), ...parseOob(message)]) {
    if (files.length === MAX_FILES) break
    if (Object.keys(file).length === 0 || (file.url !== undefined && urls.has(file.url))) continue
    if (file.url !== undefined) urls.add(file.url)
    files.push(file)
  }
  return files
}
