import { buildForm, findForm, valueOf } from './data-form.ts'
import type { DataForm } from './data-form.ts'
import { xml } from './element.ts'
import type { Element } from './element.ts'
import { buildRsmResult } from './rsm.ts'
import type { RsmResult } from './rsm.ts'
import { StanzaError } from './stanza-error.ts'

/** XEP-0433. */
export const CHANNEL_SEARCH = 'urn:xmpp:channel-search:0:search'
export const CHANNEL_SEARCH_ERROR = 'urn:xmpp:channel-search:0:error'
const PARAMETERS = 'urn:xmpp:channel-search:0:search-params'
const BY_ADDRESS = '{urn:xmpp:channel-search:0:order}address'
const MUC_SERVICE = 'xep-0045'

/** What is looked for; without words: every channel. */
export interface ChannelSearch {
  /** Folded; each must be found. */
  readonly words: readonly string[]
  readonly inName: boolean
  readonly inDescription: boolean
  readonly inAddress: boolean
  /** False when only other kinds of services are asked for. */
  readonly wantsRooms: boolean
}

export interface Channel {
  readonly address: string
  readonly name: string
  readonly description: string
  /** Undefined when it is not known. */
  readonly isOpen: boolean | undefined
}

export function buildChannelSearchForm (): Element {
  return xml('search', { xmlns: CHANNEL_SEARCH }, buildForm('form', PARAMETERS, [
    { var: 'q', type: 'text-single', label: 'Search for' },
    { var: 'all', type: 'boolean', label: 'Return all entries', values: ['false'] },
    { var: 'sinname', type: 'boolean', label: 'Search in name', values: ['true'] },
    { var: 'sindescription', type: 'boolean', label: 'Search in description', values: ['true'] },
    { var: 'sinaddress', type: 'boolean', label: 'Search in address', values: ['true'] },
    { var: 'types', type: 'list-multi', label: 'Service types', values: [MUC_SERVICE], options: [{ value: MUC_SERVICE, label: 'Multi-user chat' }] },
    { var: 'key', type: 'list-single', label: 'Sort results by', values: [BY_ADDRESS], options: [{ value: BY_ADDRESS, label: 'Address' }] }
  ]))
}

/** Reads a request; undefined when it asks for the form. Throws the StanzaErrors of §4.2.2. */
export function parseChannelSearch (search: Element): ChannelSearch | undefined {
  const form = findForm(search)
  if (form === undefined) return undefined
  if (form.type !== 'submit' || form.formType !== PARAMETERS) {
    throw new StanzaError('bad-request', 'modify', `Expected a form of type submit with FORM_TYPE ${PARAMETERS}`)
  }
  const isAll = booleanOf(form, 'all') === true
  const text = valueOf(form, 'q')
  const words = text === undefined ? [] : fold(text).split(/\s+/u).filter(word => word !== '')
  const key = valueOf(form, 'key') ?? BY_ADDRESS
  // The XEP's own example of the form calls it sinaddr.
  const inAddress = booleanOf(form, 'sinaddress') ?? booleanOf(form, 'sinaddr') ?? true
  if (key !== BY_ADDRESS) throw refusal('feature-not-implemented', 'Results are sorted by address only', 'invalid-sort-key')
  if (isAll && words.length > 0) throw refusal('bad-request', 'Either all entries or words to search for', 'conflicting-fields', ['all', 'q'])
  if (!isAll && text === undefined) throw refusal('bad-request', 'Expected words to search for, or all entries', 'no-search-conditions')
  if (!isAll && words.length === 0) throw refusal('bad-request', 'The text to search for is empty', 'invalid-search-terms')
  const types = form.fields.get('types') ?? []
  return {
    words,
    inName: booleanOf(form, 'sinname') ?? true,
    inDescription: booleanOf(form, 'sindescription') ?? true,
    inAddress,
    wantsRooms: types.length === 0 || types.includes(MUC_SERVICE)
  }
}

export function isFound ({ words, inName, inDescription, inAddress, wantsRooms }: ChannelSearch, channel: Channel): boolean {
  const texts = [inName ? channel.name : '', inDescription ? channel.description : '', inAddress ? channel.address : ''].map(fold)
  return wantsRooms && words.every(word => texts.some(text => text.includes(word)))
}

export function buildChannels (channels: readonly Channel[], page: RsmResult): Element {
  return xml('result', { xmlns: CHANNEL_SEARCH },
    channels.map(({ address, name, description, isOpen }) => xml('item', { address },
      xml('name', {}, name),
      description === '' ? undefined : xml('description', {}, description),
      xml('service-type', {}, MUC_SERVICE),
      isOpen === undefined ? undefined : xml('is-open', {}, String(isOpen)))),
    buildRsmResult(page))
}

/** XEP-0004 §3.3: `1` and `true` are true, `0` and `false` are false, anything else is neither. */
function booleanOf (form: DataForm, name: string): boolean | undefined {
  const value = valueOf(form, name)?.trim().toLowerCase()
  return value === '1' || value === 'true' ? true : value === '0' || value === 'false' ? false : undefined
}

function refusal (condition: string, text: string, reason: string, fields: readonly string[] = []): StanzaError {
  return new StanzaError(condition, 'modify', text, xml(reason, { xmlns: CHANNEL_SEARCH_ERROR }, fields.map(field => xml('var', {}, field))))
}

function fold (text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
