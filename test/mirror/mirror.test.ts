import assert from 'node:assert/strict'
import test from 'node:test'
import type { Affiliation } from '../../src/access/can-read.ts'
import type { RoomFacts } from '../../src/access/directory.ts'
import { createOccupantIds } from '../../src/access/occupant-ids.ts'
import { BOUNDS } from '../../src/mirror/bounds.ts'
import type { BareJid } from '../../src/model/address.ts'
import { formatTime } from '../../src/model/archive-time.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { parseDelays } from '../../src/xmpp/delay.ts'
import { child, children, elementsOf, parseXml, textOf } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { parseMucUser } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { parseStanzaError } from '../../src/xmpp/stanza-error.ts'
import { stanzaIdBy } from '../../src/xmpp/stanza-id.ts'
import { LOUNGE, message } from '../helpers/events.ts'
import { ARCHIVE, codesOf, DOMAIN, isSubject, MUC, NO_HISTORY, NOW, SECRET, settle, setUp, UNKNOWN } from './mirror-under-test.ts'

const ANN = 'ann@example.net/phone'
const BEN = 'ben@example.com/desk'

test('who joins is told that it is there, what was said, and the subject, in this order and in one write', async t => {
  const { store, join, writes } = setUp(t)
  await store.append([
    message({ uid: 's', time: formatTime(NOW - 5e6), kind: 'subject', body: 'Tea' }),
    message({ uid: 'a', time: formatTime(NOW - 4e6), body: 'one' }),
    message({ uid: 'b', time: formatTime(NOW - 3e6), body: 'two', occupant: 'of-the-room' })
  ])
  const [self, ...rest] = await join(ANN, 'Ann')
  assert.deepEqual([self?.name, self?.attrs['from'], self?.attrs['type']], ['presence', `${ARCHIVE}/Ann`, undefined])
  assert.deepEqual(codesOf(self), [110, 170])
  assert.deepEqual(parseMucUser(self as never)?.items.map(({ affiliation, role, jid }) => [affiliation, role, jid]), [['none', 'visitor', undefined]])
  assert.deepEqual(rest.map(stanza => [textOf(stanza, 'body'), textOf(stanza, 'subject')]), [['one', undefined], ['two', undefined], [undefined, 'Tea']])
  for (const stanza of rest) {
    assert.deepEqual([stanza.attrs['type'], stanza.attrs['from']], ['groupchat', `${ARCHIVE}/alice`])
    assert.equal(parseDelays(stanza)[0]?.from, ARCHIVE)
    assert.equal(children(stanza, 'occupant-id', NS.OCCUPANT_ID).length, 1)
    assert.ok(!String(stanza).includes('of-the-room'))
  }
  assert.equal(stanzaIdBy(rest[0] as never, ARCHIVE), 'a')
  assert.deepEqual(writes, [4])
})

test('an empty room ends its history with an empty subject', async t => {
  const { join } = setUp(t)
  const [self, subject, ...more] = await join(ANN, 'Ann')
  assert.deepEqual([codesOf(self), subject?.attrs['from'], textOf(subject as never, 'subject'), more], [[110, 170], ARCHIVE, '', []])
})

test('a subject that was removed is none', async t => {
  const { store, join, record } = setUp(t)
  const { body: _, ...event } = await record({ uid: 's', kind: 'subject', body: 'rude' })
  assert.ok((await join(ANN, 'Ann')).join('').includes('rude'))
  await store.scrub(event.room, [event.uid], () => ({ ...event, removed: { by: 'administrator', time: formatTime(NOW) } }))
  const stanzas = await join(BEN, 'Ben')
  assert.ok(!stanzas.join('').includes('rude'))
})

test('a nick with spaces around it is taken without them, and the client is told so', async t => {
  const { join } = setUp(t)
  const [self] = await join(ANN, ' Ann  B ')
  assert.deepEqual([self?.attrs['from'], codesOf(self)], [`${ARCHIVE}/Ann  B`, [110, 170, 210]])
})

test('what is said reaches everyone once, in order, as the room said it', async t => {
  const { join, record, to, writes, waitFor } = setUp(t)
  await join(ANN, 'Ann')
  await join(BEN, 'Ben')
  writes.length = 0
  const stanza = `<message xmlns="jabber:client" id="m1"><body>hello</body><x xmlns="urn:unknown"/><occupant-id xmlns="urn:xmpp:occupant-id:0" id="theirs"/>
    <x xmlns="http://jabber.org/protocol/muc#user"><item jid="alice@real.example"/></x><stanza-id xmlns="urn:xmpp:sid:0" by="${ARCHIVE}" id="forged"/></message>`
  await record({ uid: 'u1', message: 'm1', body: 'hello', stanza, private: { jid: 'alice@real.example' } })
  await record({ uid: 'u2', kind: 'subject', body: 'Coffee' })
  await waitFor(sent => sent.attrs['to'] === BEN && textOf(sent, 'subject') === 'Coffee')
  for (const who of [ANN, BEN]) {
    const [hello, subject, ...more] = to(who).slice(2)
    assert.deepEqual([hello?.attrs['from'], hello?.attrs['id'], stanzaIdBy(hello as never, ARCHIVE)], [`${ARCHIVE}/alice`, 'm1', 'u1'])
    assert.ok(child(hello as never, 'x', 'urn:unknown'))
    assert.equal(child(hello as never, 'delay', NS.DELAY), undefined)
    assert.ok(!/real\.example|theirs|forged|muc#user/.test(String(hello)), String(hello))
    assert.equal(textOf(subject as never, 'subject'), 'Coffee')
    assert.deepEqual(more, [])
  }
  assert.deepEqual(writes, [2, 2], 'one write for all occupants')
  assert.equal(codesOf((await join('cat@example.net/x', 'Cat'))[0]).length, 2)
})

test('the subject set meanwhile is the one that later visitors get', async t => {
  const { join, record } = setUp(t)
  await join(ANN, 'Ann')
  await record({ kind: 'subject', body: 'Coffee' })
  assert.equal(textOf((await join(BEN, 'Ben', NO_HISTORY)).at(-1) as never, 'subject'), 'Coffee')
})

test('what is recorded while somebody comes in is told in the history or live, never twice and never missed', async t => {
  const { store, join, record, to, hear, waitFor, tell } = setUp(t)
  await join(ANN, 'Ann')
  const results = await store.append([1, 2, 3].map(n => message({ uid: `h${n}`, time: formatTime(NOW - 10 + n), body: `h${n}` })))
  hear(`<presence from="${BEN}" to="${ARCHIVE}/Ben"><x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="2"/></x></presence>`)
  // In the record already, and told only now, as by a store that is slow.
  for (const { event } of results) tell(event)
  await record({ uid: 'later', body: 'later' })
  await waitFor(stanza => stanza.attrs['to'] === BEN && textOf(stanza, 'body') === 'later')
  const bodies = (who: string) => to(who).flatMap(stanza => textOf(stanza, 'body') ?? [])
  assert.deepEqual(bodies(ANN), ['h1', 'h2', 'h3', 'later'])
  assert.deepEqual(bodies(BEN), ['h2', 'h3', 'later'])
})

test('what was caught up and is in the history is not told again', async t => {
  const { store, join, hear, tell, record, to, waitFor } = setUp(t)
  const [result] = await store.append([message({ uid: 'c', via: 'catch-up', body: 'caught up', time: formatTime(NOW - 1e6) })])
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann">${MUC}</presence>`)
  await join(BEN, 'Ben', NO_HISTORY)
  tell((result as { event: ArchivedEvent }).event)
  await record({ body: 'end' })
  await waitFor(stanza => stanza.attrs['to'] === BEN && textOf(stanza, 'body') === 'end')
  for (const who of [ANN, BEN]) assert.deepEqual(to(who).flatMap(stanza => textOf(stanza, 'body') ?? []), ['caught up', 'end'], who)
})

test('the time that the archive gives stands before the one that the sender claimed', async t => {
  const { store, join } = setUp(t)
  const stanza = '<message xmlns="jabber:client"><delay xmlns="urn:xmpp:delay" stamp="2001-01-01T00:00:00Z"/><body>x</body></message>'
  await store.append([message({ stanza, time: formatTime(NOW - 1e6) })])
  const history = (await join(ANN, 'Ann')).find(sent => textOf(sent, 'body') === 'x')
  assert.deepEqual(parseDelays(history as never).map(({ stamp }) => formatTime(stamp).slice(0, 4)), ['2026', '2001'])
})

test('what is caught up is told with its time while it is fresh, and not at all when it is old or imported', async t => {
  const { join, record, to, waitFor } = setUp(t)
  await join(ANN, 'Ann')
  await record({ uid: 'old', via: 'catch-up', body: 'old', time: formatTime(NOW - 601e6) })
  await record({ uid: 'import', via: 'import', body: 'import' })
  await record({ uid: 'fresh', via: 'catch-up', body: 'fresh', time: formatTime(NOW - 599e6) })
  const fresh = await waitFor(stanza => textOf(stanza, 'body') !== undefined)
  assert.deepEqual([textOf(fresh, 'body'), parseDelays(fresh)[0]?.stamp], ['fresh', NOW - 599e6])
  await settle()
  assert.equal(to(ANN).length, 3)
})

test('a store that tells a change again has it told once', async t => {
  const { join, record, tell, to, waitFor } = setUp(t)
  await join(ANN, 'Ann')
  const event = await record({ body: 'once' })
  tell(event)
  await record({ body: 'end' })
  await waitFor(stanza => textOf(stanza, 'body') === 'end')
  assert.deepEqual(to(ANN).flatMap(stanza => textOf(stanza, 'body') ?? []), ['once', 'end'])
})

test('what an administrator removes is taken back in the clients too', async t => {
  const { join, record, tell, waitFor } = setUp(t)
  await join(ANN, 'Ann')
  const { body: _, ...event } = await record({ uid: 'bad', body: 'bad' })
  tell({ ...event, removed: { by: 'administrator', time: formatTime(NOW), reason: 'law' } })
  const notice = await waitFor(stanza => child(stanza, 'retract', NS.RETRACT) !== undefined)
  assert.deepEqual([notice.attrs['from'], child(notice, 'retract', NS.RETRACT)?.attrs['id']], [ARCHIVE, 'bad'])
})

test('a room that was destroyed is logged no more, until somebody speaks there again', async t => {
  const { join, record, to } = setUp(t)
  await join(ANN, 'Ann')
  await record({ kind: 'destroy', nick: '' })
  assert.deepEqual(codesOf((await join(BEN, 'Ben'))[0]), [110])
  await record({ body: 'again' })
  await settle()
  assert.deepEqual(to(ANN).slice(2).map(stanza => [codesOf(stanza), textOf(stanza, 'body')]), [[[171], undefined], [[170], undefined], [[], 'again']])
})

test('a message that no server takes reaches the visitors as plain text', async t => {
  const { join, record, waitFor } = setUp(t)
  const stanza = `<message xmlns="jabber:client"><body>long</body><x xmlns="urn:x">${'x'.repeat(499_950)}</x></message>`
  await join(ANN, 'Ann')
  await record({ body: 'long', stanza })
  const got = await waitFor(sent => textOf(sent, 'body') === 'long')
  assert.equal(child(got, 'x', 'urn:x'), undefined)
  const history = await join(BEN, 'Ben')
  assert.deepEqual(history.flatMap(sent => textOf(sent, 'body') ?? []), ['long'])
})

test('sessions of one account share their nick, another account cannot have it until they left', async t => {
  const { join, hear, waitFor, mirror } = setUp(t)
  await join(ANN, 'Ann')
  assert.deepEqual(codesOf((await join('ann@example.net/desk', 'Ann'))[0]), [110, 170])
  const [refused] = await join(BEN, 'Ann')
  assert.deepEqual([refused?.attrs['from'], parseStanzaError(refused as never).condition], [`${ARCHIVE}/Ann`, 'conflict'])
  assert.equal(mirror.status().visitors, 2)
  for (const from of [ANN, 'ann@example.net/desk']) {
    hear(`<presence type="unavailable" from="${from}" to="${ARCHIVE}/Ann"/>`)
    const gone = await waitFor(stanza => stanza.attrs['to'] === from && stanza.attrs['type'] === 'unavailable')
    assert.deepEqual([codesOf(gone), parseMucUser(gone)?.items[0]?.role], [[110], 'none'])
  }
  assert.deepEqual(codesOf((await join(BEN, 'Ann'))[0]), [110, 170])
})

test('who joins again is told everything again', async t => {
  const { store, join, mirror } = setUp(t)
  await store.append([message()])
  assert.equal((await join(ANN, 'Ann')).length, 3)
  assert.deepEqual((await join(ANN, 'Anna')).map(({ attrs }) => attrs['from']), [`${ARCHIVE}/Anna`, `${ARCHIVE}/alice`, ARCHIVE])
  assert.equal(mirror.status().visitors, 1)
})

test('a visitor may take another nick, unless somebody has it', async t => {
  const { join, hear, waitFor, sent } = setUp(t)
  await join(ANN, 'Ann')
  await join(BEN, 'Ben')
  let before = sent.length
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Anna"/>`)
  await waitFor(({ name, attrs }) => name === 'presence' && attrs['type'] === undefined, before)
  const [gone, self] = sent.slice(before)
  assert.deepEqual([gone?.attrs['from'], codesOf(gone), parseMucUser(gone as never)?.items[0]?.nick], [`${ARCHIVE}/Ann`, [110, 303], 'Anna'])
  assert.deepEqual([self?.attrs['from'], codesOf(self)], [`${ARCHIVE}/Anna`, [110]])
  before = sent.length
  hear(`<presence id="p1" from="${ANN}" to="${ARCHIVE}/Ben"/>`)
  const refused = await waitFor(({ attrs }) => attrs['type'] === 'error', before)
  assert.deepEqual([parseStanzaError(refused).condition, refused.attrs['id'], sent.length], ['conflict', 'p1', before + 1])
})

test('a visitor that is away is told so itself, and nobody else is', async t => {
  const { join, hear, waitFor, sent } = setUp(t)
  await join(ANN, 'Ann')
  await join(BEN, 'Ben')
  const before = sent.length
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann"><show>away</show><status>tea</status><x xmlns="urn:x"/></presence>`)
  const self = await waitFor(({ name }) => name === 'presence', before)
  assert.deepEqual([textOf(self, 'show'), textOf(self, 'status'), child(self, 'x', 'urn:x')], ['away', 'tea', undefined])
  await settle()
  assert.equal(sent.length, before + 1)
})

test('who believes to be here and is not, is told so', async t => {
  const { hear, waitFor } = setUp(t)
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann"><show>away</show></presence>`)
  const gone = await waitFor(({ attrs }) => attrs['to'] === ANN)
  assert.deepEqual([gone.attrs['type'], codesOf(gone)], ['unavailable', [110, 333]])
})

test('presences that ask for nothing are not answered', async t => {
  const { hear, sent } = setUp(t)
  for (const type of ['unavailable', 'error', 'subscribe', 'probe', 'unsubscribed']) {
    for (const to of [ARCHIVE, `${ARCHIVE}/Ann`, SECRET, `${UNKNOWN}/Ann`]) hear(`<presence type="${type}" from="${ANN}" to="${to}"/>`)
  }
  hear(`<presence from="${ANN}" to="${ARCHIVE}"/>`)
  hear(`<presence from="room@conference.example.org/x" to="hansard@${DOMAIN}/hansard"/>`)
  hear(`<presence from="${ANN}" to="elsewhere@example.org/Ann">${MUC}</presence>`)
  hear(`<presence from="@@" to="${ARCHIVE}/Ann">${MUC}</presence>`)
  await settle()
  assert.deepEqual(sent, [])
})

const REFUSED_JOINS: ReadonlyArray<readonly [string, string, string]> = [
  ['without a nick', ARCHIVE, 'jid-malformed'],
  ['with a nick of spaces', `${ARCHIVE}/   `, 'jid-malformed'],
  ['of an address that is no archive', `lounge@${DOMAIN}/Ann`, 'item-not-found']
]
for (const [name, to, condition] of REFUSED_JOINS) {
  test(`a join ${name} is refused`, async t => {
    const { hear, waitFor, mirror } = setUp(t)
    hear(`<presence id="j1" from="${ANN}" to="${to}">${MUC}</presence>`)
    const error = await waitFor(({ attrs }) => attrs['to'] === ANN)
    assert.deepEqual([error.attrs['type'], error.attrs['from'], error.attrs['id'], parseStanzaError(error).condition], ['error', to, 'j1', condition])
    assert.equal(mirror.status().visitors, 0)
  })
}

const STRANGE: readonly string[] = [
  `<presence id="s" from="${ANN}" to="ROOM/Ann">${MUC}</presence>`,
  `<presence id="s" from="${ANN}" to="ROOM">${MUC}</presence>`,
  `<presence id="s" from="${ANN}" to="ROOM/Ann"/>`,
  `<presence id="s" type="unavailable" from="${ANN}" to="ROOM/Ann"/>`,
  `<message id="s" type="groupchat" from="${ANN}" to="ROOM"><body>x</body></message>`,
  `<message id="s" type="chat" from="${ANN}" to="ROOM/Ann"><body>x</body></message>`,
  `<message id="s" type="groupchat" from="${ANN}" to="ROOM"><composing xmlns="http://jabber.org/protocol/chatstates"/></message>`,
  `<message id="s" type="error" from="${ANN}" to="ROOM"><error type="cancel"><gone xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></message>`
]
test('a refused room answers as one that does not exist, whatever is sent to it', async t => {
  const { hear, sent } = setUp(t)
  for (const text of STRANGE) {
    const answers = [SECRET, UNKNOWN].map(room => {
      const before = sent.length
      hear(text.replace('ROOM', room))
      return sent.slice(before).join('').replaceAll(room, 'ROOM')
    })
    await settle()
    assert.equal(answers[0], answers[1], text)
    if (answers[0] !== '') assert.ok(answers[0]?.includes('item-not-found'), answers[0])
  }
  assert.equal(sent.length, 10)
})

const CHATTER: ReadonlyArray<readonly [string, string, string, string, string | undefined]> = [
  ['a message', 'groupchat', '', '<body>hi</body>', 'forbidden'],
  ['a subject', 'groupchat', '', '<subject>mine</subject>', 'forbidden'],
  ['a reaction', 'groupchat', '', '<reactions xmlns="urn:xmpp:reactions:0" id="x"><reaction>x</reaction></reactions>', 'forbidden'],
  ['a private message', 'chat', '/Ben', '<body>psst</body>', 'forbidden'],
  ['a private message to nobody', 'chat', '/Nobody', '<body>psst</body>', 'forbidden'],
  ['a groupchat message to one occupant', 'groupchat', '/Ben', '<body>hi</body>', 'bad-request'],
  ['a request for voice', 'normal', '', '<x xmlns="jabber:x:data" type="submit"/>', 'forbidden'],
  ['an invitation', 'normal', '', '<x xmlns="http://jabber.org/protocol/muc#user"><invite to="cat@example.net"/></x>', 'forbidden'],
  ['a chat state', 'groupchat', '', '<active xmlns="http://jabber.org/protocol/chatstates"/><thread>t</thread>', undefined],
  ['a chat state to one', 'chat', '/Ben', '<composing xmlns="http://jabber.org/protocol/chatstates"/><no-store xmlns="urn:xmpp:hints"/>', undefined],
  ['a receipt', 'groupchat', '', '<received xmlns="urn:xmpp:receipts" id="x"/>', undefined],
  ['a marker', 'groupchat', '', '<displayed xmlns="urn:xmpp:chat-markers:0" id="x"/>', undefined],
  ['a headline', 'headline', '', '<body>hi</body>', undefined],
  ['nothing', 'groupchat', '', '', undefined]
]
for (const [name, type, nick, payload, condition] of CHATTER) {
  test(`${name} from a visitor is ${condition === undefined ? 'passed over in silence' : `answered with ${condition}`}, and told to nobody`, async t => {
    const { join, hear, sent } = setUp(t)
    await join(ANN, 'Ann')
    await join(BEN, 'Ben')
    const before = sent.length
    hear(`<message id="m1" type="${type}" from="${ANN}" to="${ARCHIVE}${nick}">${payload}</message>`)
    await settle()
    const answers = sent.slice(before)
    assert.deepEqual(answers.map(({ attrs }) => [attrs['from'], attrs['to'], attrs['type'], attrs['id']]),
      condition === undefined ? [] : [[`${ARCHIVE}${nick}`, ANN, 'error', 'm1']])
    if (condition !== undefined) assert.equal(parseStanzaError(answers[0] as never).condition, condition)
  })
}

test('who is not here cannot speak at all', async t => {
  const { hear, waitFor } = setUp(t)
  hear(`<message id="m1" type="groupchat" from="${ANN}" to="${ARCHIVE}"><body>hi</body></message>`)
  assert.equal(parseStanzaError(await waitFor(() => true)).condition, 'not-acceptable')
})

for (const name of ['message', 'presence']) {
  test(`a ${name} that comes back because nobody is there any more ends the visit, another error does not`, async t => {
    const { join, hear, record, mirror, to } = setUp(t)
    await join(ANN, 'Ann')
    const bounce = (condition: string) => `<${name} type="error" from="${ANN}" to="${ARCHIVE}/alice">
      <error type="cancel"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></${name}>`
    hear(bounce('not-acceptable'))
    assert.equal(mirror.status().visitors, 1)
    hear(bounce('remote-server-not-found'))
    assert.equal(mirror.status().visitors, 0)
    await record()
    await settle()
    assert.deepEqual(codesOf(to(ANN).at(-1)), [110, 333])
    hear(bounce('gone'))
  })
}

const MEMBERS = new Map<BareJid, Affiliation>([['ann@example.net' as BareJid, 'member']])
const EVICTIONS: ReadonlyArray<readonly [string, readonly RoomFacts[], number, string]> = [
  ['a room becomes members-only', [{ isOpen: true }, { isOpen: false }], 322, 'none'],
  ['a room becomes members-only and names others', [{ isOpen: true }, { isOpen: false, affiliations: MEMBERS }], 322, 'none'],
  ['a member of a closed room is one no more', [{ isOpen: false, affiliations: new Map([...MEMBERS, ['ben@example.com' as BareJid, 'member']]) }, { isOpen: false, affiliations: MEMBERS }], 321, 'none'],
  ['somebody is banned from the room', [{ isOpen: true, affiliations: MEMBERS }, { isOpen: true, affiliations: new Map([...MEMBERS, ['ben@example.com' as BareJid, 'outcast']]) }], 301, 'outcast']
]
for (const [name, [before, after], code, affiliation] of EVICTIONS) {
  test(`when ${name} the visitor is put out at once with ${code}, and members stay`, async t => {
    const { join, directory, mirror, waitFor, to } = setUp(t)
    const isMember = after?.affiliations !== undefined
    directory.learn(LOUNGE, before as RoomFacts)
    mirror.refresh()
    await join(ANN, 'Ann')
    await join(BEN, 'Ben')
    directory.learn(LOUNGE, after as RoomFacts)
    mirror.refresh()
    const gone = await waitFor(({ attrs }) => attrs['to'] === BEN && attrs['type'] === 'unavailable')
    assert.deepEqual([codesOf(gone), parseMucUser(gone)?.items[0]?.affiliation], [[110, code], affiliation])
    assert.equal(mirror.status().visitors, isMember ? 1 : 0)
    assert.equal(to(ANN).some(({ attrs }) => attrs['type'] === 'unavailable'), !isMember)
    assert.equal(parseStanzaError((await join(BEN, 'Ben'))[0] as never).condition, 'item-not-found')
  })
}

test('nothing reaches a visitor after the doors are closed, also where nobody said so', async t => {
  const { join, record, directory, to } = setUp(t)
  await join(ANN, 'Ann')
  const { room } = await record({ body: 'open' })
  await settle()
  directory.learn(room, { isOpen: false })
  await record({ body: 'closed' })
  await settle()
  assert.deepEqual(to(ANN).slice(2).map(stanza => [stanza.name, textOf(stanza, 'body')]), [['message', 'open'], ['presence', undefined]])
})

test('all are told when the service goes away, and nothing is answered afterwards', async t => {
  const { join, mirror, sent, hear, ask, listeners } = setUp(t)
  await join(ANN, 'Ann')
  await join(BEN, 'Ben')
  const before = sent.length
  await mirror.stop()
  assert.deepEqual(sent.slice(before).map(stanza => [stanza.attrs['to'], stanza.attrs['type'], codesOf(stanza)]),
    [[ANN, 'unavailable', [110, 332]], [BEN, 'unavailable', [110, 332]]])
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann">${MUC}</presence>`)
  assert.equal(await ask('get', '<ping xmlns="urn:xmpp:ping"/>', `${ARCHIVE}/Ann`), undefined)
  assert.equal(listeners.size, 0)
  await mirror.stop()
  assert.equal(sent.length, before + 2)
})

test('a stop without a stream ends all the same', async t => {
  const { join, record, mirror, state } = setUp(t)
  await join(ANN, 'Ann')
  state.isOnline = false
  await record()
  await mirror.stop()
})

test('what is said while there is no stream is told when there is one again, in order', async t => {
  const { join, record, state, online, to, waitFor } = setUp(t)
  await join(ANN, 'Ann')
  state.isOnline = false
  for (const body of ['1', '2', '3']) await record({ body })
  await settle()
  online()
  await waitFor(stanza => textOf(stanza, 'body') === '3')
  assert.deepEqual(to(ANN).flatMap(stanza => textOf(stanza, 'body') ?? []), ['1', '2', '3'])
})

test('visitors who cannot be told all that is said are asked to come again', async t => {
  const { join, store, tell, state, online, mirror, waitFor, to } = setUp(t)
  await join(ANN, 'Ann')
  state.isOnline = false
  const results = await store.append(Array.from({ length: BOUNDS.waiting.said + 2 }, (_, n) => message({ uid: `u${n}`, time: formatTime(NOW + n) })))
  for (const { event } of results) tell(event)
  assert.equal(mirror.status().visitors, 0)
  online()
  const gone = await waitFor(({ attrs }) => attrs['type'] === 'unavailable')
  assert.deepEqual([gone.attrs['to'], codesOf(gone)], [ANN, [110, 333]])
  assert.ok(to(ANN).length < 10)
})

test('an account that joins again and again has to wait', async t => {
  const { join, state } = setUp(t)
  const answers = []
  for (let n = 0; n <= BOUNDS.joins.account.burst; n++) answers.push((await join(ANN, 'Ann', NO_HISTORY))[0])
  assert.equal(parseStanzaError(answers.at(-1) as never).condition, 'resource-constraint')
  assert.equal(answers.filter(answer => answer?.attrs['type'] === 'error').length, 1)
  assert.deepEqual(codesOf((await join(BEN, 'Ben'))[0]), [110, 170])
  state.now += BOUNDS.joins.account.burst * 1e6
  assert.deepEqual(codesOf((await join(ANN, 'Ann'))[0]), [110, 170])
})

test('who floods a room with messages is not answered each time', async t => {
  const { hear, sent, state } = setUp(t)
  const flood = () => { for (let n = 0; n < 2 * BOUNDS.answers.account.burst; n++) hear(`<message type="groupchat" from="${ANN}" to="${ARCHIVE}"><body>x</body></message>`) }
  flood()
  await settle()
  assert.equal(sent.length, BOUNDS.answers.account.burst)
  state.now += 1e6
  flood()
  await settle()
  assert.equal(sent.length, BOUNDS.answers.account.burst + 5)
})

test('a store that is away refuses the join for now, and keeps no ghost', async t => {
  const fail = () => Promise.reject(new Error('away'))
  const { hear, waitFor, mirror } = setUp(t, { store: { page: fail, get: fail, count: fail } })
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann">${MUC}</presence>`)
  const error = parseStanzaError(await waitFor(({ attrs }) => attrs['to'] === ANN))
  assert.deepEqual([error.condition, error.type, mirror.status().visitors], ['internal-server-error', 'wait', 0])
})

test('who leaves before it was let in is not let in', async t => {
  const { hear, sent, mirror } = setUp(t)
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann">${MUC}</presence>`)
  hear(`<presence type="unavailable" from="${ANN}" to="${ARCHIVE}/Ann"/>`)
  await settle()
  assert.deepEqual([sent.length, sent[0]?.attrs['type'], mirror.status().visitors], [1, 'unavailable', 0])
})

test('who joins, leaves and joins in one breath is let in once', async t => {
  const { store, hear, sent } = setUp(t)
  await store.append([message()])
  for (const type of ['', 'type="unavailable"', '']) hear(`<presence ${type} from="${ANN}" to="${ARCHIVE}/Ann">${type === '' ? MUC : ''}</presence>`)
  await settle()
  assert.deepEqual(sent.map(({ name, attrs }) => [name, attrs['type']]),
    [['presence', 'unavailable'], ['presence', undefined], ['message', 'groupchat'], ['message', 'groupchat']])
})

for (const isNoticed of [false, true]) {
  test(`who is coming in while a room closes its doors is refused and told nothing, ${isNoticed ? 'also' : 'even if not'} at once`, async t => {
    const { hear, directory, sent, mirror } = setUp(t)
    hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann">${MUC}</presence>`)
    directory.learn(LOUNGE, { isOpen: false })
    if (isNoticed) mirror.refresh()
    await settle()
    assert.deepEqual(sent.map(stanza => [stanza.attrs['type'], parseStanzaError(stanza).condition]), [['error', 'item-not-found']])
    assert.equal(mirror.status().visitors, 0)
  })
}

test('who is coming in while all that is said cannot be told is refused for now', async t => {
  const { store, hear, tell, state, online, mirror, to } = setUp(t)
  state.isOnline = false
  hear(`<presence from="${BEN}" to="${ARCHIVE}/Ben">${MUC}</presence>`)
  await settle()
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann">${MUC}</presence>`)
  const results = await store.append(Array.from({ length: BOUNDS.waiting.said + 2 }, (_, n) => message({ uid: `u${n}`, time: formatTime(NOW + n) })))
  for (const { event } of results) tell(event)
  assert.equal(mirror.status().visitors, 0)
  online()
  await settle()
  assert.deepEqual(to(ANN).map(stanza => [stanza.attrs['type'], parseStanzaError(stanza).condition, parseStanzaError(stanza).type]), [['error', 'resource-constraint', 'wait']])
  assert.deepEqual(codesOf(to(BEN).at(-1)), [110, 333])
})

test('a joiner that at once shows itself away is let in all the same', async t => {
  const { hear, waitFor } = setUp(t)
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann">${MUC}</presence>`)
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann"><show>away</show></presence>`)
  assert.deepEqual(codesOf(await waitFor(({ name }) => name === 'presence')), [110, 170])
  await waitFor(isSubject)
})

test('stanzas of all kinds do no harm', async t => {
  const { hear, join, sent } = setUp(t)
  for (const text of [
    `<presence to="${ARCHIVE}/x"/>`, `<message from="${ANN}" to=""/>`, `<message from="${ANN}" to="${ARCHIVE}"><body/></message>`,
    `<presence from="${ANN}" to="${ARCHIVE}/x">${MUC}${MUC}<x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="-1" since="x"/></x></presence>`
  ]) hear(text)
  await settle()
  assert.ok((await join(BEN, 'Ben')).length > 0)
  for (const stanza of sent) assert.ok(parseXml(String(stanza)))
})

test('all accounts of one server together join and are answered only so often, and others are not kept out by them', async t => {
  const { hear, sent, mirror } = setUp(t)
  const { burst } = BOUNDS.answers.server
  for (let n = 0; n < burst + 100; n++) hear(`<message type="groupchat" from="u${n}@flood.example/x" to="${ARCHIVE}"><body>x</body></message>`)
  await settle()
  assert.equal(sent.length, burst)
  for (let n = 0; n < BOUNDS.joins.server.burst + 100; n++) hear(`<presence from="u${n}@flood.example/x" to="${ARCHIVE}/u${n}">${NO_HISTORY}</presence>`)
  assert.equal(mirror.status().visitors, BOUNDS.sessionsOfServer)
  sent.length = 0
  hear(`<message type="groupchat" from="${BEN}" to="${ARCHIVE}"><body>x</body></message>`)
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann">${NO_HISTORY}</presence>`)
  await settle()
  assert.equal(sent.filter(({ attrs }) => attrs['to'] === BEN).length, 1)
  assert.deepEqual(codesOf(sent.find(({ attrs }) => attrs['to'] === ANN)), [110, 170])
})

test('who believes to be here is not told so without end', async t => {
  const { hear, sent } = setUp(t)
  for (let n = 0; n < 2 * BOUNDS.answers.account.burst; n++) hear(`<presence from="${ANN}" to="${ARCHIVE}/Ann"/>`)
  await settle()
  assert.equal(sent.length, BOUNDS.answers.account.burst)
})

test('nicks differ by their capitals, addresses do not', async t => {
  const { join, hear, waitFor, mirror } = setUp(t)
  await join(ANN, 'Ann')
  const [self] = await join(BEN, 'ANN')
  assert.deepEqual([self?.attrs['from'], codesOf(self)], [`${ARCHIVE}/ANN`, [110, 170]])
  hear(`<presence from="Cat@Example.Net/x" to="${ARCHIVE.toUpperCase()}/Cat">${NO_HISTORY}</presence>`)
  const answer = await waitFor(({ attrs }) => attrs['to'] === 'Cat@Example.Net/x')
  assert.deepEqual([answer.attrs['from'], codesOf(answer)], [`${ARCHIVE}/Cat`, [110, 170]])
  hear(`<presence type="unavailable" from="cat@example.net/x" to="${ARCHIVE}/Cat"/>`)
  assert.equal(mirror.status().visitors, 2)
})

test('a limit of characters counts whole stanzas, as they are sent', async t => {
  const { store, join } = setUp(t)
  const from = `ann@example.net/${'long'.repeat(100)}`
  await store.append([1, 2, 3].map(n => message({ uid: `u${n}`, body: `${n}`, time: formatTime(NOW - 10 + n) })))
  const said = async (maxchars: number) =>
    (await join(from, 'Ann', `<x xmlns="http://jabber.org/protocol/muc"><history maxchars="${maxchars}"/></x>`)).filter(stanza => child(stanza, 'body') !== undefined)
  const lengthOf = (stanzas: readonly Element[]) => stanzas.join('').length
  const all = await said(1e6)
  assert.equal(all.length, 3)
  const counts = new Set<number>()
  for (let part = 0; part <= 10; part++) {
    const limit = Math.round(lengthOf(all) * part / 9)
    const some = await said(limit)
    assert.ok(lengthOf(some) <= limit, `${lengthOf(some)} of ${limit}`)
    assert.deepEqual(some.map(stanza => textOf(stanza, 'body')), ['1', '2', '3'].slice(3 - some.length))
    counts.add(some.length)
  }
  assert.deepEqual([...counts], [0, 1, 2, 3])
})

test('history that is asked for by nonsense is the usual one', async t => {
  const { store, join } = setUp(t)
  await store.append(Array.from({ length: BOUNDS.history + 5 }, (_, n) => message({ uid: `u${n}`, time: formatTime(NOW - 100 + n) })))
  const joined = await join(ANN, 'Ann', '<x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="-1" maxchars="many" seconds="1.5" since="yesterday"/></x>')
  assert.equal(joined.length, BOUNDS.history + 2)
})

const MODERATIONS: ReadonlyArray<readonly [string, string]> = [
  ['as in XEP-0425 0.3', `<retract xmlns="${NS.RETRACT}" id="u1"><moderated xmlns="${NS.MODERATE}" by="BY"><occupant-id xmlns="${NS.OCCUPANT_ID}" id="theirs"/></moderated><reason>spam</reason></retract>`],
  ['as in XEP-0425 0.2', `<apply-to xmlns="${NS.FASTEN}" id="u1"><moderated xmlns="${NS.MODERATE_0}" by="BY"><retract xmlns="${NS.RETRACT_0}"/><occupant-id xmlns="${NS.OCCUPANT_ID}" id="theirs"/></moderated></apply-to>`]
]
for (const [name, payload] of MODERATIONS) {
  test(`a moderation ${name} names the moderator by nick and id of the mirror, and by no other address`, async t => {
    const { join, record, waitFor } = setUp(t)
    await join(ANN, 'Ann')
    for (const [by, shown] of [[`${LOUNGE}/mod`, `${ARCHIVE}/mod`], [LOUNGE, ARCHIVE], ['mod@real.example', undefined], ['@@', undefined]]) {
      const { uid } = await record({ nick: '', stanza: `<message xmlns="jabber:client">${payload.replace('BY', by as string)}</message>` })
      const told = await waitFor(stanza => stanzaIdBy(stanza, ARCHIVE) === uid)
      const moderated = elementsOf(told).flatMap(elementsOf).find(element => element.name === 'moderated') as Element
      assert.equal(moderated.attrs['by'], shown)
      const [id, ...more] = children(moderated, 'occupant-id', NS.OCCUPANT_ID)
      assert.deepEqual([id?.attrs['id'], more], [createOccupantIds('key').ofEvent({ room: LOUNGE, nick: 'mod', occupant: 'theirs' }), []])
      assert.deepEqual([told.attrs['from'], child(told, 'occupant-id', NS.OCCUPANT_ID)], [ARCHIVE, undefined])
    }
  })
}

test('presence has occupant-ids too, the same each time and another for another account (XEP-0421)', async t => {
  const { join, hear, sent, waitFor } = setUp(t)
  await join(ANN, 'Ann')
  await join('ann@example.net/desk', 'Ann')
  await join(BEN, 'Ben')
  hear(`<presence from="${ANN}" to="${ARCHIVE}/Anna"/>`)
  hear(`<presence type="unavailable" from="${ANN}" to="${ARCHIVE}/Anna"/>`)
  await waitFor(({ attrs }) => attrs['type'] === 'unavailable' && attrs['from'] === `${ARCHIVE}/Anna`)
  const ids = new Map<string, Set<string | undefined>>()
  for (const stanza of sent.filter(({ name }) => name === 'presence')) {
    const account = stanza.attrs['to']?.split('/')[0] as string
    const found = children(stanza, 'occupant-id', NS.OCCUPANT_ID)
    assert.equal(found.length, 1)
    ids.set(account, (ids.get(account) ?? new Set()).add(found[0]?.attrs['id']))
  }
  assert.deepEqual([...ids.values()].map(({ size }) => size), [1, 1])
  assert.notDeepEqual(ids.get('ann@example.net'), ids.get('ben@example.com'))
})
