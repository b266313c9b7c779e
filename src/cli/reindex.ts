import { openRecord } from '../record.ts'
import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import { HansardError } from '../model/errors.ts'
import type { Command } from './command.ts'
import { createProgress } from './progress.ts'

export const reindex: Command = {
  name: 'reindex',
  summary: 'build the search index anew from the record',
  usage: '[--resume]',
  help: '  --resume   go on where the index stands instead of emptying it first',
  options: { resume: { type: 'boolean' } },
  takesArguments: false,
  async run ({ options, config: path, streams }) {
    const config = loadConfig(path, process.env)
    const progress = createProgress('indexing', streams)
    let done = 0
    const record = await openRecord({
      config,
      log: createCommandLogger(),
      onIndexed (changes) {
        done += changes
        progress.update(done)
      }
    })
    try {
      if (options['resume'] !== true) await record.index.clear()
      await record.feed.advance()
      progress.end()
      const { problem } = record.feed.status()
      if (problem !== undefined) throw new HansardError('ERR_SEARCH', `Cannot build the search index: ${problem}`)
      streams.stdout.write(`${done.toLocaleString('en')} events read into the index\n`)
      return 0
    } finally {
      progress.end()
      await record.close()
    }
  }
}
