import { HansardError } from '../../model/errors.ts'

/** A JSON object whose members may be anything. */
export type Fields = Readonly<Record<string, unknown>>

/** A text; undefined where there is none. Throws ERR_EVENT for anything else. */
export function text (fields: Fields, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (!isText(value)) throw wrong(`Cannot use ${name}: expected a text`)
  return clean(value)
}

/** A list whose items all fit. Throws ERR_EVENT for anything else. */
export function list<T> (fields: Fields, name: string, isItem: (value: unknown) => value is T): T[]
export function list (fields: Fields, name: string, isItem: (value: unknown) => boolean): unknown[]
export function list (fields: Fields, name: string, isItem: (value: unknown) => boolean): unknown[] {
  const value = fields[name]
  if (!Array.isArray(value) || !value.every(isItem)) throw wrong(`Cannot use ${name}: expected a list`)
  return value
}

/** Texts by name. Throws ERR_EVENT for anything else. */
export function texts (fields: Fields, name: string): Readonly<Record<string, string>> {
  const value = fields[name]
  if (!isObject(value) || !Object.values(value).every(isText)) throw wrong(`Cannot use ${name}: expected texts by name`)
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, clean(text as string)]))
}

const UNSTORABLE = /[\0\p{Surrogate}]/u
const ALL_UNSTORABLE = /[\0\p{Surrogate}]/gu

/** NUL and lone surrogates, which no store takes, become U+FFFD. */
export function clean (value: string): string {
  return UNSTORABLE.test(value) ? value.replace(ALL_UNSTORABLE, '\ufffd') : value
}

export function isText (value: unknown): value is string {
  return typeof value === 'string'
}

export function isObject (value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as a message may show it. */
export function quote (value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

export function wrong (message: string): HansardError {
  return new HansardError('ERR_EVENT', message)
}
