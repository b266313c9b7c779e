import { contentOf } from '../../model/content.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { isFileAddress } from '../../model/fallback.ts'
import type { Words } from '../language/words.ts'
import { fileName } from './file-line.ts'
import { preview } from './preview.ts'
import { shownBody } from './shown-body.ts'

/**
 * What a message says, in a few words, for quotes and previews: nothing of what is removed, and nothing that is to be
 * shown on demand only.
 */
export function gistOf (event: ArchivedEvent, length: number, words: Words): string {
  if (event.removed !== undefined) return words.message.aRemoved
  const { encrypted, spoiler, files = [] } = contentOf(event)
  if (encrypted !== undefined) return words.message.encrypted
  if (spoiler !== undefined) {
    const hint = preview(spoiler, length)
    return hint === '' ? words.message.aSpoiler : words.labelled(words.message.aSpoiler, hint).join('')
  }
  const body = isFileAddress(contentOf(event)) ? '' : shownBody(event) ?? ''
  const text = preview(body.startsWith('/me ') ? body.slice(4) : body, length)
  return text === '' ? preview(files.map(file => fileName(file, words)).join(words.comma), length) : text
}
