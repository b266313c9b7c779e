import { once } from 'node:events'
import type { OutputFormat, Streams } from './command.ts'

/** Prints rows as they come: JSON Lines, one JSON array, or what `simple` makes of each for people. */
export interface Printer<Row extends object> {
  row (row: Row): Promise<void>
  end (): Promise<void>
}

export function createPrinter<Row extends object> (
  { output, streams: { stdout } }: { readonly output: OutputFormat, readonly streams: Streams },
  simple: (row: Row) => string
): Printer<Row> {
  let rows = 0
  const write = async (text: string): Promise<void> => {
    if (!stdout.write(text)) await once(stdout, 'drain')
  }
  return {
    async row (row) {
      if (output === 'json') await write(`${rows === 0 ? '[\n' : ',\n'}${JSON.stringify(row)}`)
      else await write(`${output === 'jsonl' ? JSON.stringify(row) : simple(row)}\n`)
      rows += 1
    },
    async end () {
      if (output === 'json') await write(rows === 0 ? '[]\n' : '\n]\n')
    }
  }
}

/** Text from the record on a terminal: control characters (escape sequences among them) are made visible, line feeds kept. */
export function forTerminal (text: string): string {
  // eslint-disable-next-line no-control-regex -- exactly these would be obeyed by a terminal
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}
