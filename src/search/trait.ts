import type { RoomEvent } from '../model/event.ts'

/** What `has:` and `is:` ask for. */
export const TRAITS = {
  has: ['link', 'image'],
  is: ['subject', 'reply', 'action']
} as const

export type Trait = typeof TRAITS[keyof typeof TRAITS][number]

const LINK = /(?<![\w:.+-])(?:https?|ftp|xmpp|mailto|gemini|magnet):\S/i
const IMAGE = /(?<![\w:.+-])(?:https?|aesgcm):\/\/\S+\.(?:png|jpe?g|gif|webp|avif|svg)\b/i

export function traitsOf (event: Pick<RoomEvent, 'kind' | 'body' | 'repliesTo'>): Trait[] {
  const body = event.body ?? ''
  const has: ReadonlyArray<readonly [Trait, boolean]> = [
    ['link', LINK.test(body)],
    ['image', IMAGE.test(body)],
    ['subject', event.kind === 'subject'],
    ['reply', event.repliesTo !== undefined],
    ['action', body.startsWith('/me ')]
  ]
  return has.filter(([, holds]) => holds).map(([trait]) => trait)
}
