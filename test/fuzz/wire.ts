import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Element } from '../../src/xmpp/element.ts'
import { LENGTH, session, write } from './mutation.ts'
import { readEverything } from './reading.ts'
import { openReadStream, readPieces } from './streaming.ts'

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 2_000 })), { minLength: 1, maxLength: 20 })
const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 })

/** Everything that reads the wire, from bytes to plain data. */
export function wire (onStanza: (stanza: Element) => void): fc.IPropertyWithHooks<[Element[], number[], Array<[number, number]>]> {
  return fc.property(session, sizes, damage, (stanzas, sizes, damage) => {
    const whole: Buffer[] = []
    const expected: string[] = []
    let stream = openReadStream()
    for (const stanza of stanzas) {
      onStanza(stanza)
      const bytes = write(stanza)
      const before = stream.read.length
      stream.write(bytes)
      const [read, another] = stream.read.slice(before)
      if (read === undefined || another !== undefined || stream.end !== undefined) {
        stream = openReadStream()
      } else {
        whole.push(bytes)
        expected.push(String(read))
        readEverything(read)
      }
    }
    // The same however it is cut into packets, also where it is not well-formed.
    assert.deepEqual(readPieces(Buffer.concat(whole), sizes), expected)
    const damaged = Buffer.concat(whole.slice(0, LENGTH / 5))
    for (const [at, byte] of damage) if (damaged.length > 0) damaged[at % damaged.length] = byte
    assert.deepEqual(readPieces(damaged, sizes), readPieces(damaged, []))
  })
}
