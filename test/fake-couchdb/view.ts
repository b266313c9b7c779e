import { runInNewContext } from 'node:vm'
import { compareIds, compareKeys, placeIn } from './collation.ts'
import type { Database } from './database.ts'
import { asJson, live } from './revisions.ts'
import type { Body } from './revisions.ts'

export interface Query {
  readonly startkey?: unknown
  readonly endkey?: unknown
  readonly keys?: readonly unknown[]
  readonly limit?: number
  readonly descending?: boolean
  readonly inclusive_end?: boolean
  readonly include_docs?: boolean
  readonly conflicts?: boolean
  readonly reduce?: boolean
  readonly group?: boolean
  readonly group_level?: number
}

interface ViewRow { readonly id: string, readonly key: unknown, readonly value: unknown }

export interface View {
  /** Changes of the database that the index has not seen. */
  pending (): number
  update (): void
  query (query: Query): Body
}

/** An index kept up like CouchDB's: what changed since is mapped again when somebody asks. */
export function createView (database: Database, { map, reduce }: { map: string, reduce?: string }): View {
  const rows: ViewRow[] = []
  let seq = 0
  let emitted: Array<{ key: unknown, value: unknown }> = []
  const mapFunction = runInNewContext(`(${map})`, {
    emit: (key: unknown, value: unknown) => { emitted.push({ key, value }) }
  }) as (doc: unknown) => void

  function order (a: ViewRow, b: ViewRow): number {
    return compareKeys(a.key, b.key) || compareIds(a.id, b.id)
  }

  function update (): void {
    const changed = database.changedSince(seq)
    if (changed.length === 0) return
    const ids = new Set(changed.map(({ id }) => id))
    const kept = rows.filter(({ id }) => !ids.has(id))
    rows.splice(0, rows.length, ...kept)
    for (const document of changed) {
      const node = live(document)
      if (node === undefined || document.id.startsWith('_design/')) continue
      emitted = []
      mapFunction(structuredClone(asJson(document.id, node)))
      // Keys come from another realm; through JSON they are plain again.
      for (const { key, value } of JSON.parse(JSON.stringify(emitted)) as typeof emitted) {
        const row = { id: document.id, key, value: value ?? null }
        rows.splice(placeIn(rows, other => order(other, row) < 0), 0, row)
      }
    }
    seq = database.seq()
  }

  function matching (query: Query): { found: ViewRow[], offset: number } {
    const { startkey, endkey, keys, descending = false, inclusive_end: inclusive = true } = query
    if (keys !== undefined) {
      return { found: keys.flatMap(key => range(key, key, true).found), offset: 0 }
    }
    if (!descending) return range(startkey, endkey, inclusive)
    const reversed = [...rows].reverse()
    const offset = startkey === undefined ? 0 : placeIn(reversed, ({ key }) => compareKeys(key, startkey) > 0)
    const end = endkey === undefined
      ? reversed.length
      : placeIn(reversed, ({ key }) => compareKeys(key, endkey) > 0 || (inclusive && compareKeys(key, endkey) === 0))
    return { found: reversed.slice(offset, Math.max(offset, end)), offset }
  }

  function range (startkey: unknown, endkey: unknown, inclusive: boolean): { found: ViewRow[], offset: number } {
    const offset = startkey === undefined ? 0 : placeIn(rows, ({ key }) => compareKeys(key, startkey) < 0)
    const end = endkey === undefined
      ? rows.length
      : placeIn(rows, ({ key }) => compareKeys(key, endkey) < 0 || (inclusive && compareKeys(key, endkey) === 0))
    return { found: rows.slice(offset, Math.max(offset, end)), offset }
  }

  return {
    pending: () => database.seq() - seq,
    update,
    query (query) {
      update()
      const { found, offset } = matching(query)
      const limit = query.limit ?? Infinity
      if (reduce !== undefined && query.reduce !== false) {
        return { rows: reduceGroups(found, reduce, query).slice(0, limit) }
      }
      const shown = found.slice(0, limit).map(row => query.include_docs === true ? { ...row, doc: database.json(row.id) ?? null } : row)
      return { total_rows: rows.length, offset, rows: shown }
    }
  }
}

function reduceGroups (rows: readonly ViewRow[], reduce: string, { group = false, group_level: level }: Query): Body[] {
  const groupKey = (key: unknown): unknown =>
    level !== undefined && level > 0 && Array.isArray(key) ? key.slice(0, level) : group || (level ?? 0) > 0 ? key : null
  const groups: Array<{ key: unknown, values: unknown[] }> = []
  for (const { key, value } of rows) {
    const last = groups.at(-1)
    const own = groupKey(key)
    if (last !== undefined && compareKeys(last.key, own) === 0) last.values.push(value)
    else groups.push({ key: own, values: [value] })
  }
  return groups.map(({ key, values }) => ({ key, value: reduce === '_count' ? values.length : statistics(values) }))
}

function statistics (values: readonly unknown[]): unknown {
  const [first] = values
  if (Array.isArray(first)) return first.map((_, n) => statistics(values.map(value => (value as unknown[])[n])))
  const numbers = values as readonly number[]
  return {
    sum: numbers.reduce((sum, number) => sum + number, 0),
    count: numbers.length,
    min: Math.min(...numbers),
    max: Math.max(...numbers),
    sumsqr: numbers.reduce((sum, number) => sum + number * number, 0)
  }
}
