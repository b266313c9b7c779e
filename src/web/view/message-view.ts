import { contentOf } from '../../model/content.ts'
import type { Content } from '../../model/content.ts'
import { defined } from '../../model/defined.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { isFileAddress, shownMentions } from '../../model/fallback.ts'
import type { Words } from '../language/words.ts'
import { fileLine } from './file-line.ts'
import type { FileLine } from './file-line.ts'
import { languageName, languageTag } from './language.ts'
import { hueOf } from './nick-hue.ts'
import { shownNick, textPart } from './parts.ts'
import { reactionLine } from './reaction-line.ts'
import type { ReactionLine } from './reaction-line.ts'
import { replyLine } from './reply-line.ts'
import type { ReplyLine } from './reply-line.ts'
import { shownBody } from './shown-body.ts'
import type { Surroundings } from './surroundings.ts'
import { textBlocks } from './text-blocks.ts'
import type { TextBlock } from './text-blocks.ts'
import { visibleLine } from './visible-text.ts'
import type { ZoneClock } from './zone-clock.ts'

/** A message as it stands, ready to be shown. */
export interface MessageView extends ContentView {
  readonly nick: string
  readonly hue: number
  /** Nothing but one paragraph, and maybe that it was edited: most messages are. */
  readonly isPlain: boolean
  readonly reply?: ReplyLine
  readonly edited?: Edited
  readonly reactions?: ReactionLine
}

/** What a message says. */
export interface ContentView {
  /** «/me waves», XEP-0245. */
  readonly isAction: boolean
  /** For its receivers only: `blocks` says that it is. */
  readonly isEncrypted: boolean
  /** A tag that may stand in an attribute. */
  readonly language?: string
  readonly blocks: readonly TextBlock[]
  /** What all the rest is hidden behind: the hint, which may be empty. */
  readonly spoiler?: string
  readonly files?: readonly FileLine[]
  readonly translations?: readonly Translation[]
}

export interface Translation {
  /** «in German» */
  readonly name: string
  readonly language?: string
  readonly blocks: readonly TextBlock[]
}

export interface Edited {
  readonly isoTime: string
  /** 21 November 2026, 08:00:12 UTC */
  readonly when: string
  /** Where it can be seen what it said before. */
  readonly href?: string
}

/** How the page that it stands on tells it. */
export interface MessageContext {
  readonly zone: ZoneClock
  readonly around: Surroundings
  readonly words: Words
}

/** Undefined for a message that has nothing to show. */
export function messageView (event: ArchivedEvent, { zone, around, words }: MessageContext): MessageView | undefined {
  const said = contentView(contentOf(event), shownBody(event), words)
  if (said === undefined) return undefined
  const { reactions = [] } = event.standing ?? {}
  const extras = defined({
    reply: replyLine(event, around, words),
    reactions: reactions.length === 0 ? undefined : reactionLine(reactions, words)
  })
  const isPlain = Object.keys(extras).length === 0 && said.spoiler === undefined && said.files === undefined &&
    said.translations === undefined && said.blocks.every(({ kind }) => kind === 'text') && said.blocks.length <= 1
  return {
    ...said,
    nick: shownNick(event.nick, words),
    hue: hueOf(event.nick),
    isPlain,
    ...extras,
    ...defined({ edited: editedOf(event, zone, around, words) })
  }
}

function contentView (content: Content, shown: string | undefined, words: Words): ContentView | undefined {
  if (content.encrypted !== undefined) {
    return { isAction: false, isEncrypted: true, blocks: [{ kind: 'text', parts: [textPart(words.message.encrypted)] }] }
  }
  const { files = [], bodies = {}, spoiler, unstyled, language } = content
  const text = isFileAddress(content) ? '' : shown
  if (text === undefined && files.length === 0) return undefined
  const isAction = text?.startsWith('/me ') === true
  const from = isAction ? 4 : 0
  const mentions = shownMentions(content).map(mention => ({ ...mention, from: mention.from - from, to: mention.to - from }))
  const styling = unstyled === true ? 'none' : isAction ? 'spans' : 'blocks'
  const translations = Object.entries(bodies).map(([tag, body]): Translation => ({
    name: words.message.inLanguage(languageName(tag, words.locale)),
    blocks: textBlocks(body, { styling }),
    ...defined({ language: languageTag(tag) })
  })).filter(({ blocks }) => blocks.length > 0)
  return {
    isAction,
    isEncrypted: false,
    blocks: textBlocks((text ?? '').slice(from), { mentions, styling }),
    ...defined({
      language: languageTag(language),
      spoiler: spoiler === undefined ? undefined : visibleLine(spoiler),
      files: files.length === 0 ? undefined : files.map(file => fileLine(file, words)),
      translations: translations.length === 0 ? undefined : translations
    })
  }
}

function editedOf (
  { uid, standing }: ArchivedEvent, zone: ZoneClock, { showsEdits, permalink }: Surroundings, words: Words
): Edited | undefined {
  const time = standing?.latest?.time
  if (time === undefined) return undefined
  return {
    isoTime: `${time.slice(0, 19)}Z`,
    when: words.message.editedAt(zone.localDay(time), zone.exactTime(time), zone.name),
    ...(showsEdits ? { href: `${permalink(uid)}#edits` } : {})
  }
}
