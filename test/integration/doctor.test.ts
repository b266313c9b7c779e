import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runCaptured } from '../cli/run-captured.ts'
import { writeConfig } from '../config/write-config.ts'
import { startProsody } from '../servers/prosody.ts'
import { connectTalker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { SERVERS } from './stage.ts'

interface Finding { readonly check: string, readonly ok: boolean, readonly message: string }

function configFor (server: XmppServer, secret = server.secret): string {
  return `xmpp: { mode: component, domain: ${server.componentDomain}, server: "${server.host}:${server.componentPort}", secret: "${secret}" }
http: { port: 1 }
rooms:
  - { jid: lounge@${server.conference} }
  - { jid: nowhere@${server.conference} }
`
}

async function diagnose (config: string): Promise<{ code: number, findings: Finding[] }> {
  const { code, stdout } = await runCaptured('doctor', '--config', config, '--output', 'jsonl')
  return { code, findings: stdout.trim().split('\n').map(line => JSON.parse(line) as Finding) }
}

for (const { name, start } of SERVERS) {
  describe(`doctor on ${name}`, { skip: requireServer(name) }, () => {
    test('tries each room and says which cannot be joined, and why', async t => {
      const server = await start()
      const alice = await connectTalker(server, 'alice')
      try {
        // Under the nick that doctor wants: it must try another.
        await alice.join('lounge@conference.localhost', 'hansard')
        const { code, findings } = await diagnose(writeConfig(t, configFor(server)))
        assert.equal(code, 1)
        assert.deepEqual(findings.map(({ check, ok }) => [check, ok]), [
          ['config', true], ['store', true], ['spool', true], ['search', true], ['xmpp', true],
          ['room lounge@conference.localhost', true],
          ['room nowhere@conference.localhost', false]
        ])
        assert.match(findings.at(-1)?.message ?? '', /does not exist/)
        assert.ok(!alice.received().some(stanza => stanza.attrs['from']?.startsWith('nowhere@') === true))
      } finally {
        await alice.stop()
        await server.stop()
      }
    })

    test('says that the secret is wrong', async t => {
      const server = await start()
      try {
        const { code, findings } = await diagnose(writeConfig(t, configFor(server, 'not the secret')))
        assert.equal(code, 1)
        assert.equal(findings.at(-1)?.check, 'xmpp')
        assert.match(findings.at(-1)?.message ?? '', /secret/)
      } finally {
        await server.stop()
      }
    })
  })
}

describe('doctor on a room without an archive', { skip: requireServer('prosody') }, () => {
  test('says that MAM and stanza-ids are missing, and what to switch on', async t => {
    const server = await startProsody({ noMam: true })
    const alice = await connectTalker(server, 'alice')
    try {
      await alice.join('lounge@conference.localhost', 'alice')
      const { findings } = await diagnose(writeConfig(t, configFor(server)))
      const about = findings.filter(({ check }) => check === 'room lounge@conference.localhost')
      assert.deepEqual(about.map(({ ok }) => ok), [true, false, false])
      assert.match(about[1]?.message ?? '', /muc_mam/)
      assert.match(about[2]?.message ?? '', /stanza-ids/)
    } finally {
      await alice.stop()
      await server.stop()
    }
  })
})
