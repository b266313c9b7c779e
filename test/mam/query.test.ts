import assert from 'node:assert/strict'
import test from 'node:test'
import { DEFAULT_PAGE, MAX_IDS, MAX_PAGE, parseMamQuery } from '../../src/mam/query.ts'
import type { MamQuery } from '../../src/mam/query.ts'
import { archiveJidOf } from '../../src/model/address.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import { LOUNGE } from '../helpers/events.ts'

const ARCHIVE = archiveJidOf(LOUNGE, 'logs.example.org')
const ARCHIVE_JID = 'lounge\\40conference.example.org@logs.example.org'
const FORM_TYPE = '<field var="FORM_TYPE" type="hidden"><value>urn:xmpp:mam:2</value></field>'

function parse (content: string, attributes = ''): MamQuery {
  const query = parseXml(`<query xmlns="urn:xmpp:mam:2" ${attributes}>${content}</query>`)
  return parseMamQuery(query, { archive: ARCHIVE, room: LOUNGE })
}

function form (fields: string, type = 'submit', formType = FORM_TYPE): string {
  return `<x xmlns="jabber:x:data" type="${type}">${formType}${fields}</x>`
}

function field (name: string, ...values: string[]): string {
  return `<field var="${name}">${values.map(value => `<value>${value}</value>`).join('')}</field>`
}

function set (content: string): string {
  return `<set xmlns="http://jabber.org/protocol/rsm">${content}</set>`
}

const FORWARD = { max: DEFAULT_PAGE, isBackward: false, isFlipped: false }

// The shapes in which clients build their queries.
const CLIENTS: ReadonlyArray<readonly [string, string, string, Partial<MamQuery>]> = [
  ['Gajim at its first join', 'queryid="Q"', form(field('start', '2026-08-21T10:00:00Z')) + set('<max>70</max>'),
    { queryId: 'Q', start: '2026-08-21T10:00:00.000000Z' as never, max: 70, isBackward: false }],
  ['Gajim catching up', 'queryid="Q"', form('') + set('<max>70</max><after>U</after>'), { queryId: 'Q', max: 70, after: 'U', isBackward: false }],
  ['Dino for the newest', 'queryid="Q"', form(field('start', '2026-08-21T10:00:00Z')) + set('<max>20</max><before/>'),
    { queryId: 'Q', start: '2026-08-21T10:00:00.000000Z' as never, max: 20, isBackward: true }],
  ['Dino for older ones', 'queryid="Q"', form('') + set('<max>20</max><before>U</before>'), { queryId: 'Q', max: 20, before: 'U', isBackward: true }],
  ['Conversations forward', 'queryid="Q"', form(field('start', '2026-08-21T10:00:00Z') + field('end', '2026-08-22T10:00:00Z')),
    { queryId: 'Q', start: '2026-08-21T10:00:00.000000Z' as never, end: '2026-08-22T10:00:00.000000Z' as never, ...FORWARD }],
  ['Conversations backward', 'queryid="Q"', form(field('end', '2026-08-22T10:00:00Z')) + set('<max>50</max><before>U</before>'),
    { queryId: 'Q', end: '2026-08-22T10:00:00.000000Z' as never, max: 50, before: 'U', isBackward: true }],
  ['Converse for the newest, without a form', 'queryid="Q"', set('<max>50</max><before></before>'), { queryId: 'Q', max: 50, isBackward: true }],
  ['Converse for a gap', 'queryid="Q"', form(field('start', '2026-08-21T10:00:00Z')) + set('<max>50</max><after>U1</after><before>U2</before>'),
    { queryId: 'Q', start: '2026-08-21T10:00:00.000000Z' as never, max: 50, after: 'U1', before: 'U2', isBackward: true }],
  ['Monal at first', 'queryid="Q"', form(field('end', '2026-08-22T10:00:00Z')) + set('<max>1</max><before/>'),
    { queryId: 'Q', end: '2026-08-22T10:00:00.000000Z' as never, max: 1, isBackward: true }],
  ['Monal catching up', 'queryid="Q"', form('') + set('<max>50</max><after>U</after>'), { queryId: 'Q', max: 50, after: 'U', isBackward: false }],
  ['profanity for older ones', '', form(field('end', '2026-08-22T10:00:00.123456+02:00')) + set('<max>10</max><before>U</before>'),
    { end: '2026-08-22T08:00:00.123456Z' as never, max: 10, before: 'U', isBackward: true }],
  ['profanity verifying', '', form(field('start', '2026-08-21T10:00:00Z') + field('end', '2026-08-22T10:00:00Z')) + set('<max>0</max>'),
    { start: '2026-08-21T10:00:00.000000Z' as never, end: '2026-08-22T10:00:00.000000Z' as never, max: 0, isBackward: false }],
  ['Movim', 'queryid="Q"', form('', 'submit', '<field var="FORM_TYPE"><value>urn:xmpp:mam:2</value></field>') + set('<max>500</max>'),
    { queryId: 'Q', max: MAX_PAGE, isBackward: false }],
  ['Fluux searching', 'queryid="Q"', form(field('fulltext', 'words')) + set('<max>20</max><before/>'),
    { queryId: 'Q', fulltext: 'words', max: 20, isBackward: true }]
]

for (const [client, attributes, content, expected] of CLIENTS) {
  test(`the query of ${client} is understood`, () => { assert.deepEqual(parse(content, attributes), { isFlipped: false, ...expected }) })
}

const RIGHT: ReadonlyArray<readonly [string, string, Partial<MamQuery>]> = [
  ['nothing at all', '', {}],
  ['an offset and nanoseconds', form(field('start', '2026-08-22T10:00:00.123456789-03:30')), { start: '2026-08-22T13:30:00.123456Z' as never }],
  ['a time with space around it', form(field('end', ' 2026-08-22T10:00:00Z\n')), { end: '2026-08-22T10:00:00.000000Z' as never }],
  ['with as the archive', form(field('with', ARCHIVE_JID)), {}],
  ['with as the archive in capitals', form(field('with', 'Lounge\\40Conference.example.org@LOGS.example.org')), {}],
  ['with as the room', form(field('with', LOUNGE)), {}],
  ['with as a nick in the archive', form(field('with', `${ARCHIVE_JID}/alice`)), { nick: 'alice' }],
  ['with as a nick in the room', form(field('with', `${LOUNGE}/Alice/the 🎉 `)), { nick: 'Alice/the 🎉 ' }],
  ['the search field of XEP-0431', form(field('{urn:xmpp:fulltext:0}fulltext', ' two words ')), { fulltext: ' two words ' }],
  ['the search field of MongooseIM', form(field('full-text-search', 'x')), { fulltext: 'x' }],
  ['the search field of old ejabberd', form(field('withtext', 'x')), { fulltext: 'x' }],
  ['an id to begin after and one to end before', form(field('after-id', 'U1') + field('before-id', ' U2')), { afterId: 'U1', beforeId: ' U2' }],
  ['ids, where one comes twice', form(field('ids', 'b', 'a', 'b')), { ids: ['b', 'a'] }],
  ['as many ids as may be', form(field('ids', ...Array.from({ length: MAX_IDS }, (_, n) => `u${n}`))),
    { ids: Array.from({ length: MAX_IDS }, (_, n) => `u${n}`) }],
  ['an empty id, which is one that nobody has', form(field('after-id', '')), { afterId: '' }],
  ['a page to be flipped', set('<max>10</max><after>U</after>') + '<flip-page/>', { max: 10, after: 'U', isFlipped: true }],
  ['a flip-page of another kind', '<flip-page xmlns="urn:example"/>', {}],
  ['fields left blank', form('<field var="with"/><field var="start"/><field var="end"/><field var="after-id"/><field var="before-id"/><field var="ids"/>'), {}],
  ['an empty after', set('<after/>'), {}],
  ['a maximum beyond the cap', set('<max>9999999999999999999999</max>'), { max: MAX_PAGE }],
  ['the maximum at the cap', set('<max>250</max>'), { max: 250 }],
  ['an id of any letters', set('<after>&lt;&#39;"; DROP 漢 </after>'), { after: '<\'"; DROP 漢 ' }],
  ['unknown children', '<order xmlns="urn:xmpp:order-by:1"/>', {}]
]

for (const [name, content, expected] of RIGHT) {
  test(`a query with ${name} is right`, () => { assert.deepEqual(parse(content), { ...FORWARD, ...expected }) })
}

const WRONG: ReadonlyArray<readonly [string, string, string, string]> = [
  ['an unknown field', form(field('colour', 'blue')), 'feature-not-implemented', 'cancel'],
  ['an unknown field left blank', form('<field var="include-groupchat"/>'), 'feature-not-implemented', 'cancel'],
  ['a field of an archive of a user', form(field('include-groupchat', 'true')), 'feature-not-implemented', 'cancel'],
  ['a field in other capitals', form(field('After-ID', 'U')), 'feature-not-implemented', 'cancel'],
  ['more ids than may be', form(field('ids', ...Array.from({ length: MAX_IDS + 1 }, (_, n) => `u${n}`))), 'not-acceptable', 'modify'],
  ['paging by index', set('<max>10</max><index>0</index>'), 'feature-not-implemented', 'cancel'],
  ['another FORM_TYPE', form('', 'submit', '<field var="FORM_TYPE"><value>urn:xmpp:mam:1</value></field>'), 'bad-request', 'modify'],
  ['no FORM_TYPE', form('', 'submit', ''), 'bad-request', 'modify'],
  ['a form that is not submitted', form('', 'form'), 'bad-request', 'modify'],
  ['a form of no type', `<x xmlns="jabber:x:data">${FORM_TYPE}</x>`, 'bad-request', 'modify'],
  ['a form that is cancelled', form('', 'cancel'), 'bad-request', 'modify'],
  ['a start that is no time', form(field('start', 'yesterday')), 'bad-request', 'modify'],
  ['a time without an offset', form(field('start', '2026-08-21T10:00:00')), 'bad-request', 'modify'],
  ['a day that does not exist', form(field('end', '2026-02-30T10:00:00Z')), 'bad-request', 'modify'],
  ['an empty time', form(field('end', '')), 'bad-request', 'modify'],
  ['with that is no address', form(field('with', '@@')), 'bad-request', 'modify'],
  ['with as a real address', form(field('with', 'alice@example.org')), 'forbidden', 'auth'],
  ['with as another room', form(field('with', 'other@conference.example.org/alice')), 'forbidden', 'auth'],
  ['with as another archive', form(field('with', 'other\\40conference.example.org@logs.example.org')), 'forbidden', 'auth'],
  ['an empty text', form(field('fulltext', '')), 'bad-request', 'modify'],
  ['a text of spaces', form(field('{urn:xmpp:fulltext:0}fulltext', ' \n ')), 'bad-request', 'modify'],
  ['a negative maximum', set('<max>-1</max>'), 'bad-request', 'modify'],
  ['a maximum that is no number', set('<max>many</max>'), 'bad-request', 'modify'],
  ['an empty maximum', set('<max/>'), 'bad-request', 'modify'],
  ['a broken maximum', set('<max>1.5</max>'), 'bad-request', 'modify']
]

for (const [name, content, condition, type] of WRONG) {
  test(`a query with ${name} is answered with ${condition}`, () => {
    assert.throws(() => parse(content), { name: 'StanzaError', condition, type })
  })
}

test('a real address is refused in the same words whether it exists or not', () => {
  const answer = (jid: string): string => {
    try {
      return JSON.stringify(parse(form(field('with', jid))))
    } catch (error) {
      return String(error)
    }
  }
  assert.equal(answer('alice@example.org'), answer('nobody-of-this-name@example.net/x'))
})

test('who may know real addresses may ask for one: bare for an account, full for a session', () => {
  const parseWith = (jid: string) =>
    parseMamQuery(parseXml(`<query xmlns="urn:xmpp:mam:2">${form(field('with', jid))}</query>`), { archive: ARCHIVE, room: LOUNGE, hasJids: true })
  assert.deepEqual(parseWith('Alice@Example.org'), { ...FORWARD, jid: 'alice@example.org' })
  assert.deepEqual(parseWith('alice@example.org/Desk'), { ...FORWARD, jid: 'alice@example.org/Desk' })
  assert.deepEqual(parseWith(`${ARCHIVE_JID}/alice`), { ...FORWARD, nick: 'alice' })
  assert.deepEqual(parseWith(LOUNGE), FORWARD)
})
