import { HansardError } from '../model/errors.ts'
import { legalText } from './legal-text.ts'

export interface XmlHandler {
  open (name: string, attributes: Record<string, string>): void
  close (): void
  text (text: string): void
}

export interface XmlReader {
  /** Reads on; a piece may end anywhere. Throws ERR_STANZA where the text is not well-formed or not allowed in XMPP. */
  write (piece: string): void
  /** What comes after the current token is not read, however much of it has been written. */
  stop (): void
  /** Gives up text that waits for its end; false when there is none, only markup that has not ended. */
  discardText (): boolean
  /** Characters read so far. */
  readonly position: number
  /** Characters that wait for the rest of their token. */
  readonly pending: number
  /** Elements that are open. */
  readonly depth: number
}

const NC_NAME = '[A-Za-z_\\u00c0-\\uffff][\\w.\\-\\u00b7\\u00c0-\\uffff]*'
const NAME = `${NC_NAME}(?::${NC_NAME})?`
const END_TAG = new RegExp(`^</(${NAME})\\s*>$`)
const START = new RegExp(`<(${NAME})`, 'y')
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'y')
const END = /\s*(\/?)>$/y
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));|&/g
const NAMED = new Map([['amp', '&'], ['lt', '<'], ['gt', '>'], ['quot', '"'], ['apos', "'"]])
const CDATA = '<![CDATA['

/**
 * Reads the XML that XMPP allows (RFC 6120 §11.1): elements, text, CDATA and the five named entities, but no comments,
 * processing instructions or document types. ltx's own tokenizer loses the text behind a CDATA section, never
 * leaves a document type, and takes what is not well-formed.
 */
export function createXmlReader (handler: XmlHandler): XmlReader {
  const names: string[] = []
  let rest = ''
  let scanned = 0
  let text: string[] = []
  let textLength = 0
  let position = 0
  let isStopped = false

  function write (piece: string): void {
    if (isStopped) return
    if (scanned === rest.length && !piece.includes('<')) {
      // Text that goes on is put together once, when its end has come.
      text.push(piece)
      textLength += piece.length
      return
    }
    rest = text.length === 0 ? rest + piece : [rest, ...takeText(), piece].join('')
    let from = 0
    for (;;) {
      const start = rest.indexOf('<', Math.max(from, scanned))
      const end = start === -1 ? -1 : tokenEnd(rest, start)
      if (end === -1) {
        scanned = start === -1 ? rest.length : start
        break
      }
      if (start > from) characters(rest.slice(from, start))
      if (!isStopped) token(rest.slice(start, end))
      position += end - from
      from = end
      if (isStopped) break
    }
    rest = rest.slice(from)
    scanned = Math.max(0, scanned - from)
  }

  function takeText (): string[] {
    const taken = text
    text = []
    textLength = 0
    return taken
  }

  function characters (raw: string): void {
    handler.text(unescape(lines(raw)))
  }

  function token (markup: string): void {
    if (markup.startsWith(CDATA)) return handler.text(legalText(lines(markup.slice(CDATA.length, -3))))
    if (markup.startsWith('<?')) {
      if (position > 0 || !/^<\?xml\s/.test(markup)) throw refused('a processing instruction')
      return
    }
    if (markup.startsWith('</')) {
      const name = END_TAG.exec(markup)?.[1]
      if (name === undefined || name !== names.pop()) throw refused('an end tag that closes nothing')
      return handler.close()
    }
    const { name, attributes, isEmpty } = readTag(markup)
    names.push(name)
    handler.open(name, attributes)
    if (isEmpty) {
      names.pop()
      handler.close()
    }
  }

  return {
    write,
    stop () {
      isStopped = true
      rest = ''
      takeText()
    },
    discardText () {
      const markup = rest.indexOf('<')
      const length = markup === -1 ? rest.length : markup
      position += length + textLength
      rest = rest.slice(length)
      scanned = 0
      return length + takeText().length > 0
    },
    get position () { return position },
    get pending () { return rest.length + textLength },
    get depth () { return names.length }
  }
}

/** Where the markup that begins at `start` ends; -1 when the rest of it has not come yet. */
function tokenEnd (text: string, start: number): number {
  if (text.startsWith('<!', start)) {
    const head = text.slice(start, start + CDATA.length)
    if (!CDATA.startsWith(head)) throw refused('a comment or a document type')
    const end = head.length < CDATA.length ? -1 : text.indexOf(']]>', start + CDATA.length)
    return end === -1 ? -1 : end + 3
  }
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === 62 /* > */) return at + 1
    if (character === 34 /* " */ || character === 39 /* ' */) {
      at = text.indexOf(character === 34 ? '"' : "'", at + 1)
      if (at === -1) return -1
    }
  }
  return -1
}

function readTag (markup: string): { name: string, attributes: Record<string, string>, isEmpty: boolean } {
  const attributes: Record<string, string> = {}
  START.lastIndex = 0
  const name = START.exec(markup)?.[1]
  let at = START.lastIndex
  for (;;) {
    ATTRIBUTE.lastIndex = at
    const match = ATTRIBUTE.exec(markup)
    if (match === null) break
    at = ATTRIBUTE.lastIndex
    const [, key = '', double, single = ''] = match
    if (Object.hasOwn(attributes, key)) throw refused('an attribute that is given twice')
    attributes[key] = unescape((double ?? single).replace(/\r\n|[\t\n\r]/g, ' '))
  }
  END.lastIndex = at
  const end = END.exec(markup)
  if (name === undefined || end === null) throw refused('a tag that is not well-formed')
  return { name, attributes, isEmpty: end[1] === '/' }
}

/** XML 1.0 §2.11; a carriage return that is written as a reference stays. */
function lines (text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

function unescape (text: string): string {
  if (!text.includes('&')) return legalText(text)
  return legalText(text.replace(REFERENCE, (_, named?: string, decimal?: string, hex?: string) => {
    if (named !== undefined) return NAMED.get(named) ?? ''
    const code = decimal !== undefined ? Number.parseInt(decimal, 10) : hex !== undefined ? Number.parseInt(hex, 16) : -1
    if (code === -1) throw refused('an entity that is not one of the five')
    return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)
  }))
}

function refused (what: string): HansardError {
  return new HansardError('ERR_STANZA', `Cannot read the XML: it has ${what}, expected well-formed XMPP`)
}
