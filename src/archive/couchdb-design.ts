import { createHash } from 'node:crypto'
import { LINK_LENGTH } from './couchdb-keys.ts'

export type ViewName = 'uid' | 'nick' | 'days' | 'links'

/** Views built together. Those that reading needs stand apart, so that a write waits for the index of uids alone. */
const GROUPS = { uids: ['uid'], reading: ['nick', 'days'], links: ['links'] } as const satisfies Record<string, readonly ViewName[]>
export type DesignKey = keyof typeof GROUPS

export interface Design {
  readonly key: DesignKey
  /** `hansard-uids-` and a hash of the content: a changed view is built beside the one in use. */
  readonly name: string
  readonly document: {
    readonly language: 'javascript'
    readonly views: Readonly<Record<string, { readonly map: string, readonly reduce?: string }>>
  }
}

export const DESIGN_PREFIX = 'hansard-'

// ES5, for every JavaScript engine that CouchDB 3 may have. `key` is collationKey of couchdb-keys.ts.
const MAP = (emit: string): string => `function (doc) {
  var id = /:([tp]):(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z)$/.exec(doc._id)
  if (!id || typeof doc.room !== 'string') return
  var stream = id[1], time = id[2]
  function key (text) {
    return String(text).replace(/[^a-z0-9.@-]/g, function (character) {
      return '_' + ('000' + character.charCodeAt(0).toString(16)).slice(-4)
    })
  }
  ${emit}
}`

const VIEWS: Readonly<Record<ViewName, { readonly map: string, readonly reduce?: string }>> = {
  uid: { map: MAP('emit([key(doc.room), key(doc.uid)], null)') },
  nick: { map: MAP('emit([key(doc.room), stream, key(doc.nick), time], null)'), reduce: '_count' },
  // _stats gives count, first and last by the microseconds, and by the sum of the hashes of the revisions a number that
  // differs whenever a document of the day does; the third sum is how many are part of no other message.
  days: {
    map: MAP(`var micros = Date.parse(time.slice(0, 23) + 'Z') * 1000 + Number(time.slice(23, 26))
  emit([key(doc.room), stream, time.slice(0, 10), key(doc.nick)], [micros, parseInt(doc._rev.slice(-8), 16), doc.appliesTo === undefined ? 1 : 0])`),
    reduce: '_stats'
  },
  // linksOf of links.ts.
  links: {
    map: MAP(`if (stream !== 't') return
  var found = function (link, id) {
    if (typeof id === 'string') emit([key(doc.room), link, key(id.slice(0, ${LINK_LENGTH})), time], null)
  }
  found('named', doc.message)
  found('referring', doc.replaces)
  found('referring', doc.retracts)
  found('referring', doc.reactsTo)
  found('referring', doc.repliesTo)`)
  }
}

export const DESIGNS: readonly Design[] = (Object.keys(GROUPS) as DesignKey[]).map(key => {
  const views = Object.fromEntries(GROUPS[key].map(view => [view, VIEWS[view]]))
  const document = { language: 'javascript' as const, views }
  const hash = createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 8)
  return { key, name: `${DESIGN_PREFIX}${key}-${hash}`, document }
})

export function designOf (view: ViewName): Design {
  return DESIGNS.find(({ document }) => view in document.views) as Design
}

export function viewPath (view: ViewName): string {
  return `_design/${designOf(view).name}/_view/${view}`
}
