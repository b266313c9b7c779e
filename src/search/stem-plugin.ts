import { createRequire } from 'node:module'
import lunr from 'lunr'

const require = createRequire(import.meta.url)

/** Lunr's plugins are CommonJS functions that add a stemmer to the lunr handed to them. A page has them as scripts of its own instead. */
export function installPlugin (plugin: string): void {
  const install = require(`lunr-languages/lunr.${plugin}`) as (target: typeof lunr) => void
  install(lunr)
}
