import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { child, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { buildRsm, parseRsmResult } from '../../src/xmpp/rsm.ts'
import { startNumberedTalk } from '../servers/numbered-talk.ts'
import { connectTalker } from '../servers/talker.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import { openStage, seeArchiveIn, SERVERS } from './stage.ts'

const ROOM = 'lounge@conference.localhost'
const ARCHIVE = 'lounge\\40conference.localhost@logs.localhost'
const RATE = 100
const HEAD_START = 200
const PAGE = 25
const WALKS = 4
const MOST_PAGES = 100

for (const { name, start } of SERVERS) {
  describe(`a room on ${name} in which ${RATE} messages a second are said`, { skip: requireServer(name) }, () => {
    test('is walked by its archive without skip and repeat, and each walk comes to an end', { timeout: 180_000 }, async () => {
      const server = await start()
      const alice = await connectTalker(server, 'alice')
      await alice.join(ROOM, 'alice')
      const stage = await openStage(server)
      const talk = await startNumberedTalk({ server, user: 'carol', room: ROOM, rate: RATE, count: Infinity, hasArchive: true })
      try {
        await seeArchiveIn(ROOM, alice)
        await talk.reached(HEAD_START)
        const bob = await stage.talker('bob')
        const found: string[] = []
        const during: number[] = []
        for (let walk = 0; walk < WALKS; walk++) {
          const saidBefore = talk.said.length
          await walkToEnd(bob, found)
          during.push(talk.said.length - saidBefore)
          await talk.reached(talk.said.length + PAGE)
        }
        assert.ok(during.some(said => said > 0), 'nothing was said during the walks')
        await talk.stop()

        const last = talk.said.at(-1)?.id ?? assert.fail('the room gives no ids')
        while (!found.includes(last)) await walkToEnd(bob, found)
        const recorded = (await stage.record()).filter(({ kind }) => kind === 'message').map(({ uid }) => uid)
        // What was under way when the talk ended may have come after the last page.
        assert.deepEqual(found, recorded.slice(0, found.length))
        assert.deepEqual(talk.said.map(({ id }) => id), found.slice(0, talk.said.length))
      } finally {
        await talk.stop()
        await alice.stop()
        await stage.stop()
        await server.stop()
      }
    })
  })
}

let queries = 0

/** From behind the last that was found to the end: each page goes on where the one before ended, and says so. */
async function walkToEnd (walker: Talker, found: string[]): Promise<void> {
  for (let pages = 1; ; pages++) {
    assert.ok(pages <= MOST_PAGES, 'the walk does not end')
    const queryid = `walk-${++queries}`
    const after = found.at(-1)
    const from = walker.received().length
    const answer = await walker.request(xml('iq', { type: 'set', to: ARCHIVE },
      xml('query', { xmlns: NS.MAM, queryid }, buildRsm({ max: PAGE, ...(after === undefined ? {} : { after }) }))))
    const page = walker.received().slice(from).flatMap(stanza => {
      const result = child(stanza, 'result', NS.MAM)
      return result?.attrs['queryid'] === queryid ? [result.attrs['id'] ?? ''] : []
    })
    const fin = child(answer, 'fin', NS.MAM) as Element
    const { first, last, index, count = 0 } = parseRsmResult(fin)
    const isComplete = fin.attrs['complete'] === 'true'
    // Short of its size, and yet not the last, is a page only while something heard waits for its place.
    assert.ok(isComplete || page.length === PAGE || fin.attrs['stable'] === 'false', 'a page that is not the last is full')
    assert.deepEqual([first, last], [page[0], page.at(-1)])
    if (page.length > 0) assert.equal(index, found.length)
    found.push(...page)
    assert.ok(count >= found.length)
    if (isComplete) return
  }
}
