import { contentOf } from '../../model/content.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { quotedText } from '../../model/fallback.ts'
import type { Words } from '../language/words.ts'
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
export function replyLine (event: ArchivedEvent, { answered, permalink }: Surroundings, words: Words): ReplyLine | undefined {
  const content = contentOf(event)
  if (content.repliesTo === undefined) return undefined
  const message = answered.get(content.repliesTo)
  if (message?.removed !== undefined || event.answered?.isRemoved === true) return { text: words.message.aRemoved }
  if (message !== undefined) {
    return { nick: shownNick(message.nick, words), text: gistOf(message, LENGTH, words), href: permalink(message.uid) }
  }
  const quoted = preview((quotedText(content) ?? '').replace(/^(?:[ \t]*>)+[ \t]?/gm, ''), LENGTH)
  return { text: quoted === '' ? words.message.notHere : quoted }
}
