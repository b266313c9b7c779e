import type { Condition } from './scan-query.ts'

/** The text of a query without some of its conditions; what is left keeps its words, its order and its alternatives. */
export function without (text: string, conditions: readonly Condition[], isDropped: (condition: Condition) => boolean): string {
  let rest = ''
  let isAfterAlternative = false
  for (const condition of conditions) {
    if (!condition.isAlternative) isAfterAlternative = false
    if (isDropped(condition)) continue
    rest += `${rest === '' ? '' : isAfterAlternative ? ' OR ' : ' '}${text.slice(condition.start, condition.end)}`
    isAfterAlternative = true
  }
  return rest
}
