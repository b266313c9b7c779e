import type { ParseArgsConfig } from 'node:util'

/** One command of the program. */
export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What follows the name: `--room JID FILE…`. */
  readonly usage: string
  /** Further help: one line an option. */
  readonly help: string
  readonly options: NonNullable<ParseArgsConfig['options']>
  /** Whether arguments that are not options are taken. */
  readonly takesArguments: boolean
  /** Whether arguments are words of a query, which may begin with a hyphen: only `-x` alone is then a short option. */
  readonly takesWords?: boolean
  /** Resolves to the exit code: 0 done, 1 nothing found or a check failed. Errors are mapped to 2 and 3 in run.ts. */
  readonly run: (input: CommandInput) => Promise<number>
}

/** A list for an option that may be given more than once. */
export type OptionValue = string | boolean | ReadonlyArray<string | boolean>

export interface CommandInput {
  readonly arguments: readonly string[]
  readonly options: Readonly<Record<string, OptionValue | undefined>>
  /** Path of the configuration file. */
  readonly config: string
  readonly output: OutputFormat
  readonly streams: Streams
}

/** Where a command prints: data to the one, everything else to the other; and where it is answered. */
export interface Streams {
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
}

/** simple: for people; json: one document; jsonl: one object a line. */
export type OutputFormat = 'simple' | 'json' | 'jsonl'

export const OUTPUT_FORMATS: readonly OutputFormat[] = ['simple', 'json', 'jsonl']
