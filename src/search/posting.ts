import { contentOf } from '../model/content.ts'
import type { Content, SharedFile } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { streamOf } from '../model/event.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { shownText } from '../model/fallback.ts'
import { addresseesOf } from './addressees.ts'
import { analyse, isWord } from './analyse.ts'
import { foldNick } from './fold.ts'
import { isStemmable } from './stem.ts'
import { languagesOf, traitsOf } from './trait.ts'

/** An event in the tokens of an index, the same for every engine. No token has a space or a control character in it. */
export interface Posting {
  readonly words: readonly string[]
  readonly code: readonly string[]
  /** Whom it is from, or who did it and to whom. */
  readonly nicks: readonly string[]
  readonly addressees: readonly string[]
  readonly traits: readonly string[]
  /** Plain forms of its words, each once: what has other forms. */
  readonly vocabulary: ReadonlySet<string>
  /** Those of the vocabulary that are not among the words, for folding changed them. */
  readonly unfolded: ReadonlySet<string>
}

/** Undefined where an event leaves no posting. */
export function postingOf (event: ArchivedEvent): Posting | undefined {
  const text = searchedText(event)
  if (text === undefined) return undefined
  return streamOf(event.kind) === 'talk' ? talkPosting(event, text) : presencePosting(event, text)
}

/** All that words look in, as one text; undefined where an event leaves no posting. */
export function searchedText (event: ArchivedEvent): string | undefined {
  if (event.removed !== undefined) return undefined
  return streamOf(event.kind) === 'talk' ? talkText(event) : presenceText(event)
}

/** A nick as a token: its case does not matter, its spaces do. Empty where nothing is left of it. */
export function nickToken (nick: string): string {
  return foldNick(nick).replace(/[\s\p{Cc}]+/gu, SPACE).slice(0, 200)
}

/** Where a language stands among the traits. */
export function languageToken (language: string): string {
  return `lang:${language}`
}

// For private use: no text has it in a token.
const SPACE = '\ue001'

function talkText (event: ArchivedEvent): string | undefined {
  if (event.appliesTo !== undefined) return undefined
  const content = contentOf(event)
  // Beside an encrypted text there is no more than a word on how it might be read.
  if (content.encrypted !== undefined) return undefined
  const text = [shownIn(event), ...besides(content)].join('\n')
  return text.trim() === '' ? undefined : text
}

function shownIn (event: ArchivedEvent): string {
  const content = contentOf(event)
  const { reactsTo, retracts } = event
  return content.fallback === undefined ? content.body ?? '' : shownText({ ...content, ...defined({ reactsTo, retracts }) })
}

function talkPosting (event: ArchivedEvent, text: string): Posting {
  return {
    ...tokensOf(text),
    nicks: event.nick === '' ? [] : [event.nick],
    addressees: addresseesOf(event, shownIn(event)).map(nickToken).filter(token => token !== ''),
    traits: [...event.kind === 'subject' ? ['subject'] : [], ...traitsOf(event), ...languagesOf(event).map(languageToken)]
  }
}

// Comings and goings are many: they have no words.
function presenceText ({ kind, newNick, reason, role, affiliation, alternate }: ArchivedEvent): string {
  return kind === 'join' ? '' : [reason, newNick, ...kind === 'leave' ? [] : [role, affiliation, alternate]].filter(part => part !== undefined).join('\n')
}

function presencePosting ({ kind, nick, newNick, actor, crowd = [] }: ArchivedEvent, text: string): Posting {
  return {
    ...tokensOf(text),
    nicks: [...new Set([nick, newNick ?? '', actor ?? '', ...crowd.map(({ nick }) => nick)])].filter(nick => nick !== ''),
    addressees: actor === undefined ? [] : [nickToken(nick)].filter(token => token !== ''),
    traits: [kind]
  }
}

function tokensOf (text: string): Pick<Posting, 'words' | 'code' | 'vocabulary' | 'unfolded'> {
  const words: string[] = []
  const code: string[] = []
  const vocabulary = new Set<string>()
  const unfolded = new Set<string>()
  for (const token of analyse(text)) {
    const text = token.toString()
    if (!isWord(token)) {
      code.push(text)
      continue
    }
    words.push(text)
    const plain = token.metadata.plain ?? text
    if (vocabulary.has(plain) || !isStemmable(plain)) continue
    vocabulary.add(plain)
    if (plain !== text) unfolded.add(plain)
  }
  return { words, code, vocabulary, unfolded }
}

/** The text in other languages, the hint before a spoiler; a file is found by its name and description, whatever its address. */
function besides ({ bodies = {}, spoiler, files = [] }: Content): string[] {
  return [...Object.values(bodies), ...spoiler === undefined ? [] : [spoiler], ...files.flatMap(namesOf)]
}

function namesOf ({ name, description }: SharedFile): string[] {
  return [name ?? '', description ?? '']
}
