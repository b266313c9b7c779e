import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { StreamFailure } from './stream-problem.ts'

/** A way to log in, in the form that xmpp.js expects; what it returns is one character per byte. */
export interface SaslMechanism {
  readonly name: string
  readonly clientFirst: true
  response (credentials: SaslCredentials): Promise<string>
  challenge (text: string): void
}

export interface SaslCredentials {
  readonly username: string
  readonly password: string
}

/** Called with the signature by which the server proves that it knows the password too (RFC 5802 §3). */
export type ExpectSignature = (signature: Buffer) => void

export const SCRAM_HASHES = { 'SCRAM-SHA-512': 'sha512', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' } as const
const MAX_ITERATIONS = 2_000_000

const derive = promisify(pbkdf2)

/**
 * SCRAM, RFC 5802 and 7677. The library's own one takes seconds of the whole program for a usual number of
 * iterations, does not look whether the server knows the password, and cannot write a name that is not ASCII.
 */
export function scramMechanism (name: keyof typeof SCRAM_HASHES, expect: ExpectSignature): new () => SaslMechanism {
  const hash = SCRAM_HASHES[name]
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()

  return class Scram implements SaslMechanism {
    readonly name = name
    readonly clientFirst = true
    readonly #nonce = randomBytes(18).toString('base64')
    #first = ''
    #challenge: string | undefined

    challenge (text: string): void {
      this.#challenge = fromBytes(text)
    }

    async response ({ username, password }: SaslCredentials): Promise<string> {
      if (this.#challenge === undefined) {
        this.#first = `n=${username.replace(/=/g, '=3D').replace(/,/g, '=2C')},r=${this.#nonce}`
        return toBytes(`n,,${this.#first}`)
      }
      const fields = new Map(this.#challenge.split(',').map(field => [field.slice(0, 2), field.slice(2)]))
      const nonce = fields.get('r=') ?? ''
      const iterations = Number(fields.get('i='))
      if (!nonce.startsWith(this.#nonce) || !Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
        throw new StreamFailure('server-not-genuine')
      }
      const salt = Buffer.from(fields.get('s=') ?? '', 'base64')
      const salted = await derive(password.normalize('NFKC'), salt, iterations, createHash(hash).digest().length, hash)
      const clientKey = hmac(salted, 'Client Key')
      const final = `c=biws,r=${nonce}`
      const transcript = `${this.#first},${this.#challenge},${final}`
      const signature = hmac(createHash(hash).update(clientKey).digest(), transcript)
      expect(hmac(hmac(salted, 'Server Key'), transcript))
      const proof = Buffer.from(clientKey.map((byte, n) => byte ^ (signature[n] ?? 0)))
      return `${final},p=${proof.toString('base64')}`
    }
  }
}

/** RFC 4616, in UTF-8, which the library's own one is not. */
export class PlainMechanism implements SaslMechanism {
  readonly name = 'PLAIN'
  readonly clientFirst = true

  challenge (_text: string): void {}

  async response ({ username, password }: SaslCredentials): Promise<string> {
    return toBytes(`\0${username}\0${password}`)
  }
}

/** Whether the server's last words, `v=…` in base64, have the signature. */
export function isGenuine (lastWords: string, signature: Buffer): boolean {
  const [, given = ''] = /^v=([^,]*)/.exec(Buffer.from(lastWords, 'base64').toString()) ?? []
  const proof = Buffer.from(given, 'base64')
  return proof.length === signature.length && timingSafeEqual(proof, signature)
}

function toBytes (text: string): string {
  return Buffer.from(text).toString('latin1')
}

function fromBytes (text: string): string {
  return Buffer.from(text, 'latin1').toString()
}
