import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseInfo } from '../../src/xmpp/disco.ts'
import { attribute, child, children, parseXml, textOf } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import { ask, field } from './mam-contract/stage.ts'
import { openStage, seeArchiveIn, SERVERS } from './stage.ts'

const ROOM = 'lounge@conference.localhost'
const ARCHIVE = 'lounge\\40conference.localhost@logs.localhost'

/** What the archive and its mirror room add to a message: its id there, and whose it is. */
function marksOf (message: Element): unknown {
  return {
    uid: children(message, 'stanza-id', NS.STANZA_ID).filter(({ attrs }) => attrs['by'] === ARCHIVE).map(id => attribute(id, 'id')),
    occupant: children(message, 'occupant-id', NS.OCCUPANT_ID).map(id => attribute(id, 'id')),
    body: textOf(message, 'body')
  }
}

for (const { name, start } of SERVERS) {
  describe(`MAM while people talk, behind ${name}`, { skip: requireServer(name) }, () => {
    test('R-56: what the mirror room tells is in the archive already, under the same ids, and all of it is advertised', async () => {
      const server = await start()
      const stage = await openStage(server)
      try {
        const [alice, bob] = await Promise.all([stage.talker('alice'), stage.talker('bob')])
        await alice.join(ROOM, 'Alice')
        await seeArchiveIn(ROOM, alice)
        await bob.join(ARCHIVE, 'Bob')
        const info = parseInfo(await bob.request(parseXml(`<iq type='get' to='${ARCHIVE}'><query xmlns='${NS.DISCO_INFO}'/></iq>`)))
        for (const feature of [NS.MAM, `${NS.MAM}#extended`, NS.STANZA_ID, NS.OCCUPANT_ID, NS.FULLTEXT, NS.RETRACT, `${NS.RETRACT}#tombstone`, NS.MUC]) {
          assert.ok(info.features.has(feature), feature)
        }

        const forged = parseXml('<occupant-id xmlns="urn:xmpp:occupant-id:0" id="forged"/>')
        for (let n = 0; n < 10; n++) {
          await alice.say(ROOM, `line ${n}`, { payloads: n === 5 ? [forged] : [] })
          const heard = await bob.waitFor(stanza => stanza.name === 'message' && textOf(stanza, 'body') === `line ${n}`)
          const uid = children(heard, 'stanza-id', NS.STANZA_ID).find(({ attrs }) => attrs['by'] === ARCHIVE)?.attrs['id'] ?? ''
          const { inner: [found], isComplete } = await ask(bob, ARCHIVE, { form: field('ids', uid) })
          assert.deepEqual([found === undefined ? undefined : marksOf(found), isComplete], [marksOf(heard), true])
        }
        await alice.changeNick(ROOM, 'Alice at home')
        await alice.say(ROOM, 'another nick')
        await bob.waitFor(stanza => textOf(stanza, 'body') === 'another nick')

        const page = await ask(bob, ARCHIVE, { set: '<max>11</max><before/>' })
        assert.deepEqual(page.inner.map(inner => textOf(inner, 'body')), [...Array.from({ length: 10 }, (_, n) => `line ${n}`), 'another nick'])
        const people = page.inner.map(inner => children(inner, 'occupant-id', NS.OCCUPANT_ID).map(({ attrs }) => attrs['id']))
        assert.ok(people.every(ids => ids.length === 1 && ids[0] !== 'forged'))
        // Prosody tells who it is behind a nick; without that a new nick is somebody new.
        assert.equal(new Set(people.map(String)).size, name === 'prosody' ? 1 : 2)
        assert.ok(page.inner.every(inner => child(inner, 'x', NS.MUC_USER) === undefined))
      } finally {
        await stage.stop()
        await server.stop()
      }
    })
  })
}
