import { HansardError } from '../model/errors.ts'

export type Path = ReadonlyArray<string | number>

/** One mistake in the configuration: where it stands and what is wrong, with the remedy. */
export interface Problem {
  readonly path: Path
  readonly text: string
  /** From 1; for a mistake of syntax, which has no path. Otherwise the line is looked up by the path. */
  readonly line?: number
}

/** A configuration that cannot be used. The message lists every problem, one on a line. */
export class ConfigError extends HansardError {
  readonly problems: readonly string[]

  constructor (file: string, problems: readonly string[], options?: { cause?: unknown }) {
    const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`
    super('ERR_CONFIG', `Cannot use the configuration ${file}: ${count}\n${problems.join('\n')}`, options)
    this.problems = problems
  }
}

/** `rooms[2].level`; keys that are no plain words stand in quotes. */
export function formatPath (path: Path): string {
  return path
    .map(step => typeof step === 'number' ? `[${step}]` : /^[\w-]{1,40}$/.test(step) ? `.${step}` : `[${JSON.stringify(step.slice(0, 40))}]`)
    .join('')
    .replace(/^\./, '')
}

/** `config.yaml:12: rooms[2].level: Cannot use …` */
export function formatProblem (file: string, line: number | undefined, problem: Problem): string {
  const where = line === undefined ? file : `${file}:${line}`
  return [where, formatPath(problem.path), problem.text].filter(part => part !== '').join(': ')
}
