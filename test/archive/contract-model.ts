import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RoomJid } from '../../src/model/address.ts'
import { dayOf } from '../../src/model/day.ts'
import { hasCode } from '../../src/model/errors.ts'
import type { Stream } from '../../src/model/event.ts'
import type { Gap } from '../../src/model/gap.ts'
import type { ArchiveStore, Page, Revise } from '../../src/archive/store.ts'
import { createModel } from './model-store.ts'
import { at, join, message } from './sample-events.ts'
import type { Contract } from './store-contract.ts'
import { allChanges } from './store-under-test.ts'

const ROOMS = ['a@x', 'ab@x', '_a@x'] as RoomJid[]
const NICKS = ['alice', 'Alice', 'a\u0301', '']

// Few rooms, nicks, uids and seconds over four days, so that everything collides with everything.
const room = fc.constantFrom(...ROOMS)
const nick = fc.constantFrom(...NICKS)
const uid = fc.integer({ min: 0, max: 60 }).map(n => `u${n}`)
const seconds = fc.oneof(fc.integer({ min: 0, max: 30 }).map(n => n / 5), fc.integer({ min: 0, max: 40 }).map(n => n * 8640))
const stream = fc.constantFrom<Stream>('talk', 'presence')
const ids = fc.record(Object.fromEntries((['message', 'replaces', 'retracts', 'reactsTo', 'repliesTo', 'appliesTo'] as const)
  .map(field => [field, fc.constantFrom('i', 'I', '')])), { requiredKeys: [] })
const event = fc.record({ room, nick, uid, seconds, stream, ids })
  .map(({ room, nick, uid, seconds, stream, ids }) => stream === 'talk' ? message(seconds, { room, nick, uid, ...ids }) : join(seconds, { room, nick, uid }))

const gapParts = fc.record({ room, from: seconds, length: fc.option(seconds), isFilled: fc.boolean() })
const gap = gapParts.map(({ room, from, length, isFilled }): Gap => ({
  room,
  from: at(from),
  cause: 'killed',
  ...(length === null ? {} : { to: at(from + length) }),
  ...(isFilled ? { filled: at(1e6) } : {})
}))

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('append' as const), events: fc.array(event, { maxLength: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('revise' as const, 'scrub' as const), room, uid, nick, body: fc.string(), ids }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('gaps' as const), gaps: fc.array(gap, { maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('purge' as const), room, seconds, only: fc.option(stream, { nil: undefined }) }) }
)
const question = fc.record({
  stream,
  limit: fc.integer({ min: 0, max: 9 }),
  reverse: fc.boolean(),
  start: fc.option(seconds.map(at), { nil: undefined }),
  end: fc.option(seconds.map(at), { nil: undefined }),
  nick: fc.option(nick, { nil: undefined }),
  after: fc.option(uid, { nil: undefined }),
  before: fc.option(uid, { nil: undefined })
})

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } &
  { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> }

function defined<T extends object> (fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>
}

async function pageOrNotFound (page: Promise<Page>): Promise<Page | undefined> {
  return page.catch((error: unknown) => {
    if (hasCode(error, 'ERR_ITEM_NOT_FOUND')) return undefined
    throw error
  })
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never
type Model = ReturnType<typeof createModel>

async function take (store: ArchiveStore, model: Model, todo: Step): Promise<void> {
  switch (todo.type) {
    case 'append':
      assert.deepEqual(await store.append(todo.events), todo.events.map(event => model.append(event)))
      break
    case 'revise':
    case 'scrub': {
      const known = model.get(todo.room, todo.uid)
      const change: Revise = ({ message, replaces, retracts, reactsTo, repliesTo, appliesTo, ...event }) =>
        ({ ...event, ...(event.kind === 'message' ? todo.ids : {}), nick: todo.nick, body: todo.body, removed: { by: 'author' as const, time: event.time } })
      const changed = known && change(known)
      const forms = todo.type === 'revise'
        ? [await store.revise(todo.room, todo.uid, change)]
        : [(await store.scrub(todo.room, [todo.uid, todo.uid], change))[0]]
      assert.deepEqual(forms, [changed])
      if (changed !== undefined) model.replace(changed)
      break
    }
    case 'gaps':
      await store.putGaps(todo.gaps)
      model.putGaps(todo.gaps)
      break
    case 'purge':
      assert.equal(await store.purge(todo.room, at(todo.seconds), todo.only), model.purge(todo.room, at(todo.seconds), todo.only))
  }
}

async function compare (store: ArchiveStore, model: Model, room: RoomJid, asked: Question): Promise<void> {
  const { limit, reverse, after, before, ...range } = asked
  const query = defined(range)
  const { nick } = asked
  const pageQuery = defined({ ...range, limit, reverse, after, before })
  assert.deepEqual(await pageOrNotFound(store.page(room, pageQuery)), model.page(room, pageQuery))
  assert.equal(await store.count(room, query), model.count(room, query))
  const time = query.start ?? at(3)
  assert.equal(await store.rank(room, query.stream, time), model.rank(room, query.stream, time))
  if (after !== undefined) assert.deepEqual(await store.get(room, after), model.get(room, after))
  const wanted = nick === undefined ? ['i'] : ['I', '', 'none']
  assert.deepEqual(await store.named(room, wanted), model.named(room, wanted))
  assert.deepEqual(await store.referring(room, wanted), model.referring(room, wanted))
  const gapsQuery = { ...defined({ start: query.start, end: query.end }), holesOnly: reverse }
  assert.deepEqual(await store.gaps(room, gapsQuery), model.gaps(room, gapsQuery))
  assert.equal(await store.lastTime(room), model.lastTime(room))
  const days = await store.days(room, { reverse })
  assert.deepEqual(days.map(({ day }) => day), reverse ? model.days(room).reverse() : model.days(room))
  for (const { revision, ...line } of days) assert.deepEqual(line, model.day(room, line.day))
  const day = dayOf(time)
  const line = await store.day(room, day)
  const expected = model.day(room, day)
  assert.deepEqual(line, expected === undefined ? undefined : { ...expected, revision: line?.revision })
}

async function compareAll (store: ArchiveStore, model: Model): Promise<void> {
  assert.deepEqual(await store.rooms(), model.rooms())
  const last = new Map((await allChanges(store)).map(({ id, event }) => [id, event]))
  const left = [...last.values()].filter(event => event !== undefined)
  const byId = (a: { _id: string }, b: { _id: string }): number => a._id < b._id ? -1 : 1
  assert.deepEqual(left.sort(byId), [...model.all()].sort(byId))
}

export function modelContract ({ driver, place }: Contract): void {
  test('answers as a plain list would, whatever is appended, replaced and purged', async t => {
    const scenario = fc.record({ steps: fc.array(step, { maxLength: 12 }), first: question, more: fc.array(question, { maxLength: 3 }) })
    await fc.assert(fc.asyncProperty(scenario, async ({ steps, first, more }) => {
      const here = place(t)
      const store = await driver.open(here)
      const model = createModel()
      try {
        for (const todo of steps) {
          await take(store, model, todo)
          for (const room of ROOMS) await compare(store, model, room, first)
        }
        for (const room of ROOMS) for (const asked of more) await compare(store, model, room, asked)
        await compareAll(store, model)
      } finally {
        await store.close()
        await driver.dispose(here)
      }
    }), { numRuns: driver.propertyRuns })
  })
}
