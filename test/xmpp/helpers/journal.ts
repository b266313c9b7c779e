import { pino } from 'pino'
import type { Logger } from '../../../src/log.ts'

export interface JournalLine {
  readonly level: number
  readonly msg: string
  readonly problem?: string
  readonly xml?: string
}

/** A logger that keeps its lines, from trace on. */
export function createJournal (): { readonly log: Logger, readonly lines: JournalLine[] } {
  const lines: JournalLine[] = []
  const log = pino({ level: 'trace' }, { write: line => { lines.push(JSON.parse(line) as JournalLine) } })
  return { log, lines }
}
