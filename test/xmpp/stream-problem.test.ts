import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseXml } from '../../src/xmpp/element.ts'
import { describeProblem, isStreamError, parseStreamError, StreamFailure } from '../../src/xmpp/stream-problem.ts'

const COMPONENT = { mode: 'component', service: 'xmpp.example.org:5347', name: 'logs.example.org' } as const
const BOT = { mode: 'bot', service: 'example.org:5222', name: 'bot@example.org/hansard' } as const
const node = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code })

describe('a problem of the stream', () => {
  const cases: ReadonlyArray<readonly [unknown, typeof COMPONENT | typeof BOT, 'ERR_XMPP_REFUSED' | 'ERR_XMPP_OFFLINE', RegExp]> = [
    [new StreamFailure('not-authorized'), COMPONENT, 'ERR_XMPP_REFUSED', /refuses the secret; set .* xmpp\.secret/],
    [new StreamFailure('conflict', 'Component already connected'), COMPONENT, 'ERR_XMPP_REFUSED', /another connection.*kick_old/],
    [new StreamFailure('host-unknown'), COMPONENT, 'ERR_XMPP_REFUSED', /no such component; add it/],
    [new StreamFailure('invalid-namespace'), COMPONENT, 'ERR_XMPP_REFUSED', /port is not one for components/],
    [new StreamFailure('not-authorized'), BOT, 'ERR_XMPP_REFUSED', /account or its password; correct xmpp\.jid and xmpp\.password/],
    [new StreamFailure('conflict'), BOT, 'ERR_XMPP_REFUSED', /same address and resource/],
    [new StreamFailure('no-tls'), BOT, 'ERR_XMPP_REFUSED', /offers no TLS/],
    [node('DEPTH_ZERO_SELF_SIGNED_CERT'), BOT, 'ERR_XMPP_REFUSED', /certificate .*DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/],
    [node('ERR_TLS_CERT_ALTNAME_INVALID'), BOT, 'ERR_XMPP_REFUSED', /certificate/],
    [node('ECONNREFUSED'), COMPONENT, 'ERR_XMPP_OFFLINE', /nothing listens there; start the server/],
    [new AggregateError([node('ECONNREFUSED'), node('ECONNREFUSED')]), BOT, 'ERR_XMPP_OFFLINE', /nothing listens there/],
    [node('ENOTFOUND'), COMPONENT, 'ERR_XMPP_OFFLINE', /name of the host is not known/],
    [node('ETIMEDOUT'), COMPONENT, 'ERR_XMPP_OFFLINE', /does not answer/],
    [new StreamFailure('late'), COMPONENT, 'ERR_XMPP_OFFLINE', /did not finish the handshake/],
    [new StreamFailure('silent'), COMPONENT, 'ERR_XMPP_OFFLINE', /no longer answers/],
    [new StreamFailure('closed'), COMPONENT, 'ERR_XMPP_OFFLINE', /without a reason/],
    [new StreamFailure('policy-violation', 'too fast'), COMPONENT, 'ERR_XMPP_OFFLINE', /policy-violation \(too fast\)$/],
    [new Error('something new'), BOT, 'ERR_XMPP_OFFLINE', /something new$/],
    ['not an error', BOT, 'ERR_XMPP_OFFLINE', /not an error$/]
  ]
  for (const [cause, target, code, message] of cases) {
    it(`of a ${target.mode}, ${String(cause)}, is told with its remedy in one line`, () => {
      const problem = describeProblem(cause, target)
      assert.equal(problem.code, code)
      assert.match(problem.message, message)
      assert.ok(problem.message.startsWith(`Cannot connect to ${target.service} as ${target.name}: `))
      assert.doesNotMatch(problem.message, /\n/)
      assert.equal(problem.cause, cause)
    })
  }

  it('is read from the stream error of the server', () => {
    const error = parseXml("<e:error xmlns:e='http://etherx.jabber.org/streams'><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Who?</text></e:error>")
    assert.equal(isStreamError(error), true)
    assert.equal(parseStreamError(error).condition, 'host-unknown')
    assert.equal(parseStreamError(error).message, 'host-unknown (Who?)')
    assert.equal(parseStreamError(parseXml('<error/>')).condition, 'undefined-condition')
    assert.equal(isStreamError(parseXml("<error xmlns='jabber:client'/>")), false)
  })
})
