// The small part of xmpp.js and ltx that src/xmpp uses; neither ships types that fit.
declare module 'ltx' {
  export type Node = Element | string
  export class Element {
    constructor (name: string, attrs?: Record<string, string | undefined>)
    name: string
    parent: Element | null
    children: Node[]
    attrs: Record<string, string | undefined>
    is (name: string, xmlns?: string): boolean
    getName (): string
    getNS (): string | undefined
    getText (): string
    append (...nodes: Node[]): void
    toString (): string
  }
  export function parse (xml: string): Element
  export function clone (element: Element): Element
}
