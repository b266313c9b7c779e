import { openRecord } from '../record.ts'
import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import { HansardError } from '../model/errors.ts'
import type { Command } from './command.ts'
import { createPrinter, forTerminal } from './output.ts'

const PAGE = 100

interface Hit {
  readonly room: string
  readonly uid: string
  readonly time: string
  readonly nick: string
  readonly body: string
  readonly url: string
}

export const search: Command = {
  name: 'search',
  summary: 'find messages, newest first',
  usage: '[--limit N] WORDS…',
  help: [
    '  words "a phrase" -not prefix* from:nick in:room before:2024-05 after:2023 on:2024-05-17',
    '  has:link has:image is:subject is:action is:reply',
    '  --limit N   at most so many (default 20; 0 for all)',
    'Searches every configured room, also those that the site does not show.'
  ].join('\n'),
  options: { limit: { type: 'string' } },
  takesArguments: true,
  takesWords: true,
  async run ({ arguments: words, options, config: path, output, streams }) {
    const limit = options['limit'] === undefined ? 20 : Number(options['limit'])
    if (!Number.isInteger(limit) || limit < 0) throw new HansardError('ERR_USAGE', 'Cannot use this limit: expected a whole number')
    const text = words.join(' ')
    if (text.trim() === '') throw new HansardError('ERR_USAGE', 'Cannot search for nothing: expected words')
    const config = loadConfig(path, process.env)
    const log = createCommandLogger()
    const record = await openRecord({ config, log })
    try {
      const printer = createPrinter<Hit>({ output, streams }, simple)
      let printed = 0
      let before: string | undefined
      do {
        const wanted = limit === 0 ? PAGE : Math.min(PAGE, limit - printed)
        const found = await record.find({ text, rooms: config.rooms, limit: wanted, ...(before === undefined ? {} : { before }) })
        for (const { event, room } of found.hits) {
          const url = `${config.site.url}/r/${room.slug}/m/${encodeURIComponent(event.uid)}`
          await printer.row({ room: event.room, uid: event.uid, time: event.time, nick: event.nick, body: event.body ?? '', url })
        }
        printed += found.hits.length
        before = found.next
      } while (before !== undefined && (limit === 0 || printed < limit))
      await printer.end()
      return printed === 0 ? 1 : 0
    } finally {
      await record.close()
    }
  }
}

function simple ({ time, room, nick, body }: Hit): string {
  return `${time.slice(0, 19).replace('T', ' ')}  ${room}  <${forTerminal(nick)}> ${forTerminal(body)}`
}
