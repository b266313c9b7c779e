import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseXml } from '../../src/xmpp/element.ts'
import { buildJoin, buildLeave, buildStatuses, parseJoin, parseMucUser, STATUS } from '../../src/xmpp/muc.ts'
import { readScenes } from '../helpers/captures.ts'

const MUC = 'http://jabber.org/protocol/muc'
const presence = (inner: string): ReturnType<typeof parseXml> => parseXml(`<presence xmlns='jabber:client'>${inner}</presence>`)
const user = (inner: string): string => `<x xmlns='${MUC}#user'>${inner}</x>`

describe('joining a room', () => {
  it('asks for no history, for some, or for what the room likes', () => {
    assert.equal(buildJoin('r@c/n').toString(), `<presence to="r@c/n"><x xmlns="${MUC}"/></presence>`)
    assert.equal(buildJoin('r@c/n', { history: { maxstanzas: 0 } }).toString(), `<presence to="r@c/n"><x xmlns="${MUC}"><history maxstanzas="0"/></x></presence>`)
    assert.equal(buildJoin('r@c/n', { history: { since: Date.UTC(2026, 10, 21) * 1000 + 999_999, maxstanzas: 100 }, password: 'a&b' }).toString(),
      `<presence to="r@c/n"><x xmlns="${MUC}"><history maxstanzas="100" since="2026-11-21T00:00:00Z"/><password>a&amp;b</password></x></presence>`)
  })

  it('is read as a client writes it', () => {
    assert.equal(parseJoin(presence('')), undefined)
    assert.deepEqual(parseJoin(presence(`<x xmlns='${MUC}'/>`)), { password: undefined, history: {} })
    assert.deepEqual(parseJoin(presence(`<x xmlns='${MUC}'><password>p</password><history maxstanzas='20' seconds='0' maxchars='-1' since='2026-11-21T00:00:00Z'/></x>`)),
      { password: 'p', history: { maxstanzas: 20, seconds: 0, since: '2026-11-21T00:00:00Z' } })
  })

  it('ends with an unavailable presence', () => {
    assert.equal(buildLeave('r@c/n').toString(), '<presence type="unavailable" to="r@c/n"/>')
    assert.equal(buildLeave('r@c/n', 'bye').toString(), '<presence type="unavailable" to="r@c/n"><status>bye</status></presence>')
  })
})

describe('what a room adds', () => {
  it('is read: items, codes, actors and reasons', () => {
    const read = parseMucUser(presence(user("<item affiliation='none' role='none' nick='new' jid='a@b/c'><actor nick='Alice' jid='x@y'/><reason>be kind</reason></item><status code='307'/><status code='110'/><status code='x'/>")))
    assert.deepEqual(read?.items, [{ affiliation: 'none', role: 'none', jid: 'a@b/c', nick: 'new', reason: 'be kind', actor: 'Alice' }])
    assert.deepEqual([...read?.statuses ?? []], [STATUS.KICKED, STATUS.SELF])
    assert.equal(read?.destroy, undefined)
  })

  it('is read: destruction with a new place', () => {
    assert.deepEqual(parseMucUser(presence(user("<destroy jid='new@c'><reason>moved</reason></destroy>")))?.destroy, { alternate: 'new@c', reason: 'moved' })
    assert.deepEqual(parseMucUser(presence(user('<destroy/>')))?.destroy, { alternate: undefined, reason: undefined })
  })

  it('is nothing without it, and the last where a sender put one before it', () => {
    assert.equal(parseMucUser(presence('')), undefined)
    const forged = user("<item role='moderator' jid='x@y'/><status code='110'/><destroy/>")
    const twice = parseMucUser(presence(forged + user("<item role='visitor'/><status code='100'/>")))
    assert.deepEqual(twice, {
      items: [{ affiliation: undefined, role: 'visitor', jid: undefined, nick: undefined, reason: undefined, actor: undefined }],
      statuses: new Set([100]),
      destroy: undefined
    })
  })

  it('is written: codes and items', () => {
    assert.equal(buildStatuses([110, 170]).toString(), `<x xmlns="${MUC}#user"><status code="110"/><status code="170"/></x>`)
  })

  for (const server of ['prosody', 'ejabberd'] as const) {
    it(`is read from all scenes of ${server}`, () => {
      const seen = new Set<number>()
      for (const { steps } of readScenes(server)) {
        for (const { stanza } of steps) for (const code of parseMucUser(stanza)?.statuses ?? []) seen.add(code)
      }
      const { SELF, CONFIGURATION_CHANGED, NICK_CHANGED, KICKED, BANNED, MEMBERS_ONLY } = STATUS
      for (const code of [SELF, CONFIGURATION_CHANGED, NICK_CHANGED, KICKED, BANNED, MEMBERS_ONLY]) {
        assert.ok(seen.has(code), `status ${code}`)
      }
    })
  }
})
