import { formatTime } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import { HansardError } from '../model/errors.ts'
import { buildForm } from './data-form.ts'
import { attribute, child, children, xml } from './element.ts'
import type { Element } from './element.ts'
import { parseForwarded } from './forward.ts'
import { NS } from './namespaces.ts'
import { buildRsm, parseRsmResult } from './rsm.ts'
import type { RsmRequest, RsmResult } from './rsm.ts'

/** XEP-0313, the side that asks. */
export interface MamQuery extends Omit<RsmRequest, 'index'> {
  /** Whose archive. */
  readonly to: string
  /** Comes back with each result. */
  readonly queryId: string
  /** From this time to that, both included. Servers that keep whole seconds look at whole seconds. */
  readonly start?: Micros
  readonly end?: Micros
}

/** One result, which comes as a message of its own before the answer to the query. */
export interface MamResult {
  readonly queryId: string | undefined
  /** The archive's id of the message. */
  readonly id: string
  /** When the archive got it; undefined when it does not tell in a form that can be read. */
  readonly stamp: Micros | undefined
  /** The message as it is archived, within its <forwarded/>. */
  readonly stanza: Element
}

export interface MamFin {
  /** Nothing more follows in the direction of the query. */
  readonly complete: boolean
  /** false: what was given may still change its place, XEP-0313 §4.4.3. */
  readonly stable?: boolean
  readonly rsm: RsmResult
}

export function buildMamQuery ({ to, queryId, start, end, ...page }: MamQuery): Element {
  const fields = [...timeField('start', start), ...timeField('end', end)]
  return xml('iq', { type: 'set', to },
    xml('query', { xmlns: NS.MAM, queryid: queryId },
      fields.length === 0 ? undefined : buildForm('submit', NS.MAM, fields),
      buildRsm(page)))
}

function timeField (name: string, time: Micros | undefined): Array<{ var: string, values: string[] }> {
  return time === undefined ? [] : [{ var: name, values: [formatTime(time)] }]
}

/** Undefined for every message that is not one result with one message in it. From whom it comes is the caller's to check. */
export function parseMamResult (message: Element): MamResult | undefined {
  const [result, another] = children(message, 'result', NS.MAM)
  const id = attribute(result, 'id')
  if (message.getName() !== 'message' || result === undefined || another !== undefined || id === undefined) return undefined
  const forwarded = parseForwarded(result)
  return forwarded === undefined
    ? undefined
    : { queryId: attribute(result, 'queryid'), id, stamp: forwarded.delay?.stamp, stanza: forwarded.stanza }
}

/** Reads the result iq of a query. Throws ERR_STANZA when it says nothing of the archive: then the page has no known end. */
export function parseMamFin (iq: Element): MamFin {
  const fin = child(iq, 'fin', NS.MAM)
  if (fin === undefined) throw new HansardError('ERR_STANZA', 'Cannot read the answer of the archive: it has no <fin/>, expected one as in XEP-0313')
  const stable = attribute(fin, 'stable')
  return {
    complete: isTrue(attribute(fin, 'complete')),
    ...(stable === undefined ? {} : { stable: isTrue(stable) }),
    rsm: parseRsmResult(fin)
  }
}

// xs:boolean
function isTrue (text: string | undefined): boolean {
  return text === 'true' || text === '1'
}
