import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { ArchivedEvent } from '../../src/model/event.ts'
import { child, parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { readScenes } from '../helpers/captures.ts'
import type { Scene } from '../helpers/captures.ts'
import { ADDRESS, LAB, stageRoom } from '../helpers/fake-room-server.ts'
import type { RoomStage } from '../helpers/fake-room-server.ts'
import { EXPECTED } from './captures.expected.ts'

// One room lives through the whole captured session of a server; each scene must add exactly the events named for it.
for (const server of ['prosody', 'ejabberd'] as const) {
  const stage = stageRoom()
  after(() => stage.room.offline(0))
  let told = 0
  for (const scene of readScenes(server)) {
    test(`${server} ${scene.name}: the record gains exactly what happened`, async () => {
      await play(scene, stage)
      const gained = stage.recorded.slice(told).map(describe)
      told = stage.recorded.length
      assert.deepEqual(gained, EXPECTED[server][scene.name] ?? [])
    })
  }
}

async function play (scene: Scene, stage: RoomStage): Promise<void> {
  for (const { direction, stanza } of scene.steps) {
    const peer = stanza.attrs[direction === 'sent' ? 'to' : 'from'] ?? ''
    const self = stanza.attrs[direction === 'sent' ? 'from' : 'to']
    if (peer.split('/')[0] !== LAB || self !== ADDRESS) continue
    if (direction === 'received') receive(stanza, stage)
    else if (isJoin(stanza)) await stage.join()
    else if (stanza.attrs['type'] === 'unavailable') await stage.room.leave()
    await stage.room.drained()
  }
}

function receive (stanza: Element, stage: RoomStage): void {
  // What these sessions tell on joining is to be understood here; archives are asked in catch-up.test.ts.
  if (stanza.getName() === 'iq') stage.disco = parseXml(stanza.toString().replace('urn:xmpp:mam:2', ''))
  else stage.hear(stanza)
}

function isJoin (stanza: Element): boolean {
  return stanza.getName() === 'presence' && child(stanza, 'x', NS.MUC) !== undefined
}

const FACTS = [
  'body', 'encrypted', 'newNick', 'actor', 'reason', 'role', 'affiliation', 'status',
  'replaces', 'retracts', 'repliesTo', 'reactsTo', 'reactions', 'origin', 'alternate'
] as const

function describe (event: ArchivedEvent): string {
  const { kind, nick, via, uid, stanza } = event
  const isTheirs = stanza?.includes(`id="${uid}"`) === true ? 'own id' : ''
  const facts = FACTS.map(name => [name, event[name]] as const)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return [via === 'live' ? '' : via, kind, nick, isTheirs, ...facts].filter(text => text !== '').join(' ')
}
