import { pino } from 'pino'
import type { Logger } from 'pino'

export type { Logger } from 'pino'

/** JSON lines in a pipe, coloured lines on a terminal. Message texts and secrets are never logged. */
export function createLogger (level: string): Logger {
  return process.stdout.isTTY
    ? pino({ level, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
    : pino({ level })
}

export const silentLogger: Logger = pino({ level: 'silent' })
