import { child, elementsOf, textOf, xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

export type ErrorType = 'auth' | 'cancel' | 'continue' | 'modify' | 'wait'

/** RFC 6120 §8.3: an error stanza that was received, or that a responder wants sent. */
export class StanzaError extends Error {
  readonly condition: string
  readonly type: ErrorType
  readonly application: Element | undefined

  constructor (condition: string, type: ErrorType, text = '', application?: Element) {
    super(text === '' ? condition : `${condition}: ${text}`)
    this.name = 'StanzaError'
    this.condition = condition
    this.type = type
    this.text = text
    this.application = application
  }

  readonly text: string
}

export function parseStanzaError (stanza: Element): StanzaError {
  const error = child(stanza, 'error')
  const condition = error === undefined
    ? undefined
    : elementsOf(error).find(element => element.getNS() === NS.STANZAS && element.getName() !== 'text')
  const application = error === undefined ? undefined : elementsOf(error).find(element => element.getNS() !== NS.STANZAS)
  const text = error === undefined ? '' : textOf(error, 'text', NS.STANZAS) ?? ''
  const type = error?.attrs['type']
  return new StanzaError(condition?.getName() ?? 'undefined-condition', isErrorType(type) ? type : 'cancel', text, application)
}

export function buildStanzaError (error: StanzaError): Element {
  return xml('error', { type: error.type },
    xml(error.condition, { xmlns: NS.STANZAS }),
    error.text === '' ? undefined : xml('text', { xmlns: NS.STANZAS, 'xml:lang': 'en' }, error.text),
    error.application)
}

function isErrorType (type: string | undefined): type is ErrorType {
  return type === 'auth' || type === 'cancel' || type === 'continue' || type === 'modify' || type === 'wait'
}
