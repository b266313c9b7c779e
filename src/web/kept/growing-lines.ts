import { contentOf } from '../../model/content.ts'
import type { ArchivedEvent, Uid } from '../../model/event.ts'
import { rowOf } from '../view/rows.ts'
import type { EventRow, PageView, Row } from '../view/rows.ts'

/** The lines of a page that grows: those that are as they were when it was made last are not made again. */
export interface GrowingLines {
  /** As rowOf() of view/rows.ts, and the same row for the same event told in the same way. */
  readonly rowOf: (event: ArchivedEvent, view: Told) => EventRow | undefined
  /** What `draw` makes of a row, or made of it before. */
  readonly drawn: (row: Row, draw: () => string) => string
  readonly memory: LineMemory
}

/** What is kept of a page until it is made again. */
export interface LineMemory {
  readonly rows: ReadonlyMap<Uid, MadeRow>
  readonly html: WeakMap<Row, string>
  /** About how much all this is. */
  readonly characters: number
}

interface MadeRow {
  /** All that the row was made of. */
  readonly from: string
  readonly row: EventRow | undefined
}

type Told = Pick<PageView, 'zone' | 'around' | 'words'>

/** @param before the lines of the same page in the same zone and words, when it was made last */
export function createGrowingLines (before?: LineMemory): GrowingLines {
  const rows = new Map<Uid, MadeRow>()
  const html = before?.html ?? new WeakMap<Row, string>()
  const known = before?.rows
  let characters = 0
  return {
    rowOf (event, view) {
      const { repliesTo } = contentOf(event)
      const from = JSON.stringify([event, repliesTo === undefined ? undefined : view.around.answered.get(repliesTo)])
      const last = known?.get(event.uid)
      const row = last?.from === from ? last.row : rowOf(event, view)
      rows.set(event.uid, { from, row })
      characters += from.length
      return row
    },
    drawn (row, draw) {
      let text = html.get(row)
      if (text === undefined) html.set(row, text = draw())
      characters += text.length
      return text
    },
    memory: { rows, html, get characters () { return characters } }
  }
}
