import { contentOf } from '../../model/content.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { isFileAddress } from '../../model/fallback.ts'
import { fileName } from './file-line.ts'
import { preview } from './preview.ts'
import { shownBody } from './shown-body.ts'

/**
 * What a message says, in a few words, for quotes and previews: nothing of what is removed, and nothing that is to be
 * shown on demand only.
 */
export function gistOf (event: ArchivedEvent, length: number): string {
  if (event.removed !== undefined) return 'a removed message'
  const { encrypted, spoiler, files = [] } = contentOf(event)
  if (encrypted !== undefined) return 'encrypted message'
  if (spoiler !== undefined) return preview(spoiler, length) === '' ? 'a spoiler' : `a spoiler: ${preview(spoiler, length)}`
  const body = isFileAddress(contentOf(event)) ? '' : shownBody(event) ?? ''
  const text = preview(body.startsWith('/me ') ? body.slice(4) : body, length)
  return text === '' ? preview(files.map(fileName).join(', '), length) : text
}
