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
  export interface Transport {
    new (): unknown
    prototype: {
      Parser: new () => EventEmitter
      socketParameters (service: string): { host: string, port: number } | undefined
    }
  }
  export interface ClientEntity extends EventEmitter {
    socket: Socket | null
    timeout: number
    transports: Transport[]
    reconnect: { stop (): void }
    iqCaller: { handlers: Map<string, unknown> }
    streamManagement: EventEmitter & { enabled: boolean, inbound: number }
    isStanza (element: Element): boolean
    connect (service: string): Promise<void>
    open (options: { domain: string, lang: string }): Promise<unknown>
    write (text: string): Promise<void>
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
