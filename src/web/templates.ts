import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { Script } from 'node:vm'
import { Eta } from 'eta'
import { HansardError, messageOf } from '../model/errors.ts'

/** The templates of the site, those of its owner in the place of ours. */
export interface Templates {
  readonly engine: Eta
  /** Files of the owner that take the place of ours: `day.eta`, `parts/row.eta`. */
  readonly replaced: readonly string[]
  /** Files of the owner that have no counterpart among ours, but are included by others. */
  readonly added: readonly string[]
  /** Files of the owner that nothing uses. */
  readonly unused: readonly string[]
}

const EXTENSION = '.eta'

/** Our own templates: beside src and beside dist. */
export const VIEWS = join(import.meta.dirname, '../../views')

/**
 * Reads and compiles every template. Throws ERR_CONFIG with file and line for one that is broken or includes another that
 * is not there, and when the owner's folder cannot be read.
 * @param own the owner's folder
 */
export function loadTemplates (viewsDir: string, own?: string): Templates {
  const ours = templatesIn(viewsDir)
  const theirs = own === undefined ? [] : ownTemplates(own)
  const isTheirs = new Set(theirs)
  const fileOf = (name: string): string => own !== undefined && isTheirs.has(name) ? join(own, name) : join(viewsDir, name)

  // Told with their lines where they may be wrong: what runs into an error is then found in the log.
  const engine = new Eta({ views: viewsDir, cache: true, debug: theirs.length > 0 })
  engine.readFile = path => readFileSync(fileOf(relative(viewsDir, path)), 'utf8')

  const included = new Set<string>()
  for (const name of new Set([...ours, ...theirs])) {
    const file = fileOf(name)
    const text = readFileSync(file, 'utf8')
    assertCompiles(engine, file, text)
    for (const { target, line } of includesOf(name, text)) {
      if (!existsSync(fileOf(target))) throw broken(file, line, `it includes ${target}, which is not there`)
      included.add(target)
    }
  }
  const added = theirs.filter(name => !ours.includes(name))
  return {
    engine,
    replaced: theirs.filter(name => ours.includes(name)),
    added: added.filter(name => included.has(name)),
    unused: added.filter(name => !included.has(name))
  }
}

function ownTemplates (folder: string): string[] {
  try {
    return templatesIn(folder)
  } catch (cause) {
    const expected = 'expected a folder of templates that this user may read'
    throw new HansardError('ERR_CONFIG', `Cannot read the templates in ${folder}: ${messageOf(cause)}, ${expected}`, { cause })
  }
}

function templatesIn (folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith(EXTENSION)).sort()
}

function assertCompiles (engine: Eta, file: string, text: string): void {
  let code: string
  try {
    code = engine.compileToString(text, { async: false })
  } catch (error) {
    const [, problem = messageOf(error), line = '1'] = /^(.*?) at line (\d+)/s.exec(messageOf(error)) ?? []
    throw broken(file, Number(line), problem)
  }
  const fault = syntaxError(code)
  if (fault !== undefined) throw broken(file, lineOf(text), messageOf(fault))
}

function syntaxError (code: string): Error | undefined {
  try {
    // Parsed, never run.
    void new Script(`(function (it, options) {${code}\n})`, { filename: 'template' })
    return undefined
  } catch (error) {
    return error as Error
  }
}

/** The line of the template in which the tag stands that makes no program. */
function lineOf (text: string): number {
  // Then every tag is preceded by the number of its line.
  const traced = new Eta({ debug: true }).compileToString(text, { async: false })
  const at = Number(/^template:(\d+)/.exec(syntaxError(traced)?.stack ?? '')?.[1] ?? Infinity)
  const lines = traced.split('\n').slice(0, at).flatMap(line => /^__eta\.line=(\d+)/.exec(line)?.[1] ?? [])
  return Number(lines.at(-1) ?? 1)
}

function includesOf (name: string, text: string): Array<{ readonly target: string, readonly line: number }> {
  return [...text.matchAll(/\b(?:include|layout)\(\s*(['"])(.+?)\1/g)].map(({ 2: path = '', index }) => {
    const file = path.endsWith(EXTENSION) ? path : `${path}${EXTENSION}`
    return { target: normalize(path.startsWith('/') ? file.slice(1) : join(dirname(name), file)), line: text.slice(0, index).split('\n').length }
  })
}

function broken (file: string, line: number, problem: string): HansardError {
  return new HansardError('ERR_CONFIG', `Cannot use the template ${file}, line ${line}: ${problem}`)
}
