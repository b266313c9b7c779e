/** The same object without the properties that are undefined: what exactOptionalPropertyTypes wants of optional ones. */
export type Defined<T> =
  { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } &
  { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> }

export function defined<T extends object> (values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
