import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Document, ErrorCode, Node, Pair } from 'yaml'
import { messageOf } from '../model/errors.ts'
import type { Path, Problem } from './problem.ts'

/** A YAML file as plain data, with the way back from a path in it to a line of the file. */
export interface YamlDocument {
  readonly root: Document.Parsed
  readonly problems: readonly Problem[]
  /** False when the text could not be understood as a whole, so that more problems would only follow from the first. */
  readonly isReadable: boolean
  /** The line of the setting at the path, or of the nearest one around it. */
  lineOf (path: Path): number | undefined
}

export function readYaml (text: string): YamlDocument {
  const counter = new LineCounter()
  const root = parseDocument(text, { lineCounter: counter, prettyErrors: false, stringKeys: true })
  const faults = [...root.errors, ...root.warnings]
  const isReadable = root.errors.every(({ code }) => code === 'DUPLICATE_KEY')
  const problems = (isReadable ? faults : root.errors.slice(0, 1)).map(({ code, message, pos }): Problem => ({
    path: [],
    line: counter.linePos(pos[0]).line,
    text: explain(code, message, text, pos[0])
  }))

  return {
    root,
    problems,
    isReadable,
    lineOf (path) {
      const start = startOf(root, path)
      return start === undefined ? undefined : counter.linePos(start).line
    }
  }
}

function explain (code: ErrorCode, message: string, text: string, offset: number): string {
  if (code === 'DUPLICATE_KEY') {
    const key = /^["']?([^"':\s]{0,40})/.exec(text.slice(offset, offset + 80))?.[1] ?? ''
    return `Cannot use the key "${key}" twice: expected each key once in its section`
  }
  if (code === 'MULTIPLE_DOCS') return 'Cannot use more than one YAML document: expected no further line of ---'
  if (text.startsWith('${', offset - 1)) return 'Cannot read a variable inside { } without quotes: expected it in quotes'
  return `Cannot read this as YAML: ${message}`
}

/** The plain data; what cannot be built (an alias bomb) is a problem. */
export function toData (document: YamlDocument): { readonly data: unknown, readonly problems: readonly Problem[] } {
  try {
    return { data: document.root.toJS(), problems: [] }
  } catch (error) {
    return { data: undefined, problems: [{ path: [], text: `Cannot read this as YAML: ${messageOf(error)}` }] }
  }
}

function startOf (root: Document.Parsed, path: Path): number | undefined {
  let node = resolve(root, root.contents)
  let start: number | undefined
  for (const step of path) {
    const next: Pair | Node | undefined = isMap(node)
      ? node.items.findLast(({ key }) => isScalar(key) && String(key.value) === step)
      : isSeq(node) && typeof step === 'number' ? node.items[step] as Node : undefined
    if (next === undefined) break
    const [at, value] = 'key' in next ? [next.key as Node, next.value as Node] : [next, next]
    start = at.range?.[0] ?? start
    node = resolve(root, value)
  }
  return start
}

function resolve (root: Document.Parsed, node: Node | null): Node | null | undefined {
  return isAlias(node) ? node.resolve(root) : node
}
