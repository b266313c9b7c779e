import { EventEmitter } from 'node:events'
import { HansardError } from '../model/errors.ts'
import { Element } from './element.ts'
import { NS } from './namespaces.ts'
import { createXmlReader } from './xml-reader.ts'

export interface StreamLimits {
  readonly maxDepth: number
  readonly maxCharacters: number
  readonly maxElements: number
}

/** Well above what servers pass on (Prosody: 512 kB), and small enough that one stanza cannot fill the memory. */
export const STREAM_LIMITS: StreamLimits = { maxDepth: 128, maxCharacters: 4 * 1024 * 1024, maxElements: 100_000 }

export interface StreamSink {
  /** Something came, whatever it is. */
  heard (): void
  /** A whole stanza or other element of the stream; `pass` hands one to the library. */
  element (element: Element, pass: (element: Element) => void): void
  /** A stanza beyond the limits; only its outermost element is kept. */
  refused (head: Element, reason: string, pass: (element: Element) => void): void
  ended (): void
  /** Nothing more can be read. */
  broken (error: unknown): void
}

/**
 * The parser class that xmpp.js is given in place of its own. Stanzas go to the sink, the library sees what the sink
 * passes on; and since nothing is thrown into the socket's listener, no stanza can stop those behind it.
 */
export function streamParser (sink: StreamSink, limits: StreamLimits = STREAM_LIMITS): new () => EventEmitter {
  return class StreamParser extends EventEmitter {
    readonly #stream = new Element('stream')
    readonly #reader = createXmlReader({
      open: (name, attributes) => { this.#open(name, attributes) },
      close: () => { this.#close() },
      text: text => { if (!this.#isSkipping()) this.#cursor?.append(text) }
    })

    #stanza: Element | undefined
    #cursor: Element | null = null
    #start = 0
    #elements = 0
    #excess: string | undefined

    write (text: string): void {
      sink.heard()
      try {
        this.#reader.write(text)
        this.#limitPending()
      } catch (error) {
        this.#reader.stop()
        sink.broken(error)
      }
    }

    #open (name: string, attributes: Record<string, string>): void {
      if (this.#reader.depth === 1) return this.#header(name, attributes)
      if (attributes['xmlns'] === NS.COMPONENT) attributes['xmlns'] = NS.CLIENT
      if (this.#stanza === undefined) {
        this.#stanza = this.#cursor = new Element(name, attributes)
        this.#stanza.parent = this.#stream
        this.#start = this.#reader.position
        this.#elements = 1
        return
      }
      this.#elements += 1
      if (this.#isSkipping()) return
      const element = new Element(name, attributes)
      this.#cursor?.append(element)
      this.#cursor = element
    }

    // Stanzas are in jabber:client whichever stream brought them, so that nothing behind this depends on the connection.
    #header (name: string, attributes: Record<string, string>): void {
      this.#stream.name = name
      Object.assign(this.#stream.attrs, attributes, { xmlns: NS.CLIENT })
      this.emit('start', new Element(name, attributes))
    }

    #close (): void {
      if (this.#reader.depth === 0) return sink.ended()
      const stanza = this.#stanza
      if (this.#reader.depth > 1 || stanza === undefined) {
        if (this.#excess === undefined) this.#cursor = this.#cursor?.parent ?? null
        return
      }
      const reason = this.#excess
      this.#stanza = this.#excess = undefined
      this.#cursor = null
      const pass = (element: Element): void => { this.emit('element', element) }
      if (reason === undefined) sink.element(stanza, pass)
      else sink.refused(stanza, reason, pass)
    }

    #isSkipping (): boolean {
      if (this.#excess === undefined && this.#stanza !== undefined) {
        const reason = this.#reader.depth - 1 > limits.maxDepth
          ? `nested deeper than ${limits.maxDepth}`
          : this.#elements > limits.maxElements
            ? `more than ${limits.maxElements} elements`
            : this.#reader.position - this.#start > limits.maxCharacters
              ? `longer than ${limits.maxCharacters} characters`
              : undefined
        if (reason !== undefined) this.#skip(reason)
      }
      return this.#excess !== undefined
    }

    #skip (reason: string): void {
      this.#excess = reason
      if (this.#stanza !== undefined) this.#stanza.children = []
    }

    #limitPending (): void {
      const read = this.#stanza === undefined ? 0 : this.#reader.position - this.#start
      if (read + this.#reader.pending <= limits.maxCharacters) return
      if (!this.#reader.discardText() && this.#reader.pending > limits.maxCharacters) {
        throw new HansardError('ERR_STANZA', `Cannot read the stream: it has markup longer than ${limits.maxCharacters} characters`)
      }
      if (this.#stanza !== undefined) this.#skip(`longer than ${limits.maxCharacters} characters`)
    }
  }
}
