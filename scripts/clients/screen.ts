/** A message of the past as a screen shows it. */
export interface Shown {
  /** As the client writes it. */
  readonly time: string
  readonly n: number
}

/** What stands on a screen of the talk: lines that begin with a time. */
export function readScreen (screen: string): Shown[] {
  return [...screen.matchAll(/((?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d)[^\n]*?message (\d+) of the past/g)].map(([, time = '', n]) => ({ time, n: Number(n) }))
}

export function withoutEmptyLines (screen: string): string {
  return screen.split('\n').filter(line => line.trim() !== '').join('\n')
}
