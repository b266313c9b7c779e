/** A stretch of a text in Unicode code points (XEP-0426), the end not included; a missing bound is that of the text. */
export interface Stretch {
  readonly start?: number
  readonly end?: number
}

/** The same in UTF-16 units, as `slice` takes it. */
export interface Slice {
  readonly from: number
  readonly to: number
}

/** Where each stretch lies in the text, in their order; undefined for one that is turned round or goes beyond the text. */
export function slicesOf (text: string, stretches: readonly Stretch[]): Array<Slice | undefined> {
  const unitOf = unitsOf(text, stretches.flatMap(({ start = 0, end }) => end === undefined ? [start] : [start, end]))
  return stretches.map(({ start = 0, end }) => {
    const from = unitOf(start)
    const to = end === undefined ? text.length : unitOf(end)
    return from === undefined || to === undefined || from > to ? undefined : { from, to }
  })
}

/** Slices in order, with those that overlap or touch made one; empty ones are left out. */
export function merged (slices: readonly Slice[]): Slice[] {
  const result: Slice[] = []
  for (const { from, to } of slices.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last === undefined || from > last.to) result.push({ from, to })
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) }
  }
  return result
}

/** What is left of the text. `cuts` are in order and apart, as merged() gives them. */
export function withoutSlices (text: string, cuts: readonly Slice[]): string {
  let rest = ''
  let at = 0
  for (const { from, to } of cuts) {
    rest += text.slice(at, from)
    at = to
  }
  return rest + text.slice(at)
}

/** How many code points the text has. */
export function lengthOf (text: string): number {
  return text.length - (text.match(PAIR)?.length ?? 0)
}

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g

/** The UTF-16 unit at which each of these code points begins, found in one walk. */
function unitsOf (text: string, points: readonly number[]): (point: number) => number | undefined {
  if (!/[\ud800-\udbff]/.test(text)) return point => point >= 0 && point <= text.length ? point : undefined
  const units = new Map<number, number>()
  const wanted = [...new Set(points)].sort((a, b) => a - b)
  let point = 0
  let unit = 0
  for (const next of wanted) {
    for (; point < next && unit < text.length; point++) unit += isPair(text, unit) ? 2 : 1
    if (point === next) units.set(next, unit)
  }
  return point => units.get(point)
}

function isPair (text: string, unit: number): boolean {
  return (text.codePointAt(unit) ?? 0) > 0xffff
}
