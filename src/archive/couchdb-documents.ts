import type { ArchivedEvent } from '../model/event.ts'

/** A document as CouchDB gives it: the event and what CouchDB adds. */
export type CouchDocument = ArchivedEvent & { readonly _rev: string, readonly _conflicts?: readonly string[] }

export interface DocRow {
  readonly id: string
  readonly key: unknown
  readonly value: { readonly rev: string, readonly deleted?: boolean }
  readonly doc?: CouchDocument | null
}

/** A row of an answer to `keys` may stand for an id that is not there. */
export type KeyRow = DocRow | { readonly key: string, readonly error: string }

export interface Rows<R> {
  readonly rows: readonly R[]
  readonly offset?: number | null
}

export interface QueriesAnswer<R> {
  readonly results: ReadonlyArray<Rows<R>>
}

export function toEvent ({ _rev, _conflicts, ...event }: CouchDocument): ArchivedEvent {
  return event
}

/** The documents of rows asked for with include_docs; what was deleted a moment ago has none. */
export function documentsOf (rows: ReadonlyArray<{ readonly doc?: CouchDocument | null }>): CouchDocument[] {
  return rows.flatMap(({ doc }) => doc === undefined || doc === null ? [] : [doc])
}
