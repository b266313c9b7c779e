import { pino } from 'pino'
import type { Logger } from 'pino'

export type { Logger } from 'pino'

const STDOUT = 1
const STDERR = 2

/** JSON lines in a pipe, coloured lines on a terminal. Message texts and secrets are never logged. */
export function createLogger (level: string): Logger {
  return createLoggerTo(STDOUT, level, process.stdout.isTTY)
}

/** For commands that print data on standard output: warnings and errors, on standard error. */
export function createCommandLogger (): Logger {
  return createLoggerTo(STDERR, 'warn', process.stderr.isTTY)
}

export const silentLogger: Logger = pino({ level: 'silent' })

function createLoggerTo (destination: number, level: string, isTerminal: boolean): Logger {
  return isTerminal
    ? pino({ level, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', destination } } })
    : pino({ level }, pino.destination({ dest: destination, sync: true }))
}
