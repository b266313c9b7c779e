import type { Content, Fallback, Mention } from './content.ts'
import { defined } from './defined.ts'
import type { ArchivedEvent } from './event.ts'
import { FALLBACK_FOR_REPLY } from './fallback.ts'
import { quotedLines } from './quoted-lines.ts'
import { lengthOf, merged, slicesOf, withoutSlices } from './stretch.ts'
import type { Slice, Stretch } from './stretch.ts'

/** Takes the quotes of removed texts out of a stored stanza; undefined where nobody can read it, so that none of it stays. */
export type CutStanza = (stanza: string, removedTexts: readonly string[]) => string | undefined

/**
 * A message without what it quotes of texts that were removed: of its body, in all languages and as it was corrected, and of
 * its stanza. The same event where it quotes nothing of them.
 * @param reply a message that answers the removed one, or corrects one that does: what it marks as its quote is taken for theirs
 */
export function withoutQuote (reply: ArchivedEvent, removedTexts: readonly string[], cutStanza: CutStanza): ArchivedEvent {
  const { standing, stanza } = reply
  const content = cutContent(reply, removedTexts)
  const latest = standing?.latest === undefined ? undefined : cutContent(standing.latest, removedTexts)
  const rest = stanza === undefined ? undefined : cutStanza(stanza, removedTexts)
  if (content === reply && latest === standing?.latest && rest === stanza) return reply
  const { stanza: _, ...others } = content
  return { ...others, ...defined({ stanza: rest, standing: latest === undefined ? standing : { ...standing, latest } }) }
}

function cutContent<T extends Content> (content: T, removedTexts: readonly string[]): T {
  const { body, bodies, fallback = [], mentions } = content
  const cut = body === undefined ? undefined : cutQuotes(body, fallback, removedTexts)
  const cutBodies = Object.entries(bodies ?? {}).map(([language, text]) => {
    return [language, cutQuotes(text, fallback.filter(isWhole), removedTexts)?.text ?? text] as const
  })
  const isCutElsewhere = cutBodies.some(([language, text]) => text !== bodies?.[language])
  if (cut === undefined && !isCutElsewhere) return content
  const changed: Content = {
    ...content,
    ...(isCutElsewhere ? { bodies: Object.fromEntries(cutBodies) } : {}),
    ...(cut === undefined ? {} : { body: cut.text }),
    ...(cut === undefined || mentions === undefined ? {} : { mentions: mentions.map(mention => cutMention(mention, cut)) })
  }
  if (cut === undefined || content.fallback === undefined) return changed as T
  const { fallback: _, ...rest } = changed
  const kept = fallback.filter(stretch => !cut.isGone(stretch)).map((stretch): Fallback => ({ for: stretch.for, ...cut.moved(stretch) }))
  return { ...rest, ...(kept.length === 0 ? {} : { fallback: kept }) } as unknown as T
}

function cutMention (mention: Mention, cut: Cut): Mention {
  const { start, end, ...who } = mention
  return start === undefined || cut.isGone(mention) ? who : { ...who, ...cut.moved(defined({ start, end })) }
}

/** For other languages only what is said of the whole body holds: stretches are of the first. */
function isWhole ({ start, end }: Fallback): boolean {
  return start === undefined && end === undefined
}

/** A body out of which something was taken. */
export interface Cut {
  readonly text: string
  /** Whether all of a stretch was taken out. */
  readonly isGone: (stretch: Stretch) => boolean
  /** Where the bounds of a stretch are now; one that goes beyond the body goes on to do so. */
  readonly moved: (stretch: Stretch) => Stretch
}

/**
 * Takes out what a body marks as the quote of its reply (XEP-0461 §3.1), and lines behind `>` that are found in the texts.
 * Undefined where there is nothing of it.
 */
export function cutQuotes (body: string, fallback: readonly Fallback[], removedTexts: readonly string[]): Cut | undefined {
  const marked = slicesOf(body, fallback.filter(({ for: purpose }) => purpose === FALLBACK_FOR_REPLY))
  const cuts = merged([...marked.filter(slice => slice !== undefined), ...quotedLines(body, removedTexts)])
  if (cuts.length === 0) return undefined
  const gone = pointsOf(body, cuts)
  const move = (point: number): number => point - gone.reduce((sum, { start, end }) => sum + Math.max(0, Math.min(point, end) - start), 0)
  return {
    text: withoutSlices(body, cuts),
    isGone (stretch) {
      const [slice] = slicesOf(body, [stretch])
      return slice !== undefined && slice.from < slice.to && cuts.some(({ from, to }) => from <= slice.from && slice.to <= to)
    },
    moved: ({ start, end }) => ({
      ...(start === undefined ? {} : { start: move(start) }),
      ...(end === undefined ? {} : { end: move(end) })
    })
  }
}

function pointsOf (body: string, cuts: readonly Slice[]): ReadonlyArray<{ readonly start: number, readonly end: number }> {
  let unit = 0
  let point = 0
  return cuts.map(({ from, to }) => {
    const start = point + lengthOf(body.slice(unit, from))
    point = start + lengthOf(body.slice(from, to))
    unit = to
    return { start, end: point }
  })
}
