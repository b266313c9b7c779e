import assert from 'node:assert/strict'
import { Config, Parser } from 'html-validate'

export interface ParsedElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

export interface ParsedPage {
  readonly elements: readonly ParsedElement[]
  /** All that is read, character references taken back. */
  readonly text: string
}

const config = Config.defaultConfig().resolve()

export async function parsePage (html: string): Promise<ParsedPage> {
  const root = new Parser(await config).parseHtml(html)
  const elements = root.querySelectorAll('*').map(({ tagName, attributes }) => ({
    name: tagName,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, unescaped(String(value ?? ''))]))
  }))
  return { elements, text: unescaped(root.textContent) }
}

const REFERENCES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': '\'', nbsp: '\u00A0' }

// Templates write no other references than these; any that is left is one that somebody else has written.
function unescaped (text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => REFERENCES[name] ?? '')
}

const ELEMENTS = new Set([
  'html', 'head', 'meta', 'title', 'link', 'script', 'body', 'header', 'main', 'footer', 'nav', 'section', 'article', 'aside', 'h1', 'h2', 'h3', 'p', 'div',
  'span', 'a', 'b', 'strong', 'em', 'del', 'small', 'bdi', 'code', 'pre', 'blockquote', 'mark', 'time', 'ul', 'ol', 'li', 'dl', 'dt', 'dd', 'table', 'caption',
  'thead', 'tbody', 'tr', 'th', 'td', 'form', 'label', 'input', 'select', 'option', 'optgroup', 'fieldset', 'legend', 'button', 'details', 'summary', 'br',
  'dialog', 'kbd', 'figure', 'figcaption', 'svg', 'rect', 'g', 'path', 'line', 'text', 'desc'
])

const ATTRIBUTES = new Set([
  'lang', 'dir', 'charset', 'name', 'content', 'property', 'rel', 'href', 'type', 'title', 'src', 'defer', 'class', 'id', 'role', 'hidden', 'for', 'action', 'value',
  'maxlength', 'autocomplete', 'placeholder', 'spellcheck', 'selected', 'checked', 'scope', 'abbr', 'datetime', 'start', 'open', 'translate', 'enterkeyhint', 'inputmode',
  'autocapitalize', 'list', 'min', 'max', 'step', 'colspan',
  // Of what our script adds.
  'readonly',
  // Of charts.
  'viewBox', 'viewbox', 'preserveAspectRatio', 'preserveaspectratio', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height', 'rx', 'd', 'fill', 'tabindex', 'focusable'
])

/** Fails where a page has anything that no template writes: then somebody else's text has become markup. */
export function assertOnlyOurs ({ elements }: ParsedPage, where: string): void {
  const external = (href: string) => !/^(?:[/#?](?![/\\])|https:\/\/logs\.example\.org\/|$)/.test(href)
  for (const { name, attributes } of elements) {
    const says = `${where}: <${name} ${JSON.stringify(attributes)}>`
    assert.ok(ELEMENTS.has(name), says)
    for (const attribute of Object.keys(attributes)) assert.ok(ATTRIBUTES.has(attribute) || /^(?:aria|data)-[a-z-]+$/.test(attribute), says)
    const { href, src, action, rel, property } = attributes
    if (name === 'script') assert.match(src ?? '', /^\/static\/[\w-]+\.js\?v=[\w-]+$/, says)
    else assert.equal(src, undefined, says)
    if (name === 'link') assert.ok(!external(href ?? ''), says)
    if (name === 'meta') assert.ok(!('http-equiv' in attributes), says)
    if (property === 'og:url') assert.ok(!external(attributes['content'] ?? ''), says)
    if (action !== undefined) assert.match(action, /^\/search$/, says)
    if (name !== 'a' || href === undefined || !external(href)) continue
    assert.match(href, /^(?:https?:\/\/|xmpp:|mailto:)/, says)
    // The link to join a room is ours.
    if (!href.endsWith('?join')) assert.equal(rel, 'nofollow ugc noopener', says)
  }
}

/** Fails where a page is not put together as its template says: one of each part, each in its place. */
export function assertWhole ({ elements }: ParsedPage, where: string): void {
  const order = elements.map(({ name }) => name).filter(name => ['html', 'head', 'title', 'body', 'main', 'h1', 'footer'].includes(name))
  assert.deepEqual(order, ['html', 'head', 'title', 'body', 'main', 'h1', 'footer'], where)
}
