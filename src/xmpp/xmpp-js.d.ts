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
  export function clone (element: Element): Element
}

declare module '@xmpp/component' {
  import type { EventEmitter } from 'node:events'
  import type { Socket } from 'node:net'
  import type { Element } from 'ltx'

  export interface ComponentEntity extends EventEmitter {
    socket: Socket | null
    timeout: number
    reconnect: { stop (): void }
    Parser: new () => EventEmitter
    socketParameters (service: string): { host: string, port: number } | undefined
    isStanza (element: Element): boolean
    connect (service: string): Promise<void>
    open (options: { domain: string, lang: string }): Promise<unknown>
    write (text: string): Promise<void>
  }
  export function component (options: { service: string, domain: string, password: string }): ComponentEntity
}

declare module '@xmpp/client' {
  import type { EventEmitter } from 'node:events'
  import type { Socket } from 'node:net'
  import type { Element } from 'ltx'

  export type Authenticate = (credentials: { username: string, password: string }, mechanism: string, userAgent?: Element) => Promise<void>
  /** What resumes a session of XEP-0198. */
  export interface SmSession {
    id: string
    inbound: number
    outbound: number
    outbound_q: unknown[]
  }
  export interface ClientEntity extends EventEmitter {
    socket: Socket | null
    timeout: number
    reconnect: { stop (): void }
    iqCaller: { handlers: Map<string, { reject (error: Error): void }> }
    saslFactory: { _mechs: unknown[], use (name: string, mechanism: new () => object): void }
    streamManagement: EventEmitter & SmSession & { enabled: boolean }
    Parser: new () => EventEmitter
    socketParameters (service: string): { host: string, port: number } | undefined
    isStanza (element: Element): boolean
    connect (service: string): Promise<void>
    open (options: { domain: string, lang: string }): Promise<unknown>
    write (text: string): Promise<void>
    jid: { toString (): string } | null
    restart (): Promise<unknown>
    _jid (jid: string): void
    _attachSocket (socket: Socket): void
    _detachSocket (): void
    _detachParser (): void
  }
  export function client (options: {
    service: string
    domain: string
    resource: string
    credentials: (authenticate: Authenticate, mechanisms: string[], fast: unknown, entity: ClientEntity) => Promise<void>
  }): ClientEntity
}
