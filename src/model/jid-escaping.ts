// XEP-0106: the characters that may not stand in a localpart, and the backslash where it would look like an escape.
const ESCAPES = new Map([
  [' ', '\\20'], ['"', '\\22'], ['&', '\\26'], ["'", '\\27'], ['/', '\\2f'],
  [':', '\\3a'], ['<', '\\3c'], ['>', '\\3e'], ['@', '\\40']
])
const UNESCAPES = new Map([...ESCAPES].map(([character, escape]) => [escape, character]).concat([['\\5c', '\\']]) as Array<[string, string]>)

export function escapeLocal (text: string): string {
  return text
    .replace(/\\(?=20|22|26|27|2f|3a|3c|3e|40|5c)/gi, '\\5c')
    .replace(/[ "&'/:<>@]/g, character => ESCAPES.get(character) ?? character)
}

export function unescapeLocal (text: string): string {
  return text.replace(/\\(?:20|22|26|27|2f|3a|3c|3e|40|5c)/gi, escape => UNESCAPES.get(escape.toLowerCase()) ?? escape)
}
