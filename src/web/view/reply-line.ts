import { contentOf } from '../../model/content.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { quotedText } from '../../model/fallback.ts'
import { gistOf } from './gist.ts'
import { shownNick } from './parts.ts'
import { preview } from './preview.ts'
import type { Surroundings } from './surroundings.ts'

/** What a message answers, as it stands now, in a line. */
export interface ReplyLine {
  readonly nick?: string
  readonly text: string
  readonly href?: string
}

const LENGTH = 90

/** Undefined for what answers nothing. */
export function replyLine (event: ArchivedEvent, { answered, permalink }: Surroundings): ReplyLine | undefined {
  const content = contentOf(event)
  if (content.repliesTo === undefined) return undefined
  const message = answered.get(content.repliesTo)
  if (message?.removed !== undefined || event.answered?.isRemoved === true) return { text: 'a removed message' }
  if (message !== undefined) return { nick: shownNick(message.nick), text: gistOf(message, LENGTH), href: permalink(message.uid) }
  const quoted = preview((quotedText(content) ?? '').replace(/^(?:[ \t]*>)+[ \t]?/gm, ''), LENGTH)
  return { text: quoted === '' ? 'a message that is not in this archive' : quoted }
}
