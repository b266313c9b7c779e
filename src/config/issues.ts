import type { z } from 'zod'
import { nearest } from './nearest.ts'
import type { Path, Problem } from './problem.ts'
import { isSecretKey } from './redact.ts'

/** What zod found, as one problem for each setting. The message of an issue is what was expected, or a whole sentence. */
export function problemsOf (issues: readonly z.core.$ZodIssue[], data: unknown): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = issue.path.filter(step => typeof step !== 'symbol')
    const inner = issue.code === 'invalid_union' ? issue.errors.find(isInside) : undefined
    if (inner !== undefined) return problemsOf(inner.map(one => ({ ...one, path: [...path, ...one.path] })), data)
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => ({ path: [...path, key], text: `Cannot use this key: it is unknown, expected ${issue.message}${meant(key, issue.message)}` }))
      : [{ path, text: explain(issue.message, valueAt(data, path), path) }]
  })
}

/** Where a section stands in the place of a word, the mistake is one of the section. */
function isInside (issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys')
}

function explain (expected: string, value: unknown, path: Path): string {
  if (expected.startsWith('Cannot ')) return expected
  if (value === undefined) return `Cannot be left out: expected ${expected}`
  if (value === null) return `Cannot be empty: expected ${expected}, or the line taken out`
  const hint = typeof value === 'string' && !isSecretKey(path) ? meant(value, expected) : ''
  return `Cannot use ${show(value, path)}: expected ${expected}${hint}`
}

function meant (word: string, expected: string): string {
  if (!expected.startsWith('one of ')) return ''
  const near = nearest(word, expected.slice('one of '.length).split(', '))
  return near === undefined ? '' : `; is ${near} meant?`
}

function show (value: unknown, path: Path): string {
  if (isSecretKey(path)) return value === '' ? 'an empty text' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  if (typeof value === 'object' && !Array.isArray(value)) return 'a section'
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

function valueAt (data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | null | undefined)?.[step], data)
}
