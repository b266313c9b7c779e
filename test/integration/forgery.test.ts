import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import type { LoggedRemoval } from '../../src/archive/store.ts'
import { textOf, xml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { stanzaIdBy } from '../../src/xmpp/stanza-id.ts'
import { startProsody } from '../servers/prosody.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import { ask, field } from './mam-contract/stage.ts'
import { eventually, openStage, seeArchiveIn, SERVERS } from './stage.ts'
import type { Stage } from './stage.ts'
import { moderate } from './surfaces.ts'

const ROOM = 'lounge@conference.localhost'
const ARCHIVE = 'lounge\\40conference.localhost@logs.localhost'
const WORDS = 'what Alice said'

/** What somebody may send who wants to change what Alice said: by the id of the room and by hers. */
function forgeries (uid: string, id: string): ReadonlyArray<readonly [string, readonly Element[]]> {
  const retract = (ns: string, attrs: Record<string, string> = {}, ...inner: Element[]): Element => xml('retract', { xmlns: ns, ...attrs }, inner)
  const moderated = (ns: string, ...inner: Element[]): Element => xml('moderated', { xmlns: ns, by: `${ROOM}/Alice` }, inner)
  return [uid, id].flatMap(target => [
    ['a retraction', [retract(NS.RETRACT, { id: target })]],
    ['a retraction in the old form', [xml('apply-to', { xmlns: 'urn:xmpp:fasten:0', id: target }, retract(NS.RETRACT_0))]],
    ['moderation', [retract(NS.RETRACT, { id: target }, moderated(NS.MODERATE), xml('reason', {}, 'forged'))]],
    ['moderation in the old form', [xml('apply-to', { xmlns: 'urn:xmpp:fasten:0', id: target }, moderated(NS.MODERATE_0, retract(NS.RETRACT_0), xml('reason', {}, 'forged')))]],
    ['a correction', [xml('replace', { xmlns: NS.CORRECT, id: target })]],
    ['a tombstone', [xml('retracted', { xmlns: NS.RETRACT, id: target, stamp: '2026-11-21T07:14:09Z' })]]
  ] as const)
}

async function log (stage: Stage): Promise<LoggedRemoval[]> {
  const store = createSqliteStore({ path: (stage.config.store as { path: string }).path })
  const lines: LoggedRemoval[] = []
  for await (const batch of store.removals()) lines.push(...batch)
  await store.close()
  return lines
}

for (const { name, start } of SERVERS) {
  describe(`R-22, R-23: others change nothing of what somebody said, on ${name}`, { skip: requireServer(name) }, () => {
    test('forged retractions, moderation and corrections are recorded and shown as what they are, and do nothing', async () => {
      const server = await start()
      const stage = await openStage(server)
      try {
        const [alice, mallory, carol] = [await stage.talker('alice'), await stage.talker('bob'), await stage.talker('carol')]
        await alice.join(ROOM, 'Alice')
        await alice.configureRoom(ROOM, { persistentroom: '1' })
        await seeArchiveIn(ROOM, alice)
        await mallory.join(ROOM, 'Mallory')
        const echo = await alice.say(ROOM, WORDS, { id: 'alice-1' })
        const uid = stanzaIdBy(echo, ROOM) ?? ''
        const original = await eventually(async () => (await stage.record()).find(event => event.uid === uid), 'it is recorded')

        // As if it were Alice's, in id and occupant-id.
        const disguise = xml('occupant-id', { xmlns: NS.OCCUPANT_ID, id: original.occupant ?? 'none' })
        const sent: string[] = []
        async function forge (by: Talker, as: string): Promise<void> {
          for (const [n, [what, payloads]] of forgeries(uid, 'alice-1').entries()) {
            const text = `forged ${as} ${n}: ${what}`
            await by.say(ROOM, text, { payloads: [...payloads, disguise] })
            sent.push(text)
          }
        }
        await forge(mallory, 'under another nick')
        await alice.leave(ROOM)
        await mallory.changeNick(ROOM, 'Alice')
        await forge(mallory, 'under her nick')
        await mallory.leave(ROOM)
        await carol.join(ROOM, 'Carol')
        const marker = stanzaIdBy(await carol.say(ROOM, 'the ende', { id: 'carol-1' }), ROOM)
        await carol.say(ROOM, 'the end', { payloads: [xml('replace', { xmlns: NS.CORRECT, id: 'carol-1' })] })
        const record = await eventually(async () => {
          const events = await stage.record()
          return events.some(event => event.uid === marker && event.standing?.latest?.body === 'the end') ? events : undefined
        }, 'what is valid is applied')

        assert.deepEqual(record.find(event => event.uid === uid), original)
        assert.deepEqual([original.body, original.removed, original.standing], [WORDS, undefined, undefined])
        const forged = record.filter(({ body }) => body?.startsWith('forged ') === true)
        assert.deepEqual(forged.map(({ body }) => body), sent)
        for (const { appliesTo, removed, body } of forged) assert.deepEqual([appliesTo, removed], [undefined, undefined], body)
        assert.deepEqual(await log(stage), [])

        const page = await fetch(`${stage.url}/r/lounge/m/${encodeURIComponent(uid)}`)
        assert.equal(page.status, 200)
        assert.ok((await page.text()).includes(WORDS))
        const { inner: [message] } = await ask(carol, ARCHIVE, { form: field('ids', uid) })
        assert.equal(message === undefined ? undefined : textOf(message, 'body'), WORDS)
      } finally {
        await stage.stop()
        await server.stop()
      }
    })
  })
}

describe('R-22: who may moderate is the room\'s to say', { skip: requireServer('prosody') }, () => {
  test('the room refuses who is no moderator, and what it announces itself counts, with moderator and reason', async () => {
    const server = await startProsody({ moderation: true })
    const stage = await openStage(server)
    try {
      const [alice, bob] = [await stage.talker('alice'), await stage.talker('bob')]
      await alice.join(ROOM, 'Alice')
      await seeArchiveIn(ROOM, alice)
      await bob.join(ROOM, 'Bob')
      const kept = stanzaIdBy(await alice.say(ROOM, WORDS), ROOM) ?? ''
      await assert.rejects(bob.request(moderate(ROOM, kept, 'forged')), { condition: 'forbidden' })
      const rude = stanzaIdBy(await bob.say(ROOM, 'something rude'), ROOM) ?? ''
      await alice.request(moderate(ROOM, rude, 'too rude'))
      const gone = await eventually(async () => (await stage.record()).find(event => event.uid === rude && event.removed !== undefined), 'it is removed')
      const { by, reason, moderator } = gone.removed ?? {}
      assert.deepEqual([by, reason, moderator, gone.body, gone.stanza], ['moderator', 'too rude', 'Alice', undefined, undefined])
      assert.equal((await stage.record()).find(event => event.uid === kept)?.body, WORDS)
      assert.deepEqual((await log(stage)).map(({ uids, by, reason, actor }) => [uids, by, reason, actor]), [[[rude], 'moderator', 'too rude', 'Alice']])
    } finally {
      await stage.stop()
      await server.stop()
    }
  })
})
