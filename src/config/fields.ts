import { isIP } from 'node:net'
import { z } from 'zod'
import { bareOf, parseJid, parseRoomJid, tryParseJid } from '../model/address.ts'
import { formatTime, parseDateTime } from '../model/archive-time.ts'
import type { ArchiveTime } from '../model/archive-time.ts'
import { dayBounds, parseDay } from '../model/day.ts'
import { messageOf } from '../model/errors.ts'

// The error of a field is what is expected there; problems that explain themselves begin with «Cannot».

export const SLUG = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/

/** Words that the site's addresses and the search's `in:` use themselves. */
export const RESERVED_SLUGS: readonly string[] = ['all', 'first', 'latest', 'live', 'm', 'r', 'search', 'static', 'stats', 'today']

const ONE_LINE = /^[^\p{Cc}]*$/u
const MAX_NICK_BYTES = 1023
const NICK = `a name of at most ${MAX_NICK_BYTES} bytes, without control characters`

export const line = (expected: string) => z.string(expected).trim().min(1, expected).regex(ONE_LINE, expected)

export const paragraph = z.string('text').trim()

export const path = line('a path of a file')

/** Kept as it is, spaces included; never repeated in a message. */
export const secret = z.string('text; put it in quotes').min(1, 'at least one character').meta({ secret: true })

// An environment variable is always text, so texts of a number or a truth value are taken as what they say.
export const wholeNumber = (least: number, most: number) => {
  const expected = `a whole number from ${least} to ${most}`
  return z.preprocess(
    value => typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
    z.int(expected).min(least, expected).max(most, expected)
  )
}

export const truth = z.preprocess(
  value => value === 'true' ? true : value === 'false' ? false : value,
  z.boolean('true or false')
)

export const domain = converted(line('a domain such as logs.example.org'), text => {
  const jid = tryParseJid(text)
  if (jid === undefined || jid.local !== '' || jid.resource !== '') {
    throw new Error(`Cannot use "${text}": expected only a domain such as logs.example.org, without user, port and path`)
  }
  return bareOf(jid)
})

export const account = converted(line('an address such as hansard@example.org'), text => {
  const jid = parseJid(text)
  if (jid.local === '') throw new Error(`Cannot use "${text}": it has no user, expected an address such as hansard@example.org`)
  if (jid.resource !== '') throw new Error(`Cannot use "${text}": it has a resource, expected it in xmpp.resource`)
  return bareOf(jid)
})

export const room = converted(line('an address such as room@conference.example.org'), parseRoomJid)

export const nick = line(NICK).refine(text => Buffer.byteLength(text) <= MAX_NICK_BYTES, NICK)

export const hostPort = converted(line('host:port such as 127.0.0.1:5347'), text => {
  const match = /^(?:\[([\da-f:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/i.exec(text)
  const port = Number(match?.[3])
  if (match === null || port < 1 || port > 65535) {
    throw new Error(`Cannot use "${text}": expected host:port such as 127.0.0.1:5347, with a port from 1 to 65535`)
  }
  return { host: match[1] ?? match[2] ?? '', port }
})

export const network = line('an IP address or a network such as 10.0.0.0/8').refine(text => {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  return version !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
}, 'an IP address or a network such as 10.0.0.0/8')

export const listenHost = converted(line('a host name or an IP address'), text => {
  const host = text.replace(/^\[(.*)\]$/, '$1')
  if (host.includes(':') ? isIP(host) !== 6 : /[^\p{L}\p{N}._-]/u.test(host)) {
    throw new Error(`Cannot use "${text}": expected a host name or an IP address alone, such as 127.0.0.1, or 0.0.0.0 for every interface`)
  }
  return host
})

const TIME = 'a time with its zone such as 2024-01-01T12:00:00Z'
const DAY_OR_TIME = 'a day such as 2024-01-01, or a time such as 2024-01-01T12:00:00Z'

/** XEP-0082 DateTime. */
export const time = converted(line(TIME), text => readTime(text, TIME))

/** A day stands for its first moment, in UTC. */
export const dayOrTime = converted(line(DAY_OR_TIME), text => {
  const day = parseDay(text)
  return day === undefined ? readTime(text, DAY_OR_TIME) : dayBounds(day).start
})

export const slug = line('a slug').regex(SLUG, 'letters a-z, digits, dots, hyphens and underscores, at most 64, with a letter or digit at both ends')
  .refine(text => !RESERVED_SLUGS.includes(text), `a slug other than the reserved words ${RESERVED_SLUGS.join(', ')}`)

function readTime (text: string, expected: string): ArchiveTime {
  try {
    return formatTime(parseDateTime(text))
  } catch (cause) {
    throw new Error(`Cannot use "${text.slice(0, 40)}": expected ${expected}`, { cause })
  }
}

/** A text that a function turns into a value; what the function throws is the problem. */
export function converted<T> (schema: z.ZodString, convert: (text: string) => T) {
  return schema.transform((text, context) => {
    try {
      return convert(text)
    } catch (error) {
      context.issues.push({ code: 'custom', input: text, message: messageOf(error) })
      return z.NEVER
    }
  })
}
