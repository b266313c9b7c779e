import type { Level } from '../access/can-read.ts'
import type { BareJid, RoomJid } from '../model/address.ts'
import type { ArchiveTime } from '../model/archive-time.ts'

/** The configuration as the program uses it: checked, complete, with secrets read in and paths absolute. Deep-frozen. */
export interface Config {
  /** Absolute path of the file it was read from. */
  readonly file: string
  readonly site: SiteConfig
  readonly http: HttpConfig
  readonly xmpp: ComponentConfig | BotConfig
  readonly store: SqliteStoreConfig | CouchdbStoreConfig
  readonly spool: SpoolConfig
  readonly search: SearchConfig
  readonly log: { readonly level: LogLevel }
  /** In the order of the file; addresses, slugs and aliases are unique. */
  readonly rooms: readonly RoomConfig[]
  /** What is allowed but probably not meant, one line each, with file and line. */
  readonly warnings: readonly string[]
}

export interface SiteConfig {
  readonly title: string
  /** Origin under which readers reach the site, without a slash at the end: `https://logs.example.org`. */
  readonly url: string
  /** Plain text for the home page; empty when there is none. */
  readonly description: string
  /** Of the site itself; what people say stays as they say it. */
  readonly language: 'en' | 'de' | 'fr'
  /** A style sheet that comes after ours. Absolute. */
  readonly stylesheet: string | undefined
  /** A folder of templates that take the place of ours of the same name. Absolute. */
  readonly templates: string | undefined
  /** The folder of what is made from the record and can be made anew. Absolute. */
  readonly cache: string
  readonly cacheBytes: number
}

export interface HttpConfig {
  /** Name or IP address to listen on, IPv6 without brackets. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Addresses and networks that may read /metrics; nobody else learns that it exists. */
  readonly metrics: readonly string[]
  /** What one client may have made for it in a minute; undefined: as much as it asks for. */
  readonly crawlers: { readonly pagesPerMinute: number, readonly searchesPerMinute: number } | undefined
  /** Whose X-Forwarded-* headers to believe: nobody's, everybody's, or those of these addresses and networks. */
  readonly trustProxy: boolean | readonly string[]
}

/** XEP-0114. */
export interface ComponentConfig {
  readonly mode: 'component'
  /** Our own domain, at which the archive's addresses live. */
  readonly domain: BareJid
  /** Where the XMPP server accepts components; an IPv6 host has no brackets. */
  readonly server: { readonly host: string, readonly port: number }
  readonly secret: string
  /** The room services that may hand on what their rooms are asked, and are believed who asks. */
  readonly delegatedFrom: readonly BareJid[]
  /** Name in the rooms, unless a room has its own. */
  readonly nick: string
  readonly resource: string
}

export interface BotConfig {
  readonly mode: 'bot'
  readonly jid: BareJid
  readonly password: string
  /** `xmpp://host:5222`, or `xmpps://host:5223` for TLS from the first byte; undefined: found by DNS. */
  readonly service: string | undefined
  /** required: a valid certificate or no stream; optional: plain text where the server has no TLS; insecure: any certificate. */
  readonly tls: 'required' | 'optional' | 'insecure'
  readonly nick: string
  readonly resource: string
}

export interface SqliteStoreConfig {
  readonly driver: 'sqlite'
  /** Absolute. */
  readonly path: string
}

export interface CouchdbStoreConfig {
  readonly driver: 'couchdb'
  /** Address of the database itself, `http://user:password@127.0.0.1:5984/hansard`; carries the password, so never print it. */
  readonly url: string
}

/** What waits for the store while it is away, and what this machine must remember of its rooms. */
export interface SpoolConfig {
  /** Absolute. */
  readonly path: string
  /** No event is taken in beyond this. */
  readonly maxBytes: number
}

export interface SearchConfig {
  readonly engine: 'local' | 'nouveau'
  /** Absolute; of the local engine. */
  readonly path: string
  /** Of Nouveau: the database of the postings, with user and password. */
  readonly url?: string
  /** Language of the stemmer, ISO 639-1, or none. */
  readonly language: string
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

export interface RoomConfig {
  readonly jid: RoomJid
  readonly slug: string
  /** Former slugs. */
  readonly aliases: readonly string[]
  /** Undefined: the name that the room gives itself. */
  readonly title: string | undefined
  readonly description: string | undefined
  readonly level: Level
  readonly nick: string
  readonly password: string | undefined
  /** How many messages of its history to ask for when a room is entered for the first time, or has no archive. */
  readonly history: number
  /** How much of the room's own archive to take in when nothing is recorded yet: all, from a time on, or none. */
  readonly catchUp: 'all' | 'none' | { readonly since: ArchiveTime }
  /** A destroy of the room up to this time is known: what exists now under its address is the same room to us. */
  readonly recreatedAfter: ArchiveTime | undefined
  /** How many days talk and presence are kept; undefined: for ever. */
  readonly retention: { readonly talk?: number | undefined, readonly presence?: number | undefined }
  /** Whether readers may see what a corrected message said before. */
  readonly editHistory: boolean
  /** Whether statistics name those who said most. */
  readonly rankPeople: boolean
  /** Keep the real addresses that the room shows us, in a field that no public output has. */
  readonly realJids: boolean
}
