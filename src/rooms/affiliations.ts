import type { BareJid, RoomJid } from '../model/address.ts'
import type { Affiliation } from '../model/affiliation.ts'
import { messageOf } from '../model/errors.ts'
import type { Logger } from '../log.ts'
import { createBackoff } from '../xmpp/backoff.ts'
import type { XmppConnection } from '../xmpp/connection.ts'
import { buildAffiliationRequest, parseAffiliationList } from '../xmpp/muc-admin.ts'
import { StanzaError } from '../xmpp/stanza-error.ts'

/** Who is more or less than nobody to a room, as the room tells us while we are in it. */
export interface Affiliations {
  /** Undefined while the room tells none of its lists. Who is on a list that it keeps back is missing. */
  readonly known: ReadonlyMap<BareJid, Affiliation> | undefined
  /** We are in the room, and this to it ourselves; without it: what we were before. */
  inside (own?: string): void
  /** Something was changed: asks again, at once or when the question before is answered. */
  changed (): void
  /** From now on nothing is known: who is let in and who is put out we would not hear. */
  outside (): void
}

export interface AffiliationsOptions {
  readonly room: RoomJid
  readonly connection: Pick<XmppConnection, 'request'>
  /** Called when `known` is another. */
  readonly onKnown: () => void
  readonly log: Logger
}

// Of two lists with the same person in them, asked for while it moved from one to the other, the later counts.
const LISTS = ['owner', 'admin', 'member', 'outcast'] as const
const MAX_PEOPLE = 50_000
// However often a room says that something was changed, and longer where the lists are long.
const PAUSE_MS = 1_000
const PAUSE_MS_EACH = 0.1
// For what we were not told.
const REFRESH_MS = 900_000

/**
 * Rooms tell their lists to admins and owners, and those of a members-only room where addresses are no secret to each
 * member (XEP-0045 §9.5); who may ask for them is told of changes too, also of those who are not in the room.
 */
export function createAffiliations ({ room, connection, onKnown, log }: AffiliationsOptions): Affiliations {
  const retry = createBackoff({ minMs: 5_000, maxMs: REFRESH_MS })
  let known: ReadonlyMap<BareJid, Affiliation> | undefined
  let own: string | undefined
  let isInside = false
  let phase: 'idle' | 'asking' | 'resting' = 'idle'
  let isStale = false
  /** Answers to who asked before we left say nothing of now. */
  let visit = 0
  let timer: NodeJS.Timeout | undefined
  let said: string | undefined

  function learned (lists: typeof known): void {
    const isNews = lists !== undefined || known !== undefined
    known = lists
    if (isNews) onKnown()
  }

  function stop (): void {
    visit += 1
    clearTimeout(timer)
    phase = 'idle'
    learned(undefined)
  }

  function after (ms: number, act: () => void): void {
    clearTimeout(timer)
    timer = setTimeout(act, ms).unref()
  }

  function ask (): void {
    clearTimeout(timer)
    phase = 'asking'
    isStale = false
    const mine = visit
    askAll().then(({ people, count, isWhole }) => {
      if (mine !== visit) return
      if (isWhole) retry.reset()
      phase = 'resting'
      after(PAUSE_MS + Math.floor(count * PAUSE_MS_EACH), () => {
        phase = 'idle'
        if (isStale) ask()
        else after(isWhole ? REFRESH_MS : retry.next(), ask)
      })
      learned(people)
    }).catch((error: unknown) => { log.error({ err: error }, 'the affiliations of the room cannot be read') })
  }

  async function askAll (): Promise<{ people: typeof known, count: number, isWhole: boolean }> {
    const lists = await Promise.all(LISTS.map(askOne))
    const told = lists.filter(list => list instanceof Map)
    const count = told.reduce((sum, { size }) => sum + size, 0)
    if (count > MAX_PEOPLE) log.warn({ count }, 'the room has more affiliations than can be kept; they count as unknown')
    say(LISTS.filter((_, n) => lists[n] instanceof Map).join(', '))
    const isKnown = told.length > 0 && count <= MAX_PEOPLE
    const people = isKnown ? new Map(told.flatMap(list => [...list])) : undefined
    return { people, count, isWhole: !lists.includes('failed') }
  }

  /** What an operator needs to see why members cannot read. */
  function say (lists: string): void {
    if (lists !== said) log.info({ lists }, lists === '' ? 'the room tells us none of its affiliation lists' : 'the room tells us affiliation lists')
    said = lists
  }

  async function askOne (affiliation: Affiliation): Promise<Map<BareJid, Affiliation> | 'refused' | 'failed'> {
    try {
      const list = parseAffiliationList(await connection.request(buildAffiliationRequest(room, affiliation)), affiliation)
      // One too long for our stream comes without its content.
      return list === undefined ? 'failed' : new Map(list.map(jid => [jid, affiliation]))
    } catch (error) {
      if (error instanceof StanzaError && error.type !== 'wait') return 'refused'
      log.debug({ affiliation, problem: messageOf(error) }, 'the room does not tell an affiliation list')
      return 'failed'
    }
  }

  function changed (): void {
    if (!isInside || !isAffiliated(own)) return
    if (phase === 'idle') ask()
    else isStale = true
  }

  return {
    get known () { return known },
    changed,
    inside (as = own) {
      const isNews = !isInside || as !== own
      isInside = true
      own = as
      if (!isAffiliated(own)) stop()
      else if (isNews) changed()
    },
    outside () {
      isInside = false
      stop()
    }
  }
}

// Nobody else is told any list.
function isAffiliated (own: string | undefined): boolean {
  return own === 'owner' || own === 'admin' || own === 'member'
}
