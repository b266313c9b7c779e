import type { PublishedRoom } from '../../access/can-read.ts'
import { dayOf } from '../../model/day.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import type { Words } from '../language/words.ts'
import type { SiteInfo } from '../site.ts'
import { absolute } from '../urls.ts'
import { eventPath } from './event-path.ts'
import type { FeedEntry } from './feed.ts'
import { feedId } from './feed-id.ts'
import type { Run } from './feed-runs.ts'
import { gistOf } from './gist.ts'
import { plainText, shownNick } from './parts.ts'
import { preview } from './preview.ts'
import { rowOf } from './rows.ts'
import type { MessageRow, NoteRow } from './rows.ts'
import type { Surroundings } from './surroundings.ts'
import { utcClock } from './zone-clock.ts'

const TITLE = 80

export interface FeedView {
  readonly info: SiteInfo
  readonly room: PublishedRoom
  readonly around: Surroundings
  readonly words: Words
  /** Fills a template. */
  readonly view: (name: string, model: object) => Promise<string>
}

/** Undefined where nothing of it is left to be shown. It keeps its id while its first messages are removed. */
export async function feedEntry (run: Run, { info, room, around, words, view }: FeedView): Promise<FeedEntry | undefined> {
  const shown = run.flatMap(event => {
    const row = rowOf(event, { zone: utcClock, around, words })
    return row === undefined || row.kind === 'removed' ? [] : [{ event, row }]
  })
  const first = shown[0]
  if (first === undefined) return undefined
  const contents = await Promise.all(shown.map(async ({ event, row }) => {
    const html = await view('parts/feed-row', { row: withoutReactions(row), permalink: eventPath(room.slug, event) })
    // Outside our pages nothing keeps the lines of a text apart.
    return html.trim().replaceAll('\n', '<br>')
  }))
  const more = shown.length === 1 ? '' : ` ${words.feed.andMore(shown.length - 1)}`
  return {
    id: feedId(info.url, room.jid, dayOf(run[0].time), run[0].uid),
    title: `${titleOf(first.event, first.row, words)}${more}`,
    author: shownNick(first.event.nick, words),
    url: absolute(info.url, eventPath(room.slug, first.event)),
    published: run[0].time,
    updated: lastChange(run),
    content: contents.join('\n')
  }
}

/** When any of them became what it is now; reactions are no news. */
export function lastChange (events: readonly ArchivedEvent[]): string {
  return events.flatMap(({ time, removed, standing }) => [time, removed?.time ?? time, standing?.latest?.time ?? time])
    .reduce((last, time) => time > last ? time : last, '1970-01-01T00:00:00.000000Z')
}

function withoutReactions (row: MessageRow | NoteRow): Omit<MessageRow, 'reactions'> | NoteRow {
  if (row.kind !== 'message') return row
  const { reactions: _, ...rest } = row
  return rest
}

function titleOf (event: ArchivedEvent, row: MessageRow | NoteRow, words: Words): string {
  if (row.kind === 'note') return preview(plainText(row.parts), TITLE)
  const gist = gistOf(event, TITLE, words)
  return row.isAction ? `* ${row.nick} ${gist}` : gist === '' ? row.nick : words.labelled(row.nick, gist).join('')
}
