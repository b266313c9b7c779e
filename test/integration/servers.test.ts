import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, it } from 'node:test'
import { buildInfoRequest, parseInfo } from '../../src/xmpp/disco.ts'
import { textOf } from '../../src/xmpp/element.ts'
import { parseMucUser } from '../../src/xmpp/muc.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { stanzaIdBy } from '../../src/xmpp/stanza-id.ts'
import { startEjabberd } from '../servers/ejabberd.ts'
import { startProsody } from '../servers/prosody.ts'
import { connectTalker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'

const ROOM = 'lab@conference.localhost'

async function hasMam (server: XmppServer): Promise<boolean> {
  const alice = await connectTalker(server, 'alice')
  await alice.join(ROOM, 'Alice')
  const info = parseInfo(await alice.request(buildInfoRequest(ROOM)))
  await alice.stop()
  return info.features.has(NS.MAM)
}

for (const [name, start] of [['prosody', async () => startProsody()], ['ejabberd', startEjabberd]] as const) {
  describe(`a real ${name} for tests`, { skip: requireServer(name) }, () => {
    it('has people who talk, join, change, and are shown the door', async t => {
      const server = await start()
      t.after(async () => server.stop())
      const alice = await connectTalker(server, 'alice')
      const bob = await connectTalker(server, 'bob')
      t.after(async () => Promise.all([alice.stop(), bob.stop()]))
      assert.deepEqual(await alice.join(ROOM, 'Alice'), { isNew: true })
      assert.deepEqual(await bob.join(ROOM, 'Bob', { history: { maxstanzas: 0 } }), { isNew: false })
      const echo = await alice.say(ROOM, 'hello "world"')
      assert.equal(textOf(echo, 'body'), 'hello "world"')
      assert.notEqual(stanzaIdBy(echo, ROOM), undefined)
      await bob.waitFor(stanza => stanza.toString() !== '' && textOf(stanza, 'body') === 'hello "world"')
      await alice.subject(ROOM, 'a topic')
      await bob.presence(ROOM, { show: 'away', status: 'tea' })
      await bob.changeNick(ROOM, 'Bobby')
      await bob.privateMessage(ROOM, 'Alice', 'psst')
      await alice.waitFor(stanza => stanza.attrs['type'] === 'chat' && textOf(stanza, 'body') === 'psst')
      await alice.configureRoom(ROOM, { roomname: 'The lab' })
      assert.equal(parseInfo(await bob.request(buildInfoRequest(ROOM))).identities[0]?.name, 'The lab')
      await alice.kick(ROOM, 'Bobby', 'out')
      await bob.waitFor(stanza => parseMucUser(stanza)?.statuses.has(307) === true)
      await alice.ban(ROOM, 'carol@localhost')
      const carol = await connectTalker(server, 'carol')
      t.after(async () => carol.stop())
      await assert.rejects(carol.join(ROOM, 'Carol'), { condition: 'forbidden' })
      await bob.join(ROOM, 'Bob')
      await bob.leave(ROOM)
      await alice.destroy(ROOM, { alternate: 'new@conference.localhost', reason: 'moved' })
      const destroyed = await alice.waitFor(stanza => parseMucUser(stanza)?.destroy !== undefined)
      assert.deepEqual(parseMucUser(destroyed)?.destroy, { alternate: 'new@conference.localhost', reason: 'moved' })
    })

    it('keeps its accounts through a crash, and leaves nothing behind', async () => {
      const server = await start()
      try {
        await server.register('dave', 'a "password" \\ é')
        await server.kill()
        await server.restart()
        const dave = await connectTalker(server, 'dave', { password: 'a "password" \\ é' })
        await dave.stop()
      } finally {
        await server.stop()
      }
      assert.equal(existsSync(dirname(server.log)), false)
    })
  })
}

describe('two servers side by side', { skip: requireServer('prosody') }, () => {
  it('do not touch each other, and one has no archive', async t => {
    const [plain, archiving] = await Promise.all([startProsody({ noMam: true }), startProsody()])
    t.after(async () => Promise.all([plain.stop(), archiving.stop()]))
    assert.equal(await hasMam(plain), false)
    assert.equal(await hasMam(archiving), true)
  })
})
