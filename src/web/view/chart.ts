/** Bars of a chart in a box of one unit of width for each, and 100 of height; it is stretched to its place. */
export interface Chart {
  readonly bars: ReadonlyArray<{ readonly x: number, readonly y: number, readonly height: number }>
  readonly width: number
  readonly most: number
  /** The first with the most; -1 where there are no bars. */
  readonly mostAt: number
}

/** Values that are too small to be told stand as the same low bar. */
export function chartOf (values: readonly number[], few = 0): Chart {
  const most = values.reduce((most, value) => Math.max(most, value), 0)
  return {
    bars: values.flatMap((value, x) => {
      if (value === 0) return []
      const shown = value < few ? few / 2 : value
      const height = Math.min(100, Math.max(1, Math.round(shown / Math.max(most, few) * 1000) / 10))
      return [{ x, y: Math.round((100 - height) * 10) / 10, height }]
    }),
    width: values.length,
    most,
    mostAt: values.indexOf(most)
  }
}

const SHADES = 5

/** 0: nothing; 1 to 5: how much beside the most. */
export function shadesOf (rows: ReadonlyArray<readonly number[]>): number[][] {
  const most = rows.flat().reduce((most, value) => Math.max(most, value), 1)
  return rows.map(row => row.map(value => value === 0 ? 0 : Math.min(SHADES, 1 + Math.floor(Math.sqrt(value / most) * SHADES))))
}
