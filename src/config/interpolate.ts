import { isPair, isScalar, isSeq, visit } from 'yaml'
import type { Document } from 'yaml'
import { nearest } from './nearest.ts'
import type { Path, Problem } from './problem.ts'

const PLACEHOLDER = /\$(\$?)\{([^}]*)\}/g
const NAME = /^[A-Za-z_]\w*$/

/**
 * Puts environment variables in place of `${NAME}` in every value that is text, never in keys; `$${` stands for `${`.
 * A value is put in as it is and not read as YAML again.
 */
export function interpolate (document: Document.Parsed, env: Readonly<Record<string, string | undefined>>): Problem[] {
  const problems: Problem[] = []
  visit(document, {
    Scalar (key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return
      const path = pathOf(key, ancestors)
      node.value = node.value.replace(PLACEHOLDER, (whole, escape: string, name: string) => {
        if (escape !== '') return whole.slice(1)
        const value = env[name]
        if (value !== undefined) return value
        problems.push({ path, text: NAME.test(name) ? undefinedVariable(name, Object.keys(env)) : malformed(whole) })
        return whole
      })
    }
  })
  return problems
}

function undefinedVariable (name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  const hint = near === undefined || near === name ? '' : `; is ${near} meant?`
  return `Cannot use \${${name}}: the environment variable is not set, expected a value${hint === '' ? `; write $\${${name}} for the text itself` : hint}`
}

function malformed (whole: string): string {
  return `Cannot use ${JSON.stringify(whole.slice(0, 60))}: expected \${NAME}, with a name of letters, digits and underscores`
}

function pathOf (last: unknown, ancestors: readonly unknown[]): Path {
  const path: Array<string | number> = []
  ancestors.forEach((ancestor, depth) => {
    const child = ancestors[depth + 1]
    if (isPair(ancestor)) path.push(isScalar(ancestor.key) ? String(ancestor.key.value) : '')
    else if (isSeq(ancestor)) path.push(child === undefined ? Number(last) : ancestor.items.indexOf(child))
  })
  return path
}
