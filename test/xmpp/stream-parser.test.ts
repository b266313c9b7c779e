import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { textOf } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'
import { streamParser } from '../../src/xmpp/stream-parser.ts'

const HEADER = "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>"

interface Reading {
  readonly write: (text: string) => void
  readonly seen: string[]
  readonly passed: string[]
}

const LIMITS = { maxDepth: 5, maxCharacters: 1000, maxElements: 10 }

function startReading (onElement: (element: Element) => void = () => {}): Reading {
  const seen: string[] = []
  const passed: string[] = []
  const Parser = streamParser({
    heard () {},
    element (element, pass) {
      seen.push(element.toString())
      onElement(element)
      pass(element)
    },
    refused (head, reason) { seen.push(`refused ${head.toString()}: ${reason}`) },
    ended () { seen.push('ended') },
    broken (error) { seen.push(`broken: ${(error as Error).message}`) }
  }, LIMITS)
  const parser = new Parser() as InstanceType<typeof Parser> & { write (text: string): void }
  parser.on('start', (element: Element) => { passed.push(`start ${element.name}`) })
  parser.on('element', (element: Element) => { passed.push(element.name) })
  return { write: text => { parser.write(text) }, seen, passed }
}

describe('the stream parser', () => {
  it('gives the library the header and what the sink passes on', () => {
    const { write, passed } = startReading()
    write(`<?xml version='1.0'?>${HEADER}<handshake/> \n <message/>`)
    assert.deepEqual(passed, ['start stream:stream', 'handshake', 'message'])
  })

  it('gives a stanza when it is whole, with the namespaces of the stream', () => {
    const namespaces: Array<string | undefined> = []
    const { write, seen } = startReading(element => { namespaces.push(element.getNS()) })
    write(`${HEADER}<message><body>1</bo`)
    assert.deepEqual(seen, [])
    write("dy></message><stream:error/><iq xmlns='urn:example'/>")
    assert.deepEqual(seen, ['<message><body>1</body></message>', '<stream:error/>', '<iq xmlns="urn:example"/>'])
    assert.deepEqual(namespaces, ['jabber:client', 'http://etherx.jabber.org/streams', 'urn:example'])
  })

  it('gives a stanza the namespace of clients also where the server names that of components in it', () => {
    const bodies: Array<string | undefined> = []
    const { write } = startReading(element => { bodies.push(textOf(element, 'body', 'jabber:client')) })
    const inner = (xmlns: string): string => `<body xmlns='${xmlns}'>x</body>`
    write(`${HEADER}<message xmlns='jabber:component:accept'><body>x</body></message><message>${inner('jabber:component:accept')}</message><message>${inner('urn:example')}</message>`)
    assert.deepEqual(bodies, ['x', 'x', undefined])
  })

  const tooMuch: ReadonlyArray<readonly [what: string, stanza: string, reason: string]> = [
    ['too deep', `<message id='1'>${'<a>'.repeat(50)}${'</a>'.repeat(50)}</message>`, 'nested deeper than 5'],
    ['of too many elements', `<message id='1'>${'<a/>'.repeat(50)}</message>`, 'more than 10 elements'],
    ['too long by its text', `<message id='1'><body>${'x'.repeat(5000)}</body><a/></message>`, 'longer than 1000 characters'],
    ['too long by its parts', `<message id='1'><body>${'x'.repeat(600)}</body><body>${'y'.repeat(600)}</body><a/></message>`, 'longer than 1000 characters']
  ]
  for (const [what, stanza, reason] of tooMuch) {
    it(`leaves out a stanza that is ${what}, however it comes, and reads the next`, () => {
      for (const size of [1, 7, 100, 100_000]) {
        const { write, seen } = startReading()
        const text = `${HEADER}<message id='0'/>${stanza}<message id='2'/>`
        for (let at = 0; at < text.length; at += size) write(text.slice(at, at + size))
        assert.deepEqual(seen, ['<message id="0"/>', `refused <message id="1"/>: ${reason}`, '<message id="2"/>'], `in pieces of ${size}`)
      }
    })
  }

  it('ends on markup that never ends, without keeping it', () => {
    const { write, seen } = startReading()
    write(`${HEADER}<message a='`)
    for (let n = 0; n < 20; n += 1) write('x'.repeat(100))
    assert.deepEqual(seen, ['broken: Cannot read the stream: it has markup longer than 1000 characters'])
  })

  it('ends once on what is not well-formed, and reads nothing behind it', () => {
    const { write, seen } = startReading()
    write(`${HEADER}<message></iq><message/>`)
    write('<message/>')
    assert.equal(seen.length, 1)
    assert.match(seen[0] ?? '', /^broken: Cannot read the XML/)
  })

  it('ends with the stream', () => {
    const { write, seen } = startReading()
    write(`${HEADER}<message/></stream:stream>`)
    assert.deepEqual(seen, ['<message/>', 'ended'])
  })

  it('takes any amount of white space between stanzas', () => {
    const { write, seen } = startReading()
    write(HEADER)
    for (let n = 0; n < 5000; n += 1) write(' ')
    write('<message/>')
    assert.deepEqual(seen, ['<message/>'])
  })
})
