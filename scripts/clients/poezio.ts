import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openPane } from './pane.ts'
import { readScreen, withoutEmptyLines } from './screen.ts'
import type { ClientVisit } from './visit.ts'

const BACK = 1_000

/** Joins, is told that the room is logged, hears what is said, and pages back a thousand messages, which it fetches by the way. */
export const visitWithPoezio: ClientVisit = async ({ server, mirror, alice, room, home, talk, pagesFor, tell }) => {
  const past = (await talk()).filter(({ body }) => body.startsWith('message '))
  mkdirSync(join(home, '.config/poezio'), { recursive: true })
  writeFileSync(join(home, '.config/poezio/poezio.cfg'), `[Poezio]
jid = bob@localhost/poezio
password = bob
custom_host = ${server.host}
custom_port = ${server.c2sPort}
force_encryption = false
default_nick = Visitor
rooms = ${mirror}/Visitor
use_remote_bookmarks = false
`)
  const pane = openPane('poezio', home)
  try {
    await pane.waitFor('Your JID is')
    pane.press('M-1')
    await pane.waitFor('publicly logged')
    await pane.waitFor(past.at(-1)?.body ?? '')
    await alice.say(room, 'said while poezio is here')
    const joined = await pane.waitFor('said while poezio is here')
    tell(withoutEmptyLines(joined))

    const seen = new Map<number, string>()
    const oldestWanted = past.length - BACK
    for (let screen = joined; ;) {
      for (const { n, time } of readScreen(screen)) seen.set(n, time.slice(-8))
      if (seen.has(oldestWanted)) break
      const before = screen
      pane.press('PPage')
      // Half of it may yet be the one before.
      screen = await pane.waitFor(now => now !== before && hasEachOnceAndInOrder(now))
    }
    tell(withoutEmptyLines(pane.text()))
    tell(`paged back over ${seen.size} messages, with ${pagesFor('bob@localhost/poezio')} pages of the archive`)
    assert.deepEqual(
      [...seen].filter(([n]) => n >= oldestWanted).sort(([a], [b]) => a - b),
      past.slice(oldestWanted - 1).map(({ time, body }) => [Number(body.split(' ')[1]), time.slice(11, 19)]))
  } finally {
    pane.close()
  }
}

function hasEachOnceAndInOrder (screen: string): boolean {
  const shown = readScreen(screen)
  return shown.every(({ n }, index) => n === (shown[0]?.n ?? 0) + index)
}
