import { parseArgs } from 'node:util'
import { HansardError, messageOf } from '../model/errors.ts'
import type { ErrorCode } from '../model/errors.ts'
import { OUTPUT_FORMATS } from './command.ts'
import type { Command, CommandInput, OutputFormat, Streams } from './command.ts'
import { COMMANDS } from './commands.ts'
import { version } from '../version.ts'

const COMMON = {
  config: { type: 'string', short: 'c' },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h' }
} as const

const EXIT: Partial<Record<ErrorCode, number>> = {
  ERR_CONFIG: 2,
  ERR_USAGE: 2,
  ERR_QUERY: 2,
  ERR_JID: 2,
  ERR_STORE: 3,
  ERR_STORE_UNAVAILABLE: 3,
  ERR_RUNNING: 3,
  ERR_XMPP_OFFLINE: 3,
  ERR_XMPP_REFUSED: 3,
  ERR_XMPP_TIMEOUT: 3
}

/** Runs one command line. Resolves to the exit code: 0 done, 1 nothing found or failed, 2 usage or configuration, 3 out of reach. */
export async function run (argv: readonly string[], streams: Streams): Promise<number> {
  const print = (text: string): number => write(streams.stdout, text, 0)
  const fail = (text: string, code: number): number => write(streams.stderr, text, code)
  const [name, ...rest] = argv
  if (name === '--version' || name === '-v') return print(`hansard ${version()}`)
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const wanted = COMMANDS.find(command => command.name === rest[0])
    return name === undefined ? fail(overview(), 2) : print(wanted === undefined ? overview() : helpOf(wanted))
  }
  const command = COMMANDS.find(command => command.name === name)
  if (command === undefined) return fail(`Cannot run "${name}": expected one of ${COMMANDS.map(command => command.name).join(', ')}\nTry: hansard help`, 2)
  try {
    const { values, positionals } = parse(command, rest)
    return values['help'] === true ? print(helpOf(command)) : await runCommand(command, values, positionals, streams)
  } catch (error) {
    const hint = error instanceof HansardError && error.code === 'ERR_USAGE' ? `\nTry: hansard help ${command.name}` : ''
    const code = error instanceof HansardError ? EXIT[error.code] ?? 1 : 1
    const isOurs = error instanceof HansardError
    return fail(isOurs ? messageOf(error) + hint : `Cannot run ${command.name}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`, code)
  }
}

type Options = CommandInput['options']

async function runCommand (command: Command, options: Options, positionals: readonly string[], streams: Streams): Promise<number> {
  const output = options['output'] ?? 'simple'
  if (!OUTPUT_FORMATS.includes(output as OutputFormat)) {
    throw new HansardError('ERR_USAGE', `Cannot print as "${String(output)}": expected one of ${OUTPUT_FORMATS.join(', ')}`)
  }
  return command.run({
    arguments: positionals,
    options,
    config: typeof options['config'] === 'string' ? options['config'] : process.env['HANSARD_CONFIG'] ?? 'config.yaml',
    output: output as OutputFormat,
    streams
  })
}

function parse (command: Command, argv: readonly string[]): { values: Options, positionals: string[] } {
  try {
    const isExclusion = (arg: string): boolean => command.takesWords === true && /^-[^-]./.test(arg)
    const words = argv.filter(isExclusion)
    const parsed = parseArgs({
      args: words.length === 0 ? [...argv] : [...argv.filter(arg => !isExclusion(arg) && arg !== '--'), '--', ...words],
      options: { ...COMMON, ...command.options },
      allowPositionals: command.takesArguments
    })
    return { values: parsed.values, positionals: parsed.positionals }
  } catch (cause) {
    throw new HansardError('ERR_USAGE', `Cannot run ${command.name}: ${messageOf(cause).split('\n')[0] ?? ''}`, { cause })
  }
}

function overview (): string {
  const width = Math.max(...COMMANDS.map(command => command.name.length))
  return [
    'hansard: records XMPP chat rooms and gives the record back',
    '',
    ...COMMANDS.map(command => `  hansard ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'Every command takes --config FILE (default: config.yaml, or $HANSARD_CONFIG) and --help.'
  ].join('\n')
}

function helpOf (command: Command): string {
  return [
    `hansard ${command.name} ${command.usage}`.trim(),
    '',
    command.summary,
    ...(command.help === '' ? [] : ['', command.help]),
    '',
    'Also: --config FILE, and --output simple|json|jsonl where data is printed'
  ].join('\n')
}

function write (stream: NodeJS.WritableStream, text: string, code: number): number {
  stream.write(`${text}\n`)
  return code
}
