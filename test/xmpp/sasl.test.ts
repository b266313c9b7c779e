import assert from 'node:assert/strict'
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { describe, it } from 'node:test'
import { isGenuine, PlainMechanism, SCRAM_HASHES, scramMechanism } from '../../src/xmpp/sasl.ts'

const SALT = Buffer.from('pepper and salt')

/** The server's side, written down from RFC 5802 §3. */
function serverSide (
  hash: string, password: string, first: string, challenge: string, final: string
): { isRight: boolean, signature: Buffer } {
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
  const salted = pbkdf2Sync(password, SALT, 4096, createHash(hash).digest().length, hash)
  const storedKey = createHash(hash).update(hmac(salted, 'Client Key')).digest()
  const [, withoutProof = '', proof = ''] = /^(.*),p=(.*)$/.exec(final) ?? []
  const transcript = `${first.slice(3)},${challenge},${withoutProof}`
  const signature = hmac(storedKey, transcript)
  const clientKey = Buffer.from(Buffer.from(proof, 'base64').map((byte, n) => byte ^ (signature[n] ?? 0)))
  return { isRight: createHash(hash).update(clientKey).digest().equals(storedKey), signature: hmac(hmac(salted, 'Server Key'), transcript) }
}

describe('logging in', () => {
  for (const [name, hash] of Object.entries(SCRAM_HASHES) as Array<[keyof typeof SCRAM_HASHES, string]>) {
    for (const { username, password } of [{ username: 'bot', password: 'pencil' }, { username: 'bö,t=', password: 'пароль 🔑 é' }]) {
      it(`with ${name} as ${username} proves the password and knows the server by its signature`, async () => {
        let expected: Buffer = Buffer.alloc(0)
        const Mechanism = scramMechanism(name, signature => { expected = signature })
        const mechanism = new Mechanism()
        const first = Buffer.from(await mechanism.response({ username, password }), 'latin1').toString()
        const [, user, nonce] = /^n,,n=(.*),r=(.*)$/.exec(first) ?? []
        assert.equal(user, username.replace('=', '=3D').replace(',', '=2C'))
        const challenge = `r=${nonce}server,s=${SALT.toString('base64')},i=4096`
        mechanism.challenge(challenge)
        const final = await mechanism.response({ username, password })
        const { isRight, signature } = serverSide(hash, password, first, challenge, final)
        assert.equal(isRight, true)
        assert.deepEqual(expected, signature)
        const lastWords = (proof: Buffer): string => Buffer.from(`v=${proof.toString('base64')}`).toString('base64')
        assert.equal(isGenuine(lastWords(signature), expected), true)
        assert.equal(isGenuine(lastWords(createHash(hash).update('forged').digest()), expected), false)
        assert.equal(isGenuine('', expected), false)
      })
    }
  }

  for (const [what, challenge] of [
    ['with another nonce', 'r=mine,s=c2FsdA==,i=4096'],
    ['without iterations', 'r=NONCE1,s=c2FsdA=='],
    ['with no iterations', 'r=NONCE1,s=c2FsdA==,i=0'],
    ['with more iterations than anyone has', 'r=NONCE1,s=c2FsdA==,i=999999999'],
    ['that says nothing', '']
  ] as const) {
    it(`refuses a challenge ${what}`, async () => {
      const Mechanism = scramMechanism('SCRAM-SHA-1', () => {})
      const mechanism = new Mechanism()
      const first = await mechanism.response({ username: 'bot', password: 'x' })
      mechanism.challenge(challenge.replace('NONCE', /r=(.*)$/.exec(first)?.[1] ?? ''))
      await assert.rejects(mechanism.response({ username: 'bot', password: 'x' }), { condition: 'server-not-genuine' })
    })
  }

  it('in plain text is in UTF-8', async () => {
    const response = await new PlainMechanism().response({ username: 'böt', password: 'пароль 🔑' })
    assert.equal(Buffer.from(response, 'latin1').toString(), '\0böt\0пароль 🔑')
  })
})
