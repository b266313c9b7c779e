import assert from 'node:assert/strict'
import test from 'node:test'
import { canRead, isListed, LEVELS, mayKnowJids } from '../../src/access/can-read.ts'
import type { Affiliation, PublishedRoom, Reader } from '../../src/access/can-read.ts'
import type { BareJid } from '../../src/model/address.ts'
import { LOUNGE } from '../helpers/events.ts'

const AFFILIATIONS: readonly Affiliation[] = ['owner', 'admin', 'member', 'none', 'outcast']
const DOORS = [true, undefined, false]

// For each state of the doors: who may read. 'unknown' is somebody where the lists of the room cannot be known.
const READABLE: ReadonlyArray<readonly [boolean | undefined, ReadonlyArray<Affiliation | 'unknown' | 'web'>]> = [
  [true, ['owner', 'admin', 'member', 'none', 'unknown', 'web']],
  [undefined, ['owner', 'admin', 'member', 'none', 'unknown', 'web']],
  [false, ['owner', 'admin', 'member']]
]

function room (fields: Partial<PublishedRoom> = {}): PublishedRoom {
  return { jid: LOUNGE, slug: 'lounge', aliases: [], title: 'Lounge', description: '', level: 'public', isOpen: true, ...fields }
}

function jid (text: string): BareJid {
  return text as BareJid
}

const SOMEBODY = { via: 'xmpp', jid: jid('somebody@example.net') } as const

/** The ways in which a room and a reader can stand to each other so. */
function * standing (affiliation: Affiliation | 'unknown' | 'web', fields: Partial<PublishedRoom>): Generator<[PublishedRoom, Reader]> {
  const listed = new Map(AFFILIATIONS.map(affiliation => [jid(`${affiliation}@example.net`), affiliation]))
  if (affiliation === 'web') {
    yield [room(fields), { via: 'http' }]
    yield [room({ ...fields, affiliations: listed }), { via: 'http' }]
  } else if (affiliation === 'unknown') {
    yield [room(fields), SOMEBODY]
  } else {
    yield [room({ ...fields, affiliations: listed }), { via: 'xmpp', jid: jid(`${affiliation}@example.net`) }]
    yield [room(fields), { ...SOMEBODY, affiliation }]
    // The service of the room knows it better than we do.
    for (const other of AFFILIATIONS) {
      yield [room({ ...fields, affiliations: listed }), { via: 'xmpp', jid: jid(`${other}@example.net`), affiliation }]
    }
    if (affiliation === 'none') yield [room({ ...fields, affiliations: listed }), SOMEBODY]
  }
}

for (const [isOpen, readers] of READABLE) {
  const doors = isOpen === undefined ? 'was not asked yet' : isOpen ? 'is open' : 'is members-only or has a password'
  for (const who of [...AFFILIATIONS, 'unknown', 'web'] as const) {
    const may = readers.includes(who)
    test(`a room that ${doors} can${may ? '' : 'not'} be read by: ${who}`, () => {
      for (const level of LEVELS) {
        for (const [room, reader] of standing(who, { isOpen, level })) {
          assert.equal(canRead(room, reader), may && level !== 'off', level)
          assert.equal(isListed(room, reader), may && level !== 'off' && level !== 'unlisted', level)
        }
      }
    })
  }
}

test('the table has every state of the doors', () => {
  assert.deepEqual(READABLE.map(([isOpen]) => isOpen), DOORS)
})

test('a room that does not exist cannot be read', () => {
  for (const reader of [SOMEBODY, { via: 'http' }] as const) assert.equal(canRead(undefined, reader), false)
})

test('a ban of a domain is one of all its people, unless the room names one of them', () => {
  const affiliations = new Map<BareJid, Affiliation>([
    [jid('bad.example'), 'outcast'], [jid('but@bad.example'), 'member'], [jid('friends.example'), 'member']
  ])
  for (const isOpen of [true, false]) {
    const of = (text: string): boolean => canRead(room({ isOpen, affiliations }), { via: 'xmpp', jid: jid(text) })
    assert.equal(of('x@bad.example'), false)
    assert.equal(of('bad.example'), false)
    assert.equal(of('but@bad.example'), true)
    assert.equal(of('x@not-bad.example'), isOpen)
    // Not every server takes the people of a domain for what the domain is.
    assert.equal(of('x@friends.example'), isOpen)
  }
})

test('real addresses are for whom the room itself would tell them, and never for the web', () => {
  for (const isNonAnonymous of [true, false, undefined]) {
    for (const isOpen of DOORS) {
      for (const who of [...AFFILIATIONS, 'unknown', 'web'] as const) {
        for (const [room, reader] of standing(who, { isOpen, isNonAnonymous })) {
          const may = who !== 'web' && canRead(room, reader) && (isNonAnonymous === true || who === 'owner' || who === 'admin')
          assert.equal(mayKnowJids(room, reader), may, `${who} ${isOpen} ${isNonAnonymous}`)
        }
      }
    }
  }
  assert.equal(mayKnowJids(room({ isNonAnonymous: true }), { via: 'http' }), false)
  assert.equal(mayKnowJids(room({ isNonAnonymous: true }), SOMEBODY), true)
  assert.equal(mayKnowJids(room({ isNonAnonymous: true, level: 'off' }), { ...SOMEBODY, affiliation: 'owner' }), false)
  assert.equal(mayKnowJids(room(), { ...SOMEBODY, affiliation: 'member' }), false)
})
