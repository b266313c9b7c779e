import assert from 'node:assert/strict'
import test from 'node:test'
import type { TestContext } from 'node:test'
import { parseXml } from '../../src/xmpp/element.ts'
import { ADDRESS, groupchat, LAB, presence } from '../helpers/fake-room-server.ts'
import type { RoomStage } from '../helpers/fake-room-server.ts'
import { stageFor, withTimers } from './on-stage.ts'

const CLOSED = '<feature var="muc_membersonly"/>'

function disco (content: string): RoomStage['disco'] {
  return parseXml(`<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info">${content}</query></iq>`)
}

function roomInfo (fields: Readonly<Record<string, readonly string[]>>): string {
  const all = { FORM_TYPE: ['http://jabber.org/protocol/muc#roominfo'], ...fields }
  return '<x xmlns="jabber:x:data" type="result">' + Object.entries(all).map(([name, values]) =>
    `<field var="${name}">${values.map(value => `<value>${value}</value>`).join('')}</field>`).join('') + '</x>'
}

/** In a members-only room as one of its people, who are kim and lee. */
async function enterAs (t: TestContext, affiliation: string) {
  const tick = withTimers(t)
  const stage = stageFor(t)
  stage.disco = disco(CLOSED)
  stage.lists = { member: ['kim@x', 'lee@x'] }
  await stage.join()
  stage.hear(presence('archiver', { status: [110], affiliation }))
  stage.hear(groupchat('', '<subject/>'))
  await tick(0)
  // What was just asked is not asked again at once.
  await tick(1_000)
  return { stage, tick, members: () => known(stage) }
}

function known (stage: RoomStage): string[] | undefined {
  const affiliations = stage.infos.at(-1)?.affiliations
  return affiliations === undefined ? undefined : [...affiliations].map(([jid, affiliation]) => `${affiliation} ${jid}`)
}

test('what a room says of its people, its language and its contacts is learned before joining', async t => {
  const cases: ReadonlyArray<readonly [string, unknown, unknown, unknown]> = [
    ['', undefined, undefined, undefined],
    ['<feature var="muc_nonanonymous"/>', true, undefined, undefined],
    ['<feature var="muc_semianonymous"/>', false, undefined, undefined],
    [roomInfo({ 'muc#roominfo_lang': ['pt-br'], 'muc#roominfo_contactjid': ['Kim@X', 'kim@x/phone', 'no jid', 'lee@x'] }), undefined, 'pt-BR', ['kim@x', 'lee@x']],
    [roomInfo({ 'muc#roominfo_lang': ['"&gt;&lt;b&gt;'], 'muc#roominfo_contactjid': [] }), undefined, undefined, undefined],
    [roomInfo({ 'muc#roominfo_lang': [''], 'muc#roominfo_contactjid': [''] }), undefined, undefined, undefined]
  ]
  for (const [content, isNonAnonymous, language, contacts] of cases) {
    const stage = stageFor(t)
    stage.disco = disco(content)
    await stage.join()
    const info = stage.infos.at(-1)
    assert.deepEqual([info?.isNonAnonymous, info?.language, info?.contacts], [isNonAnonymous, language, contacts], content)
  }
})

test('only so many contacts are taken', async t => {
  const stage = stageFor(t)
  stage.disco = disco(roomInfo({ 'muc#roominfo_contactjid': Array.from({ length: 1_000 }, (_, n) => `c${n}@x`) }))
  await stage.join()
  assert.equal(stage.infos.at(-1)?.contacts?.length, 20)
})

test('the members of a closed room are known while we are in it and one of its people', async t => {
  const { members, stage } = await enterAs(t, 'admin')
  assert.deepEqual(members(), ['member kim@x', 'member lee@x'])
  assert.equal(stage.infos.at(-1)?.isOpen, false)
  assert.equal(JSON.stringify(stage.recorded).includes('kim@x'), false)
})

test('in a room where we are nobody they are not', async t => {
  const { members, stage } = await enterAs(t, 'none')
  assert.equal(members(), undefined)
  assert.equal(stage.infos.length, 1)
})

const SIGNS: ReadonlyArray<readonly [string, ...string[]]> = [
  ['somebody in the room becomes a member', presence('bob'), presence('bob', { affiliation: 'member' })],
  ['somebody in the room is no member any more', presence('bob', { affiliation: 'member' }), presence('bob', { type: 'unavailable', status: [321] })],
  ['somebody in the room is banned', presence('bob'), presence('bob', { type: 'unavailable', affiliation: 'outcast', status: [301] })],
  ['somebody who is not in the room is changed', `<message from="${LAB}" to="${ADDRESS}"><x xmlns="http://jabber.org/protocol/muc#user">` +
    '<item affiliation="none" jid="lee@x" role="none"/></x></message>'],
  ['the configuration is changed', groupchat('', '<x xmlns="http://jabber.org/protocol/muc#user"><status code="104"/></x>')],
  ['addresses are no secret any more', groupchat('', '<x xmlns="http://jabber.org/protocol/muc#user"><status code="172"/></x>')],
  ['we are an owner now', presence('archiver', { affiliation: 'owner', status: [110] })]
]

for (const [what, ...stanzas] of SIGNS) {
  test(`the room is asked again when ${what}`, async t => {
    const { members, stage, tick } = await enterAs(t, 'admin')
    stage.lists = { member: ['kim@x'] }
    for (const stanza of stanzas) stage.hear(stanza)
    await tick(0)
    assert.deepEqual(members(), ['member kim@x'])
  })
}

test('an occupant cannot make us ask', async t => {
  const { members, stage, tick } = await enterAs(t, 'admin')
  stage.lists = { member: ['kim@x'] }
  stage.hear(presence('bob', { affiliation: 'member' }))
  stage.hear(presence('bob', { type: 'unavailable', affiliation: 'member' }))
  stage.hear(groupchat('bob', '<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" jid="lee@x"/><status code="104"/></x>'))
  await tick(0)
  assert.deepEqual(members(), ['member kim@x', 'member lee@x'])
})

const ENDS: ReadonlyArray<readonly [string, (stage: RoomStage) => unknown]> = [
  ['we are removed', stage => { stage.hear(presence('archiver', { type: 'unavailable', status: [110, 321] })) }],
  ['we are kicked', stage => { stage.hear(presence('archiver', { type: 'unavailable', status: [110, 307] })) }],
  ['we are nobody any more', stage => { stage.hear(presence('archiver', { status: [110] })) }],
  ['the stream is gone', stage => { stage.room.offline(0) }],
  ['we leave', stage => stage.room.leave()],
  ['the room is destroyed', stage => {
    stage.hear(`<presence type="unavailable" from="${LAB}/archiver" to="${ADDRESS}"><x xmlns="http://jabber.org/protocol/muc#user">` +
      '<item affiliation="none" role="none"/><destroy/></x></presence>')
  }]
]

for (const [what, end] of ENDS) {
  test(`nobody is known any more when ${what}`, async t => {
    const { members, stage } = await enterAs(t, 'admin')
    await end(stage)
    assert.equal(members(), undefined)
    assert.equal(stage.infos.at(-1)?.isOpen, false)
  })
}

test('after a stream that goes on where it broke the members are asked for again', async t => {
  const { members, stage, tick } = await enterAs(t, 'admin')
  stage.room.offline(0)
  stage.lists = { member: ['kim@x'] }
  assert.equal(stage.room.resume(), true)
  assert.equal(members(), undefined)
  await tick(0)
  assert.deepEqual(members(), ['member kim@x'])
})

test('a room that puts us out because it is members-only now is closed before it answers anything', async t => {
  const stage = stageFor(t)
  await stage.enter()
  assert.equal(stage.infos.at(-1)?.isOpen, true)
  stage.hear(presence('archiver', { type: 'unavailable', status: [110, 322] }))
  assert.equal(stage.infos.at(-1)?.isOpen, false)
})

test('an answer does not undo that of a later question', async t => {
  const answers: Array<(answer: RoomStage['disco']) => void> = []
  const connection = {
    domain: undefined,
    send: async () => {},
    request: () => new Promise<RoomStage['disco']>(resolve => { answers.push(resolve) })
  }
  const stage = stageFor(t, {}, { connection })
  const tick = withTimers(t)
  const joined = stage.join()
  await tick(0)
  answers.shift()?.(disco(''))
  await tick(0)
  stage.hear(presence('archiver', { status: [110] }))
  await joined
  for (let n = 0; n < 2; n++) stage.hear(groupchat('', '<x xmlns="http://jabber.org/protocol/muc#user"><status code="104"/></x>'))
  await tick(0)
  const [first, second] = answers
  second?.(disco(CLOSED))
  await tick(0)
  first?.(disco(''))
  await tick(0)
  assert.deepEqual(stage.infos.map(({ isOpen }) => isOpen), [true, false])
})

test('a room that refuses its lists keeps its members unknown', async t => {
  const { members, stage, tick } = await enterAs(t, 'admin')
  stage.lists = {}
  stage.hear(presence('archiver', { affiliation: 'member', status: [110] }))
  await tick(0)
  assert.equal(members(), undefined)
})
