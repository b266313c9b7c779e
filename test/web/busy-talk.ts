import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { PublishedRoom } from '../../src/access/can-read.ts'
import type { Day } from '../../src/model/day.ts'
import type { EventKind, RoomEvent } from '../../src/model/event.ts'
import { happened } from './site-under-test.ts'

interface Line {
  readonly kind: EventKind
  readonly nick: string
  readonly body?: string
  readonly new_nick?: string
}

const FILE = new URL('../fixtures/duraspace-busy.jsonl.gz', import.meta.url)
const FROM_SECONDS = 6 * 3_600
const SECONDS = 17.5 * 3_600

/** A day on which so many messages were said, of real talk in its order, comings and goings between; over most of the day. */
export function busyDay (room: PublishedRoom, day: Day, messages: number): RoomEvent[] {
  const lines: Line[] = []
  let left = messages
  for (const line of talk()) {
    if (left === 0) break
    if (line.kind === 'message') left--
    lines.push(line)
  }
  if (left > 0) throw new Error(`The fixture has not enough messages for a day of ${messages}`)
  return lines.map(({ kind, nick, body, new_nick: newNick }, n) => {
    const millis = Math.round((FROM_SECONDS + SECONDS * n / lines.length) * 1000)
    const time = new Date(Date.parse(`${day}T00:00:00Z`) + millis).toISOString().slice(0, 23)
    return happened(room, time, kind, nick, {
      ...(kind === 'message' ? { body: body ?? '' } : {}), ...(newNick === undefined ? {} : { newNick })
    })
  })
}

let lines: readonly Line[] | undefined

function talk (): readonly Line[] {
  lines ??= gunzipSync(readFileSync(FILE)).toString().trimEnd().split('\n').map(line => JSON.parse(line) as Line)
  return lines
}
