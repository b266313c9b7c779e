import { rebuildIndex } from '../archive/index-rebuild.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import { HansardError } from '../model/errors.ts'
import { openRecord } from '../record.ts'
import type { Command } from './command.ts'
import { createProgress } from './progress.ts'
import { askReindex } from './served.ts'

export const reindex: Command = {
  name: 'reindex',
  summary: 'build the search index anew from the record',
  usage: '[--resume]',
  help: [
    'Searches go on with the index in use until the new one is complete. May be ended at any time and gone on with later;',
    'a running serve does the work where there is one.',
    '  --resume   go on with what was begun instead of beginning again'
  ].join('\n'),
  options: { resume: { type: 'boolean' } },
  takesArguments: false,
  async run ({ options, config: path, streams }) {
    const config = loadConfig(path, process.env)
    const isFresh = options['resume'] !== true
    const progress = createProgress('indexing', streams)
    try {
      const done = await askReindex(config, isFresh, changes => { progress.update(changes) }) ??
        await reindexAlone(config, isFresh, changes => { progress.update(changes) })
      progress.end()
      streams.stdout.write(`${done.toLocaleString('en')} events read into the index\n`)
      return 0
    } finally {
      progress.end()
    }
  }
}

async function reindexAlone (config: Config, isFresh: boolean, onProgress: (changes: number) => void): Promise<number> {
  let done = 0
  let built = 0
  const record = await openRecord({
    config,
    log: createCommandLogger(),
    onIndexed (changes) {
      done += changes
      onProgress(built + done)
    }
  })
  try {
    const { index, store, feed } = record
    // One that is empty, or not complete, is filled where it is: there is nothing to search meanwhile.
    const isBeside = index.rebuilding !== undefined && (isFresh ? await index.checkpoint() !== undefined : index.rebuilding.isDue())
    if (isBeside) {
      const rebuild = index.rebuilding?.begin(isFresh)
      if (rebuild === undefined) {
        throw new HansardError('ERR_RUNNING', 'Cannot build the search index: another process is doing so, expected one at a time')
      }
      try {
        await rebuildIndex({
          store,
          rebuild,
          onProgress (changes) {
            built = changes
            onProgress(built)
          }
        })
      } finally {
        rebuild.close()
      }
    } else if (isFresh) await index.clear()
    await feed.advance()
    const { problem } = feed.status()
    if (problem !== undefined) throw new HansardError('ERR_SEARCH', `Cannot build the search index: ${problem}`)
    return built + done
  } finally {
    await record.close()
  }
}
