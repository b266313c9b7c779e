/** Numbers as a language writes them. */
export interface Numbers {
  /** 12,345 */
  readonly grouped: (count: number) => string
  /** 12.3; one digit behind the point at most */
  readonly decimal: (value: number) => string
}

export type Counter = (count: number, one: string, other: string) => string

export function createNumbers (locale: string): Numbers & { readonly counted: Counter } {
  const whole = new Intl.NumberFormat(locale)
  const broken = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, useGrouping: false })
  const rules = new Intl.PluralRules(locale)
  return {
    grouped: count => whole.format(count),
    decimal: value => broken.format(value),
    // «1 message», «12,345 messages». None of our languages has a third form for whole numbers that are written out.
    counted: (count, one, other) => `${whole.format(count)} ${rules.select(count) === 'one' ? one : other}`
  }
}
