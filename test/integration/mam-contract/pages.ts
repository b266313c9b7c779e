import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { formatTime, toMicros } from '../../../src/model/archive-time.ts'
import type { ArchivedEvent } from '../../../src/model/event.ts'
import { ask, at, escaped, field, queryXml, refusal, walk } from './stage.ts'
import type { Answered, Asked, ContractStage } from './stage.ts'

const uidsOf = (pages: readonly Answered[]): string[] => pages.flatMap(({ uids }) => uids)

/** Filters under which exactly u0 to u4 of the room match, and those of the room that stand in their way. */
const FIVE: ReadonlyArray<readonly [string, string]> = [
  ['time', field('start', at(0)) + field('end', at(4))],
  ['a nick', field('with', 'talk@conference.localhost/alice')],
  ['a nick in a time', field('with', 'talk@conference.localhost/alice') + field('start', at(0))],
  ['a text', field('{urn:xmpp:fulltext:0}fulltext', 'apple')],
  ['a text by a nick', field('fulltext', 'apple') + field('with', 'talk@conference.localhost/alice')],
  ['an id to stop before', field('before-id', 'u5')],
  ['ids', field('ids', 'u4', 'u1', 'u0', 'u3', 'u2')]
]

// Any string is an id that may be asked for.
const UNKNOWN = ['nobody', ' ', '00000000-0000-4000-8000-000000000000', '-1', '18446744073709551616', "it's <\"&>", '漢字 🎉', 'x'.repeat(3000)]

export function testPages (stage: () => ContractStage): void {
  describe('pages', () => {
    const talk = (asked: Asked) => ask(stage().alice, stage().archive('talk'), asked)
    let events: ArchivedEvent[] = []

    before(async () => {
      events = await stage().fill('talk', Array.from({ length: 9 }, (_, n) => n < 5 ? { nick: 'alice' } : { nick: 'bob', body: `pear ${n}` }))
      await stage().fill('many', Array.from({ length: 260 }, (_, n) => ({ uid: `id <${n}> & 'more'` })))
    })

    for (const name of ['after', 'before'] as const) {
      test(`R-31: an unknown id in ${name} is item-not-found, whatever it looks like`, async () => {
        for (const uid of UNKNOWN) {
          const { condition, type } = await refusal(stage().alice, stage().archive('talk'), queryXml({ set: `<${name}>${escaped(uid)}</${name}>` }))
          assert.deepEqual([condition, type], ['item-not-found', 'cancel'], uid)
        }
      })
    }

    for (const name of ['after-id', 'before-id', 'ids']) {
      test(`R-31: an unknown id in the field ${name} is item-not-found, also beside ones that are known`, async () => {
        for (const values of [...UNKNOWN.map(uid => [uid]), ...(name === 'ids' ? [['u0', 'nobody']] : [])]) {
          const { condition, type } = await refusal(stage().alice, stage().archive('talk'), queryXml({ form: field(name, ...values) }))
          assert.deepEqual([condition, type], ['item-not-found', 'cancel'], values.join())
        }
      })
    }

    test('R-31: an id of another room is unknown here', async () => {
      assert.equal((await refusal(stage().alice, stage().archive('talk'), queryXml({ set: "<after>id &lt;1&gt; &amp; 'more'</after>" }))).condition, 'item-not-found')
    })

    for (const [name, form] of FIVE) {
      for (const isBackward of [false, true]) {
        test(`R-36, R-37: of five that match ${name}, pages of 4, 5 and 6 ${isBackward ? 'back' : 'on'} are complete exactly when nothing is left, with the whole count`, async () => {
          for (const [max, isComplete] of [[4, false], [5, true], [6, true]] as const) {
            const page = await talk({ form, set: `<max>${max}</max>${isBackward ? '<before/>' : ''}` })
            assert.deepEqual([page.uids.length, page.isComplete, page.rsm.count], [Math.min(max, 5), isComplete, 5])
          }
          for (const max of [1, 2, 4, 5]) {
            const pages = await walk(stage().alice, stage().archive('talk'), max, isBackward, form)
            assert.deepEqual(uidsOf(pages), ['u0', 'u1', 'u2', 'u3', 'u4'])
            assert.deepEqual(pages.map(({ rsm }) => rsm.count), pages.map(() => 5), 'the count is of the whole, on each page')
          }
        })
      }

      test(`R-38: a maximum of 0 tells how many match ${name}, sends none, and is not complete`, async () => {
        for (const edge of ['', '<before/>', '<after>u3</after>']) {
          const { uids, rsm, isComplete } = await talk({ form, set: `<max>0</max>${edge}` })
          assert.deepEqual([uids, rsm, isComplete], [[], { count: 5 }, false], edge)
        }
      })
    }

    test('R-38: a maximum of 0 of what is empty is complete', async () => {
      const { rsm, isComplete } = await talk({ form: field('start', at(100)), set: '<max>0</max>' })
      assert.deepEqual([rsm, isComplete], [{ count: 0 }, true])
    })

    test('R-35: there is a set also where nothing is found, without first and last', async () => {
      for (const asked of [{ form: field('start', at(100)) }, { set: '<after>u8</after>' }, { set: '<before>u0</before>' }, { form: field('ids', 'u0') + field('start', at(5)) }]) {
        const { uids, rsm, isComplete } = await talk(asked)
        assert.deepEqual([uids, rsm.first, rsm.last, isComplete], [[], undefined, undefined, true])
      }
      const { rsm } = await ask(stage().alice, stage().archive('empty'))
      assert.deepEqual(rsm, { count: 0 })
    })

    test('R-35: a query for ids has a set with first and last', async () => {
      const { rsm, isComplete } = await talk({ form: field('ids', 'u7', 'u2') })
      assert.deepEqual([rsm.first, rsm.last, rsm.count, isComplete], ['u2', 'u7', 2, true])
    })

    test('R-39: a page has 50 without a maximum, and 250 at most; more is not refused', async () => {
      for (const [set, length] of [[undefined, 50], ['', 50], ['<max>250</max>', 250], ['<max>251</max>', 250], ['<max>100000000000000000000</max>', 250]] as const) {
        const page = await ask(stage().alice, stage().archive('many'), set === undefined ? {} : { set })
        assert.deepEqual([page.uids.length, page.isComplete, page.rsm.count], [length, false, 260], set)
      }
    })

    test('R-33, R-54: a walk through many pages, either way, meets each message once, and tells where in the whole it is', async () => {
      const wanted = Array.from({ length: 260 }, (_, n) => `id <${n}> & 'more'`)
      for (const isBackward of [false, true]) assert.deepEqual(uidsOf(await walk(stage().alice, stage().archive('many'), 70, isBackward)), wanted)
      const pages = await walk(stage().alice, stage().archive('many'), 100, false)
      assert.deepEqual(pages.map(({ rsm }) => rsm.index), [0, 100, 200])
    })

    test('R-40: start and end include what stands exactly there, in every way a time may be written', async () => {
      const written = [at(3), '2026-08-21T09:00:03Z', '2026-08-21T09:00:03.0Z', '2026-08-21T09:00:03.000000000Z', '2026-08-21T11:00:03+02:00', '2026-08-21T05:30:03.000000-03:30']
      for (const time of written) {
        assert.deepEqual((await talk({ form: field('start', time) + field('end', time) })).uids, ['u3'], time)
      }
      assert.deepEqual((await talk({ form: field('start', '2026-08-21T09:00:03.000001Z') + field('end', '2026-08-21T09:00:05.999999Z') })).uids, ['u4', 'u5'])
    })

    test('R-40: a message is found again by the stamp it was sent with', async () => {
      const { uids, stamps } = await talk({})
      for (const [n, stamp] of stamps.entries()) {
        assert.deepEqual((await talk({ form: field('start', stamp) + field('end', stamp) })).uids, [uids[n]])
      }
    })

    test('R-41: messages of one millisecond have one order, and a page may end among them', async () => {
      const same = Array.from({ length: 7 }, (_, n) => ({ time: at(10), uid: `same${n}` }))
      const placed = await stage().fill('crowded', same)
      assert.deepEqual(placed.map(({ time }) => time), placed.map((_, n) => formatTime(toMicros(at(10)) + n)))
      for (const max of [1, 2, 3, 6]) {
        for (const isBackward of [false, true]) {
          assert.deepEqual(uidsOf(await walk(stage().alice, stage().archive('crowded'), max, isBackward)), same.map(({ uid }) => uid))
        }
      }
    })

    test('R-42: what is found out later stands where it was said, for walks and for times', async () => {
      await stage().fill('late', [{ uid: 'a', time: at(0) }, { uid: 'd', time: at(30) }])
      await stage().fill('late', [{ uid: 'c', time: at(20) }, { uid: 'b', time: at(10) }])
      const archive = stage().archive('late')
      for (const isBackward of [false, true]) assert.deepEqual(uidsOf(await walk(stage().alice, archive, 1, isBackward)), ['a', 'b', 'c', 'd'])
      assert.deepEqual((await ask(stage().alice, archive, { form: field('start', at(5)) + field('end', at(25)) })).uids, ['b', 'c'])
      assert.deepEqual((await ask(stage().alice, archive, { form: field('after-id', 'a') + field('before-id', 'd') })).uids, ['b', 'c'])
    })

    test('R-43: an empty before is the last page, in the order of the archive; flip-page turns round only the sending', async () => {
      const plain = await talk({ set: '<max>3</max><before/>' })
      assert.deepEqual([plain.uids, plain.rsm.first, plain.rsm.last], [['u6', 'u7', 'u8'], 'u6', 'u8'])
      const flipped = await talk({ set: '<max>3</max><before/>', other: '<flip-page/>' })
      assert.deepEqual([flipped.uids, flipped.rsm], [['u8', 'u7', 'u6'], plain.rsm])
      const forward = await talk({ set: '<max>3</max><after>u1</after>', other: '<flip-page/>' })
      assert.deepEqual([forward.uids, forward.rsm.first, forward.rsm.last, forward.isComplete], [['u4', 'u3', 'u2'], 'u2', 'u4', false])
    })

    test('R-44: before and after together are what lies between, from its newer end', async () => {
      const between = await talk({ set: '<max>2</max><after>u1</after><before>u6</before>' })
      assert.deepEqual([between.uids, between.isComplete], [['u4', 'u5'], false])
      const all = await talk({ set: '<max>4</max><after>u1</after><before>u6</before>' })
      assert.deepEqual([all.uids, all.isComplete], [['u2', 'u3', 'u4', 'u5'], true])
      const none = await talk({ set: '<max>2</max><after>u6</after><before>u1</before>' })
      assert.deepEqual([none.uids, none.isComplete], [[], true])
      assert.deepEqual((await talk({ set: '<max>2</max><after>u1</after><before/>' })).uids, ['u7', 'u8'])
    })

    test('R-45: after of the page and after-id of the form hold both, whichever is farther', async () => {
      assert.deepEqual((await talk({ form: field('after-id', 'u2'), set: '<after>u5</after>' })).uids, ['u6', 'u7', 'u8'])
      assert.deepEqual((await talk({ form: field('after-id', 'u5'), set: '<after>u2</after>' })).uids, ['u6', 'u7', 'u8'])
      assert.deepEqual((await talk({ form: field('before-id', 'u3'), set: '<before>u6</before>' })).uids, ['u0', 'u1', 'u2'])
    })

    test('fields for ids do not say in which direction', async () => {
      assert.deepEqual((await talk({ form: field('before-id', 'u6'), set: '<max>2</max>' })).uids, ['u0', 'u1'])
      assert.deepEqual((await talk({ form: field('after-id', 'u2'), set: '<max>2</max><before/>' })).uids, ['u7', 'u8'])
    })

    test('R-46: a message that does not match is a good place to go on from', async () => {
      for (const form of FIVE.slice(0, 5).map(([, form]) => form)) {
        assert.deepEqual((await talk({ form, set: '<before>u7</before><max>2</max>' })).uids, ['u3', 'u4'])
        assert.deepEqual((await talk({ form, set: '<after>u7</after>' })).uids, [])
      }
      assert.deepEqual((await talk({ form: field('fulltext', 'pear'), set: '<after>u1</after><max>1</max>' })).uids, ['u5'])
      assert.deepEqual((await talk({ form: field('ids', 'u1', 'u7'), set: '<after>u4</after>' })).uids, ['u7'])
    })

    test('R-47: paging by index is refused', async () => {
      const { condition, type } = await refusal(stage().alice, stage().archive('talk'), queryXml({ set: '<max>2</max><index>2</index>' }))
      assert.deepEqual([condition, type], ['feature-not-implemented', 'cancel'])
    })

    test('R-54: a walk ends and misses nothing while people talk on', async () => {
      const { alice } = stage()
      const archive = stage().archive('growing')
      await stage().fill('growing', Array.from({ length: 10 }, (_, n) => ({ uid: `old${n}`, time: at(n) })))
      const met: string[] = []
      for (let after = '', n = 0; ;n++) {
        const page = await ask(alice, archive, { set: `<max>3</max>${after}` })
        met.push(...page.uids)
        if (page.isComplete) break
        after = `<after>${page.rsm.last ?? ''}</after>`
        if (n < 3) await stage().fill('growing', [{ uid: `new${n}`, time: at(100 + n) }])
      }
      assert.deepEqual(met, [...Array.from({ length: 10 }, (_, n) => `old${n}`), 'new0', 'new1', 'new2'])
      const newest = await ask(alice, archive, { set: '<max>2</max><before/>' })
      await stage().fill('growing', [{ uid: 'newer', time: at(200) }])
      assert.deepEqual((await ask(alice, archive, { set: `<max>2</max><before>${newest.rsm.first ?? ''}</before>` })).uids, ['old9', 'new0'])
    })

    test('R-52: with takes the archive, the room, or a nick in either; of nobody there is nothing', async () => {
      const all = events.map(({ uid }) => uid)
      for (const name of [stage().archive('talk'), 'talk@conference.localhost', 'TALK@Conference.localhost']) {
        assert.deepEqual((await talk({ form: field('with', name) })).uids, all, name)
        assert.deepEqual((await talk({ form: field('with', `${name}/bob`) })).uids, all.slice(5), name)
        for (const nick of ['Bob', 'bo', 'bobby', 'nobody']) assert.deepEqual((await talk({ form: field('with', `${name}/${nick}`) })).uids, [])
      }
    })

    test('full text: every name of the field, a text that comes to nothing, and all other conditions with it', async () => {
      for (const name of ['{urn:xmpp:fulltext:0}fulltext', 'fulltext', 'full-text-search', 'withtext']) {
        assert.deepEqual((await talk({ form: field(name, 'pear') })).uids, ['u5', 'u6', 'u7', 'u8'], name)
      }
      assert.deepEqual((await talk({ form: field('fulltext', '…') })).rsm, { count: 0 })
      assert.deepEqual((await talk({ form: field('fulltext', 'pear') + field('ids', 'u1', 'u6') })).uids, ['u6'])
      assert.deepEqual((await talk({ form: field('fulltext', 'pear') + field('start', at(6)) + field('before-id', 'u8') })).uids, ['u6', 'u7'])
    })

    test('what a query has beside all that is passed over', async () => {
      const page = await talk({ other: "<order xmlns='urn:xmpp:order-by:1' field='x'/><flip-page xmlns='urn:example'/>" })
      assert.deepEqual(page.uids, events.map(({ uid }) => uid))
    })
  })
}
