import type { RoomJid } from '../model/address.ts'
import type { Content } from '../model/content.ts'
import { defined } from '../model/defined.ts'
import { atMost, MAX_ID } from '../xmpp/bounded.ts'
import { attribute, child } from '../xmpp/element.ts'
import type { Element } from '../xmpp/element.ts'
import { encryptionOf } from '../xmpp/encryption.ts'
import { parseFallback } from '../xmpp/fallback.ts'
import { parseFiles } from '../xmpp/files.ts'
import { parseTexts } from '../xmpp/language.ts'
import { parseMentions } from '../xmpp/mentions.ts'
import { NS } from '../xmpp/namespaces.ts'
import { parseSpoiler } from '../xmpp/spoiler.ts'
import { isUnstyled } from '../xmpp/styling.ts'

/**
 * What a message says. All is bounded: what is too much stays in the stanza only. Of an encrypted one nothing else is
 * taken, as what stands beside the cipher is about a text that nobody sees here.
 */
export function contentIn (stanza: Element, kind: 'message' | 'subject', room: RoomJid): Content {
  const encrypted = encryptionOf(stanza)
  const repliesTo = atMost(MAX_ID, attribute(child(stanza, 'reply', NS.REPLY), 'id'))
  if (encrypted !== undefined) return { encrypted, ...defined({ repliesTo }) }
  const name = kind === 'subject' ? 'subject' : 'body'
  const texts = parseTexts(stanza, name)
  return {
    ...texts,
    ...defined({
      fallback: unlessEmpty(texts.body === undefined ? [] : parseFallback(stanza, name)),
      files: unlessEmpty(parseFiles(stanza)),
      unstyled: isUnstyled(stanza) ? true as const : undefined,
      spoiler: parseSpoiler(stanza, texts.language),
      mentions: unlessEmpty(parseMentions(stanza, room, texts.language)),
      repliesTo
    })
  }
}

function unlessEmpty<T> (items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}
