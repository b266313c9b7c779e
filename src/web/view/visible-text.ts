// Bidirectional embeddings and overrides (Unicode UAX #9 §2.1, §2.2) make a text read differently from what it is.
const OVERRIDE = /[\u202A-\u202E]/g
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g
const LINE_END = /\r\n?|[\u0085\u2028\u2029]/g

/** A text as it may be shown: line ends are \n; control characters and direction overrides become visible marks. */
export function visibleText (text: string): string {
  return text.replace(LINE_END, '\n').replace(OVERRIDE, '\uFFFD').replace(CONTROL, picture)
}

/** The same on one line, for nicks, titles and reasons. */
export function visibleLine (text: string): string {
  return visibleText(text).replace(/[\n\t]+/g, ' ').trim()
}

// U+2400 … U+2421, the pictures of C0 and DEL; C1 has none.
function picture (control: string): string {
  const code = control.charCodeAt(0)
  return code === 0x7F ? '\u2421' : code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD'
}
