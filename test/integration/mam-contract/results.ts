import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createOccupantIds } from '../../../src/access/occupant-ids.ts'
import type { ArchivedEvent, Removal, RoomEvent } from '../../../src/model/event.ts'
import { child, children, elementsOf, parseXml, textOf } from '../../../src/xmpp/element.ts'
import type { Element } from '../../../src/xmpp/element.ts'
import { NS } from '../../../src/xmpp/namespaces.ts'
import { startFaultProxy } from '../../servers/fault-proxy.ts'
import { ask, at, field, plain, queryXml, refusal } from './stage.ts'
import type { Answered, ContractStage } from './stage.ts'

const ROOM = 'results@conference.localhost'
const UNKNOWN = '<new xmlns="urn:example:future" a="1"><deep>x &amp; &lt;y&gt;</deep></new>'

function stanza (content: string, attributes = ''): string {
  return `<message xmlns="jabber:client" type="groupchat" from="${ROOM}/alice" to="x@y/z" ${attributes}>${content}</message>`
}

/** Everything that a room may have said, each kind once. */
const SAID: ReadonlyArray<Partial<RoomEvent>> = [
  {
    uid: 'plain',
    nick: 'alice',
    occupant: 'o-alice',
    stanza: stanza(`<body>hi &amp; bye</body>${UNKNOWN}<stanza-id xmlns="urn:xmpp:sid:0" by="${ROOM}" id="plain"/>` +
    '<origin-id xmlns="urn:xmpp:sid:0" id="org"/>', 'id="orig-id" xml:lang="de"')
  },
  { uid: 'renamed', nick: 'Alice 🎉', occupant: 'o-alice', body: 'under another nick' },
  { uid: 'nickonly', nick: 'bob', body: 'from a room without occupant-ids' },
  {
    uid: 'forged',
    nick: 'mallory',
    occupant: 'o-mallory',
    stanza: stanza('<occupant-id xmlns="urn:xmpp:occupant-id:0" id="o-alice"/><body>forged</body>' +
    '<stanza-id xmlns="urn:xmpp:sid:0" by="results\\40conference.localhost@logs.localhost" id="plain"/>' +
    '<x xmlns="http://jabber.org/protocol/muc#user"><item jid="alice@localhost/desk"/></x><no-copy xmlns="urn:xmpp:hints"/>')
  },
  { uid: 'topic', kind: 'subject', nick: 'alice', body: 'Plans', stanza: stanza('<subject>Plans</subject>') },
  { uid: 'cleared', kind: 'subject', nick: 'alice', body: '', stanza: stanza('<subject/>') },
  { uid: 'service', kind: 'subject', nick: '', body: 'set by the service' },
  { uid: 'both', nick: 'alice', body: 'text', stanza: stanza('<subject>an old client</subject><body>text</body>') },
  { uid: 'reaction', nick: 'bob', stanza: stanza('<reactions xmlns="urn:xmpp:reactions:0" id="plain"><reaction>👍</reaction></reactions><store xmlns="urn:xmpp:hints"/>') },
  { uid: 'joined', kind: 'join', nick: 'carol' },
  { uid: 'notice', nick: '', stanza: stanza('<retract xmlns="urn:xmpp:message-retract:1" id="u"><moderated xmlns="urn:xmpp:message-moderate:1"/></retract>') }
]

export function testResults (stage: () => ContractStage): void {
  describe('results', () => {
    let page: Answered
    let events: ArchivedEvent[] = []
    const archive = (): string => stage().archive('results')
    const innerOf = (uid: string): Element => page.inner[page.uids.indexOf(uid)] as Element

    before(async () => {
      events = (await stage().fill('results', SAID.map(({ body = '', ...fields }) => ({ body, ...fields })))).filter(({ kind }) => kind !== 'join')
      page = await ask(stage().alice, archive(), { queryId: 'f27' })
    })

    test('R-33: one id for the result, the stanza-id, the ends of the page and the metadata', async () => {
      assert.deepEqual(page.uids, events.map(({ uid }) => uid), 'presence never appears')
      const ours = page.inner.map(inner => children(inner, 'stanza-id', NS.STANZA_ID).filter(({ attrs }) => attrs['by'] === archive()).map(({ attrs }) => attrs['id']))
      assert.deepEqual(ours, page.uids.map(uid => [uid]))
      assert.deepEqual([page.rsm.first, page.rsm.last], ['plain', 'notice'])
      const answer = await stage().alice.request(parseXml(`<iq type='get' to='${archive()}'><metadata xmlns='urn:xmpp:mam:2'/></iq>`))
      assert.deepEqual(elementsOf(child(answer, 'metadata', NS.MAM) as Element).map(({ name, attrs }) => [name, attrs['id'], attrs['timestamp']]),
        [['start', 'plain', page.stamps[0]], ['end', 'notice', page.stamps.at(-1)]])
    })

    test('R-48: results come before the answer, with the id of the query; without one none is made up', async () => {
      const seen = stage().alice.received().length
      await stage().alice.request(parseXml(`<iq type='get' to='${archive()}'><ping xmlns='urn:xmpp:ping'/></iq>`))
      assert.ok(stage().alice.received().slice(seen).every(late => child(late, 'result', NS.MAM) === undefined), 'nothing comes after the answer')
      await ask(stage().alice, archive(), {})
      assert.equal(page.fin.attrs['queryid'], undefined)
    })

    test('R-48: the results of queries at the same time keep their own order, each before its own answer', async () => {
      const { alice } = stage()
      const arrived: string[] = []
      const seen = alice.received().length
      await Promise.all(['q1', 'q2', 'q3'].map(async queryId => {
        await alice.request(parseXml(`<iq type='set' to='${archive()}'>${queryXml({ queryId })}</iq>`))
        arrived.push(...alice.received().slice(seen).flatMap(outer => {
          const result = child(outer, 'result', NS.MAM)
          return result?.attrs['queryid'] === queryId ? [`${queryId} ${result.attrs['id']}`] : []
        }))
      }))
      assert.deepEqual(arrived.sort(), ['q1', 'q2', 'q3'].flatMap(queryId => page.uids.map(uid => `${queryId} ${uid}`)).sort())
    })

    test('R-49: a forwarded message is of jabber:client, groupchat, from the occupant, to nobody, with its id and one delay', () => {
      assert.deepEqual(innerOf('plain').attrs, { xmlns: NS.CLIENT, type: 'groupchat', from: `${archive()}/alice`, id: 'orig-id', 'xml:lang': 'de' })
      assert.ok(page.inner.every(({ attrs }) => attrs['to'] === undefined && attrs['type'] === 'groupchat'))
      assert.deepEqual(page.stamps, events.map(({ time }) => time))
      assert.ok(page.outer.every(outer => child(outer, 'body') === undefined))
      assert.equal(innerOf('renamed').attrs['from'], `${archive()}/Alice 🎉`)
      assert.deepEqual([innerOf('service').attrs['from'], innerOf('notice').attrs['from']], [archive(), archive()], 'the room itself')
    })

    test('what nobody knows yet, and the ids of the room itself, come through as they were', () => {
      assert.deepEqual(plain(child(innerOf('plain'), 'new', 'urn:example:future')), plain(parseXml(UNKNOWN)))
      assert.equal(children(innerOf('plain'), 'stanza-id', NS.STANZA_ID).find(({ attrs }) => attrs['by'] === ROOM)?.attrs['id'], 'plain')
      assert.equal(child(innerOf('plain'), 'origin-id', NS.STANZA_ID)?.attrs['id'], 'org')
      assert.equal(textOf(child(innerOf('reaction'), 'reactions', 'urn:xmpp:reactions:0') as Element, 'reaction'), '👍')
    })

    test('XEP-0421: each message of an occupant has one occupant-id, the same for the same person, that tells nothing of the room\'s own', () => {
      const idsOf = (uid: string) => children(innerOf(uid), 'occupant-id', NS.OCCUPANT_ID).map(({ attrs }) => attrs['id'] ?? '')
      const ids = createOccupantIds('key')
      for (const event of events) {
        const id = ids.ofEvent(event)
        assert.deepEqual(idsOf(event.uid), event.nick === '' ? [] : [id], event.uid)
        assert.ok((id ?? '').length <= 128 && !(id ?? '').includes('o-alice'))
      }
      assert.deepEqual(idsOf('plain'), idsOf('renamed'))
      assert.notDeepEqual(idsOf('plain'), idsOf('forged'))
    })

    test('what pretends to be ours or the room\'s is taken out, with hints', () => {
      const forged = innerOf('forged')
      assert.deepEqual(elementsOf(forged).map(({ name, attrs }) => [name, attrs['id']?.length === 43 ? 'ours' : attrs['id']]),
        [['body', undefined], ['stanza-id', 'forged'], ['occupant-id', 'ours']])
    })

    test('R-51: a subject that changes has a subject and no body, also when it is cleared; with a body it is a message', () => {
      for (const [uid, subject, body] of [['topic', 'Plans', undefined], ['cleared', '', undefined], ['service', 'set by the service', undefined], ['both', 'an old client', 'text']] as const) {
        assert.deepEqual([textOf(innerOf(uid), 'subject'), textOf(innerOf(uid), 'body')], [subject, body], uid)
      }
    })

    test('XEP-0424, XEP-0425, R-32, R-50: what was removed leaves a tombstone, in its place, found by its id, to go on from', async () => {
      const removals: ReadonlyArray<readonly [string, Omit<Removal, 'time'>]> = [
        ['author', { by: 'author', message: 'retraction' }],
        ['moderator', { by: 'moderator', message: 'retraction', moderator: 'bob', reason: 'Spam & <more>' }],
        ['administrator', { by: 'administrator' }]
      ]
      const recorded = await stage().fill('removed', [{ uid: 'before', time: at(0) }, ...removals.map(([uid], n) =>
        ({ uid, time: at(n + 1), message: `orig-${uid}`, occupant: 'o-alice', stanza: stanza('<body>secret word</body>') })), { uid: 'after', time: at(9) }])
      for (const [uid, removed] of removals) {
        const { body, stanza, ...rest } = recorded.find(event => event.uid === uid) as ArchivedEvent
        await stage().store.scrub(rest.room, [uid], () => ({ ...rest, removed: { ...removed, time: at(50) } }))
      }
      const archive = stage().archive('removed')
      const { uids, inner, stamps, outer } = await ask(stage().alice, archive)
      assert.deepEqual([uids, stamps], [['before', 'author', 'moderator', 'administrator', 'after'], recorded.map(({ time }) => time)])
      assert.ok(!outer.join().includes('secret'))
      const tombs = inner.slice(1, 4)
      for (const [n, tomb] of tombs.entries()) {
        assert.deepEqual([tomb.attrs['from'], tomb.attrs['id'], tomb.attrs['type']], [`${archive}/alice`, `orig-${uids[n + 1] ?? ''}`, 'groupchat'])
        assert.deepEqual(elementsOf(tomb).map(({ name }) => name), ['retracted', 'stanza-id', 'occupant-id'])
      }
      const retracted = `<retracted xmlns="${NS.RETRACT}" stamp="${at(50)}"`
      assert.deepEqual(tombs.map(tomb => plain(child(tomb, 'retracted', NS.RETRACT))), [
        `${retracted} id="retraction"/>`,
        `${retracted} id="retraction"><moderated xmlns="${NS.MODERATE}" by="${archive}/bob"/><reason>Spam &amp; &lt;more&gt;</reason></retracted>`,
        `${retracted}><moderated xmlns="${NS.MODERATE}"/></retracted>`
      ].map(text => plain(parseXml(text))))
      for (const [asked, found] of [
        [{ form: field('ids', 'author') }, ['author']],
        [{ set: '<after>moderator</after>' }, ['administrator', 'after']],
        [{ set: '<before>author</before>' }, ['before']],
        [{ form: field('after-id', 'author') + field('before-id', 'administrator') }, ['moderator']]
      ] as const) assert.deepEqual((await ask(stage().alice, archive, asked)).uids, found)
    })

    test('R-52: real addresses are shown, and asked for by with, where the room shows them; where not, all are refused alike', async () => {
      const archive = stage().archive('real')
      const room = stage().room('real')
      await stage().fill('real', ['alice@localhost/desk', 'bob@localhost/x', undefined, 'alice@localhost/phone', 'alice@localhost.example/x'].map((jid, n) =>
        ({ uid: `r${n}`, ...(jid === undefined ? {} : { private: { jid } }) })))
      const jids = async () => (await ask(stage().alice, archive)).inner.map(inner =>
        child(child(inner, 'x', NS.MUC_USER) ?? inner, 'item', NS.MUC_USER)?.attrs['jid'])
      const asked = (jid: string) => refusal(stage().alice, archive, queryXml({ form: field('with', jid) }))

      stage().directory.learn(room, { isOpen: true, isNonAnonymous: false })
      assert.deepEqual(await jids(), [undefined, undefined, undefined, undefined, undefined])
      const refused = await Promise.all(['alice@localhost', 'alice@localhost/desk', 'nobody@example.org', 'other@conference.localhost/alice'].map(asked))
      assert.deepEqual(refused.map(({ condition, type, text }) => [condition, type, text]), refused.map(() => ['forbidden', 'auth', refused[0]?.text]))

      stage().directory.learn(room, { isOpen: true, isNonAnonymous: true })
      assert.deepEqual(await jids(), ['alice@localhost/desk', 'bob@localhost/x', undefined, 'alice@localhost/phone', 'alice@localhost.example/x'])
      const found = async (jid: string, set?: string) => {
        const { uids, isComplete } = await ask(stage().alice, archive, { form: field('with', jid), ...(set === undefined ? {} : { set }) })
        return [uids, isComplete]
      }
      assert.deepEqual(await found('alice@localhost'), [['r0', 'r3'], true])
      assert.deepEqual(await found('ALICE@localhost/phone'), [['r3'], true])
      assert.deepEqual(await found('alice@localhost', '<max>1</max>'), [['r0'], false])
      assert.deepEqual(await found('alice@localhost', '<max>1</max><before/>'), [['r3'], false])
      assert.deepEqual(await found('nobody@localhost'), [[], true])
    })

    test('R-58: a message as long as servers take comes whole; one that is longer comes as its text, and its page with it', async () => {
      const long = (length: number) => stanza(`<body>text</body><x xmlns="urn:x">${'y'.repeat(length)}</x>`)
      await stage().fill('large', [
        { uid: 'start' }, { uid: 'whole', stanza: long(250_000) }, { uid: 'cut', body: 'text', stanza: long(600_000) },
        { uid: 'ampersands', body: '&'.repeat(600_000) }, { uid: 'end' }
      ])
      const archive = stage().archive('large')
      const all = await ask(stage().alice, archive)
      assert.deepEqual(all.uids, ['start', 'whole', 'cut', 'ampersands', 'end'])
      assert.equal(textOf(all.inner[1] as Element, 'x', 'urn:x')?.length, 250_000)
      assert.deepEqual(elementsOf(all.inner[2] as Element).map(({ name }) => name), ['body', 'stanza-id', 'occupant-id'])
      assert.match(textOf(all.inner[3] as Element, 'body') ?? '', /^&{40000}…$/)
    })

    test('R-48: a client that does not read for a while still has all results before the answer', async () => {
      await stage().fill('slow', Array.from({ length: 250 }, (_, n) => ({ uid: `s${n}`, body: `${n} ${'z'.repeat(4000)}` })))
      const proxy = await startFaultProxy({ port: stage().server.c2sPort })
      try {
        const bob = await stage().talker('bob', 'slow', { ...stage().server, c2sPort: proxy.port })
        const asking = ask(bob, stage().archive('slow'), { set: '<max>250</max>', queryId: 'slow' })
        await bob.waitFor(stanza => child(stanza, 'result', NS.MAM) !== undefined)
        proxy.silence()
        // Meanwhile others are served.
        assert.equal((await ask(stage().alice, archive())).uids.length, page.uids.length)
        await proxy.restore('deliver')
        assert.deepEqual((await asking).uids, Array.from({ length: 250 }, (_, n) => `s${n}`))
        await bob.stop()
      } finally {
        await proxy.close()
      }
    })
  })
}
