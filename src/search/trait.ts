import { contentOf } from '../model/content.ts'
import type { ArchivedEvent } from '../model/event.ts'

/** What `has:` and `is:` ask for, by the word that is typed; `is:` also takes the kinds of events. */
export const TRAITS = {
  has: {
    link: 'link', image: 'image', video: 'video', audio: 'audio', file: 'file', reaction: 'reaction', mention: 'mention', spoiler: 'spoiler', reply: 'reply'
  },
  is: { reply: 'reply', action: 'action', edited: 'edited' }
} as const

export type Trait = typeof TRAITS.has[keyof typeof TRAITS.has] | typeof TRAITS.is[keyof typeof TRAITS.is]

/** BCP 47, as far as it is used in chat. */
export const LANGUAGE_TAG = /^[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,3}$/i

const LINK = /(?<![\w:.+-])(?:https?|ftp|xmpp|mailto|gemini|magnet):\S/i
const MEDIA = {
  image: /(?<![\w:.+-])(?:https?|aesgcm):\/\/\S+\.(?:png|jpe?g|gif|webp|avif|svg)\b/i,
  video: /(?<![\w:.+-])(?:https?|aesgcm):\/\/\S+\.(?:mp4|webm|mkv|mov|m4v|ogv)\b/i,
  audio: /(?<![\w:.+-])(?:https?|aesgcm):\/\/\S+\.(?:mp3|ogg|oga|opus|m4a|flac|wav)\b/i
}

type Described = Pick<ArchivedEvent, 'kind' | 'standing'> & ReturnType<typeof contentOf>

export function traitsOf (event: Described): Trait[] {
  const { body = '', repliesTo, files = [], mentions = [], spoiler } = contentOf(event)
  const traits: Trait[] = []
  const isThere = (media: keyof typeof MEDIA) => MEDIA[media].test(body) ||
    files.some(({ type, url }) => type?.startsWith(`${media}/`) === true || (url !== undefined && MEDIA[media].test(url)))
  // Where there is no colon there is no address: most messages need no more than that.
  const mayLink = files.length > 0 || body.includes(':')
  if (mayLink && LINK.test(body)) traits.push('link')
  if (mayLink && isThere('image')) traits.push('image')
  if (mayLink && isThere('video')) traits.push('video')
  if (mayLink && isThere('audio')) traits.push('audio')
  if (files.length > 0) traits.push('file')
  if (event.standing?.reactions !== undefined) traits.push('reaction')
  if (mentions.length > 0) traits.push('mention')
  if (spoiler !== undefined) traits.push('spoiler')
  if (repliesTo !== undefined) traits.push('reply')
  if (body.startsWith('/me ')) traits.push('action')
  if (event.standing?.latest !== undefined) traits.push('edited')
  return traits
}

/** The languages of a message as tags in lower case, also without their regions. */
export function languagesOf (event: Described): string[] {
  const { language, bodies } = contentOf(event)
  if (language === undefined && bodies === undefined) return []
  const tags = [language ?? '', ...Object.keys(bodies ?? {})].filter(tag => LANGUAGE_TAG.test(tag)).map(tag => tag.toLowerCase())
  return [...new Set(tags.flatMap(tag => [tag, tag.replace(/-.*/, '')]))]
}
