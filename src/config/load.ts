import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { messageOf } from '../model/errors.ts'
import { assemble } from './assemble.ts'
import type { Config } from './config.ts'
import { readYaml, toData } from './document.ts'
import { interpolate } from './interpolate.ts'
import { ConfigError, formatProblem } from './problem.ts'
import type { Problem } from './problem.ts'

/**
 * Reads, checks and completes a configuration file. Relative paths in it start from its folder; `${NAME}` in a value
 * is the environment variable. Throws a ConfigError (ERR_CONFIG) that lists every mistake with its line.
 * @param env the environment, usually `process.env`
 */
export function loadConfig (path: string, env: Readonly<Record<string, string | undefined>>): Config {
  const document = readYaml(readText(path))

  function fail (problems: readonly Problem[]): never {
    const located = problems.map(problem => ({ problem, line: problem.line ?? document.lineOf(problem.path) }))
    located.sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    throw new ConfigError(path, located.map(({ problem, line }) => formatProblem(path, line, problem)))
  }

  if (!document.isReadable) fail(document.problems)
  const undefinedVariables = interpolate(document.root, env)
  const { data, problems } = toData(document)
  if (problems.length > 0) fail(problems)
  if (data === null || data === undefined) fail([{ path: [], text: 'Cannot use an empty file: expected at least the section xmpp' }])
  if (typeof data !== 'object' || Array.isArray(data)) fail([{ path: [], text: 'Cannot use this file: expected sections of the form xmpp: …' }])

  const file = resolve(path)
  const result = assemble(data as Readonly<Record<string, unknown>>, dirname(file))
  const all = onePerSetting([...undefinedVariables, ...document.problems, ...result.problems])
  if (all.length > 0 || result.config === undefined) fail(all)
  const warnings = result.warnings.map(warning => formatProblem(path, document.lineOf(warning.path), warning))
  return deepFreeze({ file, ...result.config, warnings })
}

function readText (path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    throw new ConfigError(path, [`${path}: ${explain(error)}`], { cause: error })
  }
}

function explain (error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT': return 'Cannot read the file: it does not exist, expected a configuration there; the config.yaml that comes with the program is one to start from'
    case 'EACCES': return 'Cannot read the file: permission denied, expected a file that this user may read'
    case 'EISDIR': return 'Cannot read the file: it is a directory, expected the path of a file'
    case 'ERR_ENCODING_INVALID_ENCODED_DATA': return 'Cannot read the file: it is not UTF-8, expected a text file in UTF-8'
    default: return `Cannot read the file: ${messageOf(error)}`
  }
}

/** A value that is wrong in itself often breaks other rules too; the first problem of a setting says enough. */
function onePerSetting (problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ path, line }) => {
    const key = JSON.stringify([path, line])
    return !seen.has(key) && seen.add(key)
  })
}

function deepFreeze<T> (value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}
