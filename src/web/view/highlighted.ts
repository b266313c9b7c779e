import type { Query } from '../../search/query.ts'

/** A stretch of a hit's text; marked where the query matched. */
export interface Segment {
  readonly text: string
  readonly isMatch: boolean
}

export function highlighted (text: string, _query: Query): Segment[] {
  return [{ text, isMatch: false }]
}
