import { contentOf } from '../model/content.ts'
import type { ArchivedEvent } from '../model/event.ts'

const MOST = 20
/** Names at the beginning, of up to three words: «alice: …», «Jane Doe, bob: …», «@carol …». */
const FIRST = /^\s*@?([^\s:,@][^\s:,]{0,39}(?: [^\s:,]{1,39}){0,2})[:,](?=\s|$)/u
/** Names anywhere: «… @alice …». */
const AT = /(?<![\p{L}\p{N}_.])@([\p{L}\p{N}][\p{L}\p{N}_.-]{0,39})/gu
// A parser wrote the stanza: what a sender typed has no < in it.
const REPLY = /<reply\s[^>]*?\bto=(["'])([^"']*)\1/
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * The names that a message seems to be meant for: whom it answers (XEP-0461), mentions, or addresses as people do in chat. No
 * more than names: whether somebody has such a nick is for the one to know who asks.
 */
export function addresseesOf (event: ArchivedEvent, shownText: string): string[] {
  const { mentions, repliesTo } = contentOf(event)
  const mayName = shownText.includes(':') || shownText.includes(',') || shownText.includes('@')
  if (mentions === undefined && repliesTo === undefined && !mayName) return []
  const names = new Set((mentions ?? []).flatMap(({ nick }) => nick ?? []))
  const answered = repliesTo === undefined ? undefined : REPLY.exec(event.stanza ?? '')?.[2]
  if (answered?.includes('/') === true) names.add(unescape(answered.slice(answered.indexOf('/') + 1)))
  for (let round = 0, rest = shownText; round < MOST; round++) {
    const [start, name] = FIRST.exec(rest) ?? []
    if (start === undefined || name === undefined) break
    names.add(name)
    rest = rest.slice(start.length)
  }
  if (shownText.includes('@')) {
    for (const [, name = ''] of shownText.matchAll(AT)) {
      if (names.size < MOST) names.add(name.replace(/[.-]+$/, ''))
    }
  }
  return [...names].slice(0, MOST)
}

function unescape (text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '')
}
