import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { openRecord } from '../record.ts'
import { loadConfig } from '../config/load.ts'
import { createCommandLogger } from '../log.ts'
import { parseRoomJid } from '../model/address.ts'
import { HansardError, messageOf } from '../model/errors.ts'
import { importEvents } from '../transfer/import.ts'
import type { ImportResult } from '../transfer/import.ts'
import type { Command } from './command.ts'
import { createPrinter } from './output.ts'
import { createProgress } from './progress.ts'

const FORMATS = ['jsonl']

export const importCommand: Command = {
  name: 'import',
  summary: 'take events from files into the record; what is recorded already is left alone',
  usage: '[--format jsonl] [--room JID] [FILE…]',
  help: [
    '  --format jsonl   one event a line: room, ts or time, kind (message, subject, join, leave, nick …), nick, new_nick, body;',
    '                   or documents of our own form. Gzipped or not. Without FILE, or with -, from standard input.',
    '  --room JID       the room the events belong to, whatever the lines say'
  ].join('\n'),
  options: { format: { type: 'string' }, room: { type: 'string' } },
  takesArguments: true,
  async run ({ arguments: files, options, config: path, output, streams }) {
    const format = options['format'] ?? 'jsonl'
    if (!FORMATS.includes(String(format))) {
      throw new HansardError('ERR_USAGE', `Cannot import the format "${String(format)}": expected ${FORMATS.join(' or ')}`)
    }
    const room = typeof options['room'] === 'string' ? parseRoomJid(options['room']) : undefined
    const config = loadConfig(path, process.env)
    const log = createCommandLogger()
    const sources = await openSources(files)
    const record = await openRecord({ config, log, isBulk: true })
    const printer = createPrinter<ImportResult & { file: string }>({ output, streams }, simple)
    let failed = 0
    try {
      for (const source of sources) {
        const progress = createProgress(source.name, streams)
        const result = await importEvents({
          ...(room === undefined ? {} : { room }),
          source: source.open(),
          name: source.name,
          record: events => record.append.append(events),
          onProgress: ({ bytes, read }) => {
            progress.update(read, source.size === undefined ? undefined : Math.min(1, bytes / source.size))
          }
        })
        progress.end()
        failed += result.failed
        for (const problem of result.problems) streams.stderr.write(`${problem}\n`)
        await printer.row({ file: source.name, ...result })
      }
      await record.feed.advance()
    } finally {
      await record.close()
    }
    await printer.end()
    if (failed > 0 && room === undefined) streams.stderr.write('If the lines do not name the address of their room, say it with --room JID\n')
    if (room !== undefined && !config.rooms.some(({ jid }) => jid === room)) {
      streams.stderr.write(`${room} is not in the configuration: add it to rooms to show it on the site\n`)
    }
    return failed > 0 ? 1 : 0
  }
}

interface Source {
  readonly name: string
  readonly size: number | undefined
  readonly open: () => AsyncIterable<Uint8Array>
}

// All files are looked at before the first is read: a mistyped name should not be found after an hour.
async function openSources (files: readonly string[]): Promise<Source[]> {
  const names = files.length === 0 ? ['-'] : files
  return Promise.all(names.map(async name => {
    if (name === '-') return { name: 'standard input', size: undefined, open: () => process.stdin as AsyncIterable<Uint8Array> }
    const found = await stat(name).catch((cause: unknown) => {
      throw new HansardError('ERR_USAGE', `Cannot read ${name}: ${messageOf(cause)}`, { cause })
    })
    if (!found.isFile() && !found.isFIFO()) throw new HansardError('ERR_USAGE', `Cannot read ${name}: it is not a file`)
    return { name, size: found.isFile() ? found.size : undefined, open: () => createReadStream(name) }
  }))
}

function simple ({ file, read, added, known, failed }: ImportResult & { file: string }): string {
  const wrong = failed === 0 ? '' : `, ${failed.toLocaleString('en')} not understood`
  return `${file}: ${read.toLocaleString('en')} events, ${added.toLocaleString('en')} added, ${known.toLocaleString('en')} recorded before${wrong}`
}
