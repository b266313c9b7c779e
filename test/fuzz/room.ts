import { mock } from 'node:test'
import fc from 'fast-check'
import type { Element } from '../../src/xmpp/element.ts'
import { session, write } from './mutation.ts'
import { openReadStream } from './streaming.ts'
import { createWorld } from './world.ts'
import type { World } from './world.ts'

const ARCHIVED = 5
const weather = fc.record({
  hasArchive: fc.boolean(),
  isCut: fc.boolean(),
  pauses: fc.array(fc.nat({ max: 700 }), { minLength: 1, maxLength: 8 })
})
type Weather = typeof weather extends fc.Arbitrary<infer T> ? T : never

/**
 * One room lives through all of it, again and again put out, cut off, and with more said meanwhile. In the first half it is
 * destroyed too; in the second it gets old, so that what piles up in it shows.
 */
export function room (onStanza: (stanza: Element) => void, numRuns: number): fc.IAsyncPropertyWithHooks<[Element[], Weather]> {
  mock.timers.enable({ apis: ['setTimeout'] })
  let world: World | undefined
  let ids = 0
  let runs = 0

  async function enter (): Promise<World> {
    world ??= createWorld()
    for (let tries = 0; tries < 20 && world.status.state !== 'joined'; tries++) await world.pass(60_000)
    if (world.status.state === 'joined') return world
    // Destroyed: it does not come back by itself.
    await world.stop()
    world = undefined
    return enter()
  }

  return fc.asyncProperty(session, weather, async (stanzas, { hasArchive, isCut, pauses }) => {
    const isYoung = (runs += 1) < numRuns / 2
    const before = await enter()
    before.hasArchive = hasArchive
    const at = Date.UTC(2026, 10, 21) * 1000 + ids * 1_000_000
    before.archive.items.length = 0
    for (const stanza of stanzas.slice(0, ARCHIVED)) {
      before.archive.items.push({ id: `archived-${ids}`, at: at + ids, stanza: String(heard(stanza, isYoung) ?? '<message/>') })
      ids += 1
    }
    if (isCut) before.cut()
    const inside = await enter()
    for (const [n, stanza] of stanzas.entries()) {
      onStanza(stanza)
      const read = heard(stanza, isYoung)
      if (read !== undefined) inside.receive(read)
      if (n % 10 === 9) await inside.pass(pauses[n % pauses.length] ?? 0)
    }
  })
}

/** The stanza as it comes out of a stream; undefined when it would break it, or is not for now. */
function heard (stanza: Element, isYoung: boolean): Element | undefined {
  const stream = openReadStream()
  stream.write(write(stanza))
  const [read, another] = stream.read
  return stream.end === undefined && read !== undefined && another === undefined && (isYoung || isHarmless(read)) ? read : undefined
}

/** It neither ends the room nor is so long that it shows in the memory while it is remembered. */
function isHarmless (stanza: Element): boolean {
  const text = String(stanza)
  return text.length < 20_000 && !text.includes('<destroy')
}
