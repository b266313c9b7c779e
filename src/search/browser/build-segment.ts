import { contentOf } from '../../model/content.ts'
import { defined } from '../../model/defined.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { fold } from '../fold.ts'
import { nickToken, postingOf, searchedText } from '../posting.ts'
import type { Posting } from '../posting.ts'
import { stemsOf } from '../stem.ts'
import type { Language } from '../stem.ts'
import { lunr } from './lunr-cure.ts'
import { FIELDS, indexToken } from './segment.ts'
import type { Field, Segment, SegmentDocument } from './segment.ts'

/** Takes in the events of one room and stream in the order of time; see docs/performance.md for what lunr takes of memory. */
export interface SegmentBuilder {
  /** False for an event that leaves no posting. */
  add (event: ArchivedEvent): boolean
  /** Number of documents so far. */
  readonly size: number
  /** Once. */
  build (): Segment
}

type Fields = Readonly<Record<Field, readonly string[]>>

/** @param lineOf tells what happened, for what is no talk */
export function createSegmentBuilder (
  { languages, lineOf }: { readonly languages: readonly Language[], readonly lineOf: (event: ArchivedEvent) => string }
): SegmentBuilder {
  const documents: SegmentDocument[] = []
  const builder = new lunr.Builder()
  builder.ref('ref')
  for (const field of FIELDS) builder.field(field)
  // Our analyser has made the tokens already.
  builder.tokenizer = ((tokens: readonly string[]) => tokens.map(token => new lunr.Token(token, {}))) as unknown as typeof lunr.tokenizer

  return {
    add (event) {
      const posting = postingOf(event)
      const text = searchedText(event)
      if (posting === undefined || text === undefined) return false
      builder.add({ ref: documents.length, ...fieldsOf(posting, languages) })
      const isMessage = event.kind === 'message'
      documents.push({
        t: event.time,
        a: event.anchor,
        n: event.nick,
        b: text,
        ...defined({
          k: isMessage ? undefined : event.kind,
          l: isMessage || event.kind === 'subject' ? undefined : lineOf(event),
          s: contentOf(event).spoiler === undefined ? undefined : true as const
        })
      })
      return true
    },
    get size () { return documents.length },
    build: () => ({ index: builder.build().toJSON(), documents })
  }
}

function fieldsOf ({ words, code, nicks, addressees, traits, vocabulary }: Posting, languages: readonly Language[]): Fields {
  const stems = new Set<string>()
  for (const word of vocabulary) {
    const folded = fold(word)
    for (const stem of stemsOf(word, languages)) if (stem !== folded) stems.add(stem)
  }
  const fields = { word: words, stem: [...stems], code, nick: nicks.map(nickToken), to: addressees, trait: traits }
  return Object.fromEntries(Object.entries(fields).map(([name, tokens]) =>
    [name, [...new Set(tokens)].filter(token => token !== '').map(indexToken)])) as unknown as Fields
}
