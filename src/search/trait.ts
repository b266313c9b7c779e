import { contentOf } from '../model/content.ts'
import type { ArchivedEvent } from '../model/event.ts'

/** What `has:` and `is:` ask for. */
export const TRAITS = {
  has: ['link', 'image', 'file', 'reaction'],
  is: ['subject', 'reply', 'action', 'edited']
} as const

export type Trait = typeof TRAITS[keyof typeof TRAITS][number]

const LINK = /(?<![\w:.+-])(?:https?|ftp|xmpp|mailto|gemini|magnet):\S/i
const IMAGE = /(?<![\w:.+-])(?:https?|aesgcm):\/\/\S+\.(?:png|jpe?g|gif|webp|avif|svg)\b/i

export function traitsOf (event: Pick<ArchivedEvent, 'kind' | 'body' | 'repliesTo' | 'files' | 'standing'>): Trait[] {
  const { body = '', repliesTo, files = [] } = contentOf(event)
  const has: ReadonlyArray<readonly [Trait, boolean]> = [
    ['link', LINK.test(body)],
    ['image', IMAGE.test(body) || files.some(({ type, url }) => type?.startsWith('image/') === true || (url !== undefined && IMAGE.test(url)))],
    ['file', files.length > 0],
    ['reaction', event.standing?.reactions !== undefined],
    ['subject', event.kind === 'subject'],
    ['reply', repliesTo !== undefined],
    ['action', body.startsWith('/me ')],
    ['edited', event.standing?.latest !== undefined]
  ]
  return has.filter(([, holds]) => holds).map(([trait]) => trait)
}
