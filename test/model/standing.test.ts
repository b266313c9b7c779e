import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { Session } from '../../src/model/authorship.ts'
import { shift } from '../../src/model/day.ts'
import type { ArchivedEvent, RoomEvent } from '../../src/model/event.ts'
import { eventId, streamOf } from '../../src/model/event.ts'
import { idsOf, MAX_REACTIONS, standingOf } from '../../src/model/standing.ts'
import type { Outcome } from '../../src/model/standing.ts'
import { tombstoneOf } from '../../src/model/tombstone.ts'
import { message } from '../helpers/events.ts'

const START = '2026-11-21T07:00:00.000000Z' as ArchiveTime

function at (second: number): ArchiveTime {
  return shift(START, second * 1_000_000)
}

type Fields = Partial<RoomEvent> & Pick<ArchivedEvent, 'appliesTo'>

/** Said in the second that its uid names: `u3`. */
function said (uid: string, { body, ...fields }: Fields = {}): ArchivedEvent {
  const { body: _, ...event } = message({ uid, time: at(Number(uid.slice(1))), message: `m${uid.slice(1)}`, occupant: 'alice-id', ...fields })
  return { ...event, ...(body === undefined ? {} : { body }), _id: eventId(event.room, streamOf(event.kind), event.time), anchor: 't' }
}

const ORIGINAL = said('u1', { body: 'first' })
const BOB = { nick: 'bob', occupant: 'bob-id' }
const ROOM = { nick: '', occupant: undefined } as unknown as Fields
const NOBODY = { occupant: undefined } as unknown as Fields

const correction = (uid: string, body: string, fields: Fields = {}) => said(uid, { body, replaces: 'm1', ...fields })
const reaction = (uid: string, nick: string, reactions: string[], fields: Fields = {}) => said(uid, { nick, occupant: `${nick}-id`, reactsTo: 'u1', reactions, ...fields })

test('a message of which nothing was said stands as it was said', () => {
  assert.deepEqual(standingOf(ORIGINAL, []), { applied: [], corrections: [] })
})

test('the last correction by its author counts, in whatever order they come, and takes the place of all that was said', () => {
  const original = said('u1', { body: 'first', spoiler: 'hint', repliesTo: 'x' })
  const outcome = standingOf(original, [correction('u3', 'third', { language: 'de' }), correction('u2', 'second')])
  assert.deepEqual(outcome, {
    applied: ['u2', 'u3'],
    corrections: ['u2', 'u3'],
    standing: { latest: { body: 'third', language: 'de', uid: 'u3', time: at(3) }, edits: 2 }
  })
})

test('a correction may take the text away for an encrypted one, and bring it back', () => {
  const hidden = said('u2', { replaces: 'm1', encrypted: 'urn:xmpp:omemo:2' })
  assert.deepEqual(standingOf(ORIGINAL, [hidden]).standing?.latest, { encrypted: 'urn:xmpp:omemo:2', uid: 'u2', time: at(2) })
  assert.deepEqual(standingOf(said('u1', { encrypted: 'urn:xmpp:omemo:2' }), [hidden, correction('u3', 'open')]).standing?.latest,
    { body: 'open', uid: 'u3', time: at(3) })
})

test('a correction of a correction is one of the message, as is what is said of it', () => {
  const chain = [said('u2', { body: 'second', replaces: 'm1' }), said('u3', { body: 'third', replaces: 'm2' }), reaction('u4', 'bob', ['👍'], { reactsTo: 'u3' })]
  const { standing, applied } = standingOf(ORIGINAL, chain)
  assert.deepEqual([standing?.latest?.body, standing?.reactions?.length, applied], ['third', 1, ['u2', 'u3', 'u4']])
  const circle = [said('u2', { body: 'second', replaces: 'm1' }), said('u3', { body: 'third', replaces: 'm2', message: 'm1' })]
  assert.equal(standingOf(ORIGINAL, circle).standing?.edits, 2)
})

const NOT_CORRECTIONS: ReadonlyArray<readonly [name: string, event: ArchivedEvent, session?: Session]> = [
  ['by somebody else', correction('u2', 'x', BOB)],
  ['by somebody else under the same nick', correction('u2', 'x', { occupant: 'mallory-id' })],
  ['by somebody whom the room no longer names', correction('u2', 'x', NOBODY)],
  ['by the room', correction('u2', 'x', ROOM)],
  ['of another message', correction('u2', 'x', { replaces: 'm9' })],
  ['by the uid', correction('u2', 'x', { replaces: 'u1' })],
  ['that says nothing', said('u2', { replaces: 'm1' })],
  ['of a subject', correction('u2', 'x', { kind: 'subject' })],
  ['of a later message with the same id', correction('u3', 'x'), { namesakes: [said('u2', { message: 'm1' })] }]
]

for (const [name, event, session] of NOT_CORRECTIONS) {
  test(`a correction ${name} is a message of its own`, () => {
    assert.deepEqual(standingOf(ORIGINAL, [event], session), { applied: [], corrections: [] })
  })
}

test('where an id comes again, a correction is of the last message before it that had it', () => {
  const again = said('u3', { body: 'again', message: 'm1' })
  const corrections = [correction('u2', 'of the first'), correction('u4', 'of the second')]
  assert.equal(standingOf(ORIGINAL, corrections, { namesakes: [again, ORIGINAL] }).standing?.latest?.body, 'of the first')
  assert.equal(standingOf(again, corrections, { namesakes: [ORIGINAL, again] }).standing?.latest?.body, 'of the second')
  // What others call theirs is nothing to it, nor is a correction that has the id of what it corrects.
  const others = [said('u2', { ...BOB, message: 'm1' }), correction('u2', 'x', { message: 'm1' })]
  assert.equal(standingOf(ORIGINAL, [correction('u5', 'y')], { namesakes: others }).standing?.latest?.body, 'y')
})

test('without occupant-ids somebody is who has the nick, until he gives it up', () => {
  const original = said('u1', { body: 'first', ...NOBODY })
  const later = correction('u5', 'later', NOBODY)
  assert.equal(standingOf(original, [later]).standing?.latest?.body, 'later')
  assert.equal(standingOf(original, [later], { endedAt: at(9) }).standing?.latest?.body, 'later')
  assert.equal(standingOf(original, [later], { endedAt: at(3) }).standing, undefined)
  assert.equal(standingOf(original, [correction('u5', 'x', { ...NOBODY, nick: 'bob' })]).standing, undefined)
  assert.equal(standingOf({ ...original, nick: '' }, [correction('u5', 'x', ROOM)]).standing, undefined)
  assert.equal(standingOf(original, [correction('u5', 'x')]).standing, undefined)
})

test('with occupant-ids it does not matter under which nick, nor which clock was right', () => {
  const renamed = correction('u0', 'renamed', { nick: 'alice2' })
  assert.equal(standingOf(ORIGINAL, [renamed], { endedAt: at(0) }).standing?.latest?.body, 'renamed')
})

test('reactions: the last set of each person counts, an empty one takes them back, most people first', () => {
  const { standing, applied } = standingOf(ORIGINAL, [
    reaction('u5', 'dave', ['🎉', '👍']), reaction('u2', 'bob', ['👍']), reaction('u3', 'carol', ['❤', '❤']), reaction('u4', 'carol', ['👍']),
    reaction('u6', 'eve', ['👎']), reaction('u7', 'eve', []), reaction('u8', 'bob2', ['🎉'], { occupant: 'bob-id' })
  ])
  assert.deepEqual(standing, {
    reactions: [
      { reaction: '👍', count: 2, nicks: ['carol', 'dave'] },
      { reaction: '🎉', count: 2, nicks: ['dave', 'bob2'] }
    ]
  })
  assert.deepEqual(applied, ['u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8'])
})

test('reactions of another message, of the room, by the id attribute, and removed ones do not count', () => {
  const removed = tombstoneOf(reaction('u4', 'dave', ['🎉']), { by: 'administrator', time: at(9) })
  const others = [reaction('u2', 'bob', ['👍'], { reactsTo: 'u9' }), reaction('u3', 'carol', ['👍'], { reactsTo: 'm1' }), { ...reaction('u5', '', ['👍']) }, removed]
  assert.equal(standingOf(ORIGINAL, others).standing, undefined)
})

test('a reaction that says something too counts, and stays a message', () => {
  const talking = reaction('u2', 'bob', ['👍'], { body: 'I agree' })
  const fallback = reaction('u3', 'carol', ['👍'], { body: '👍', fallback: [{ for: 'urn:xmpp:reactions:0' }] })
  assert.deepEqual(standingOf(ORIGINAL, [talking, fallback]), {
    applied: ['u3'], corrections: [], standing: { reactions: [{ reaction: '👍', count: 2, nicks: ['bob', 'carol'] }] }
  })
})

test('a crowd of reactions is kept small', () => {
  const crowd = Array.from({ length: 100 }, (_, n) => reaction(`u${n + 2}`, `nick${n}`, ['👍', `r${n}`]))
  const reactions = standingOf(ORIGINAL, crowd).standing?.reactions
  assert.equal(reactions?.length, MAX_REACTIONS)
  assert.deepEqual([reactions[0]?.count, reactions[0]?.nicks.length], [100, 20])
})

const REMOVALS: ReadonlyArray<readonly [name: string, event: ArchivedEvent, removal: Outcome['removal']]> = [
  ['its author', said('u5', { retracts: 'u1' }), { by: 'author', time: at(5), message: 'm5', retraction: 'u5' }],
  ['its author under another nick', said('u5', { retracts: 'u1', nick: 'alice2' }), { by: 'author', time: at(5), message: 'm5', retraction: 'u5' }],
  ['its author by the id attribute', said('u5', { retracts: 'm1' }), { by: 'author', time: at(5), message: 'm5', retraction: 'u5' }],
  ['its author by a correction of it', said('u5', { retracts: 'u2' }), { by: 'author', time: at(5), message: 'm5', retraction: 'u5' }],
  ['its author with words that stand in for it', said('u5', { retracts: 'u1', body: 'I take it back' }), { by: 'author', time: at(5), message: 'm5', retraction: 'u5' }],
  ['a moderator', said('u5', { retracts: 'u1', ...ROOM, actor: 'carol', reason: 'spam' }), { by: 'moderator', time: at(5), message: 'm5', retraction: 'u5', moderator: 'carol', reason: 'spam' }],
  ['a moderator who is not named', said('u5', { retracts: 'u1', ...ROOM }), { by: 'moderator', time: at(5), message: 'm5', retraction: 'u5' }],
  ['a moderator who saw the correction', said('u5', { retracts: 'u2', ...ROOM }), { by: 'moderator', time: at(5), message: 'm5', retraction: 'u5' }]
]

for (const [name, event, removal] of REMOVALS) {
  test(`a message removed by ${name} has no standing, but what was applied to it`, () => {
    const outcome = standingOf(ORIGINAL, [reaction('u6', 'bob', ['👍']), event, correction('u2', 'second'), correction('u7', 'later')])
    assert.deepEqual(outcome, { applied: ['u2', 'u5', 'u6', 'u7'], corrections: ['u2', 'u7'], removal })
  })
}

const FORGERIES: ReadonlyArray<readonly [name: string, event: ArchivedEvent]> = [
  ['a retraction by somebody else', said('u5', { retracts: 'u1', ...BOB })],
  ['a retraction by somebody else under the same nick', said('u5', { retracts: 'u1', occupant: 'mallory-id' })],
  ['a retraction by somebody whom the room does not name', said('u5', { retracts: 'u1', ...NOBODY })],
  ['the room clearing all by its own address', said('u5', { retracts: ORIGINAL.room, ...ROOM })],
  ['the room by an id attribute', said('u5', { retracts: 'm1', ...ROOM })]
]

for (const [name, event] of FORGERIES) {
  test(`${name} removes nothing and stays a message`, () => {
    assert.deepEqual(standingOf(ORIGINAL, [event]), { applied: [], corrections: [] })
  })
}

test('the first of several removals counts', () => {
  const removals = [said('u6', { retracts: 'u1', ...ROOM }), said('u5', { retracts: 'u1' })]
  assert.equal(standingOf(ORIGINAL, removals).removal?.by, 'author')
})

test('a tombstone goes on to say what belongs to it', () => {
  const all = [correction('u2', 'second'), reaction('u3', 'bob', ['👍']), said('u4', { retracts: 'u1' })]
  const { removal, ...outcome } = standingOf(ORIGINAL, all)
  assert.ok(removal !== undefined)
  const rest = all.map(event => outcome.corrections.includes(event.uid) ? tombstoneOf(event, removal) : event)
  assert.deepEqual(standingOf(tombstoneOf(ORIGINAL, removal), rest), { ...outcome, removal })
  assert.deepEqual(standingOf(tombstoneOf(ORIGINAL, { by: 'administrator', time: at(9) }), all.slice(0, 2)), { applied: ['u2', 'u3'], corrections: ['u2'] })
})

test('what is applied to another message stands for nothing itself, but may be removed', () => {
  const applied = { ...correction('u2', 'second'), appliesTo: 'u1' }
  const referring = [said('u3', { body: 'third', replaces: 'm2' }), reaction('u4', 'bob', ['👍'], { reactsTo: 'u2' })]
  assert.deepEqual(standingOf(applied, referring), { applied: [], corrections: [] })
  const set = { ...reaction('u2', 'bob', ['👍']), appliesTo: 'u1' }
  assert.deepEqual(standingOf(set, [said('u5', { retracts: 'u2', ...BOB })]), {
    applied: ['u5'], corrections: [], removal: { by: 'author', time: at(5), message: 'm5', retraction: 'u5' }
  })
})

// Were each to look at each other, the suite would not end.
test('as many as there may be are gone through like any others', () => {
  const many = (make: (n: number) => ArchivedEvent) => Array.from({ length: 20_000 }, (_, n) => make(n + 2))
  const namesakes = many(n => said(`u${n}`, { message: 'm1' }))
  assert.deepEqual(standingOf(ORIGINAL, many(n => correction(`u${n}`, 'x')), { namesakes }).applied, [])
  assert.equal(standingOf(ORIGINAL, many(n => said(`u${n}`, { body: 'x', replaces: `m${n - 1}` }))).standing?.edits, 20_000)
  assert.equal(standingOf(ORIGINAL, many(n => reaction(`u${n}`, `n${n}`, ['👍']))).standing?.reactions?.[0]?.count, 20_000)
})

test('a correction that was removed alone leaves the one before', () => {
  const removed = tombstoneOf(correction('u3', 'third'), { by: 'administrator', time: at(9) })
  assert.deepEqual(standingOf(ORIGINAL, [correction('u2', 'second'), removed]), {
    applied: ['u2', 'u3'], corrections: ['u2', 'u3'], standing: { latest: { body: 'second', uid: 'u2', time: at(2) }, edits: 1 }
  })
})

// A small world, in which ids often meet.
const person = fc.constantFrom<Fields>({}, BOB, { occupant: 'mallory-id' }, NOBODY, { ...NOBODY, nick: 'bob' }, ROOM)
const reference = fc.nat({ max: 9 })
const act = fc.oneof(
  fc.record({ body: fc.constantFrom('one', 'two', 'three') }),
  fc.record({ body: fc.constantFrom('four', 'five'), replaces: reference.map(n => `m${n}`) }),
  fc.record({ retracts: fc.tuple(fc.constantFrom('u', 'm'), reference).map(parts => parts.join('')) }),
  fc.record({ reactsTo: reference.map(n => `u${n}`), reactions: fc.subarray(['👍', '🎉', '❤']) })
)
const world = fc.array(fc.tuple(person, act, fc.boolean()), { minLength: 2, maxLength: 10 })
  .map(acts => acts.map(([who, what, isNamesake], n) => said(`u${n}`, { ...who, ...what, ...(isNamesake ? { message: 'm0' } : {}) })))

/** What a reader sees of all that is known: as a follower would compute it, from what refers to what. */
function view (known: readonly ArchivedEvent[]): Map<string, Outcome> {
  const outcomes = known.map(original => {
    const names = new Set(idsOf(original))
    for (let size = 0; size < names.size;) {
      size = names.size
      for (const event of known) if (event.replaces !== undefined && names.has(event.replaces)) idsOf(event).forEach(id => names.add(id))
    }
    const referring = known.filter(event => [event.replaces, event.retracts, event.reactsTo].some(id => id !== undefined && names.has(id)))
    const namesakes = known.filter(other => other.message === original.message)
    return [original.uid, standingOf(original, referring, { namesakes })] as const
  })
  return new Map(outcomes)
}

const arrivals = world.chain(events => {
  return fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }), fc.array(fc.nat({ max: 10 })))
})

test('in whatever order, in whatever batches, and however often it comes, all ends alike', () => {
  fc.assert(fc.property(arrivals, ([events, shuffled, cuts]) => {
    const final = view(events)
    assert.deepEqual(view(shuffled), new Map(shuffled.map(({ uid }) => [uid, final.get(uid)])))
    for (const original of events) {
      // Whatever was computed on the way has left nothing behind: a form that carries it stands as one that does not.
      let state = original
      for (const cut of [...cuts, shuffled.length]) {
        const known = shuffled.slice(0, cut)
        const { standing } = standingOf(state, [...known, ...known], { namesakes: known })
        const { standing: _, ...rest } = state
        state = standing === undefined ? rest : { ...rest, standing }
      }
      assert.deepEqual(state.standing, standingOf(original, events, { namesakes: events }).standing)
    }
  }))
})

test('nobody speaks for anybody else, whatever is said', () => {
  fc.assert(fc.property(world, events => {
    for (const original of events) {
      const { standing, removal, corrections } = standingOf(original, events)
      const by = (uid: string | undefined) => events.find(event => event.uid === uid) ?? assert.fail()
      for (const uid of [...corrections, ...standing?.latest === undefined ? [] : [standing.latest.uid]]) {
        assert.deepEqual([by(uid).occupant, original.occupant ?? by(uid).nick], [original.occupant, original.occupant ?? original.nick])
        if (uid === standing?.latest?.uid) assert.equal(standing.latest.body, by(uid).body)
      }
      if (removal?.by === 'moderator') assert.equal(by(removal.retraction).nick, '')
      if (removal?.by === 'author') assert.equal(by(removal.retraction).occupant, original.occupant)
    }
  }))
})
