import { StringDecoder } from 'node:string_decoder'
import type { Element } from '../../src/xmpp/element.ts'
import { streamParser } from '../../src/xmpp/stream-parser.ts'

const HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>"

export interface ReadStream {
  readonly read: Element[]
  /** Why nothing more is read. */
  readonly end: string | undefined
  write (bytes: Buffer): void
}

/** A stream as the program reads it from a socket. */
export function openReadStream (): ReadStream {
  const read: Element[] = []
  let end: string | undefined
  const Parser = streamParser({
    heard () {},
    element (element) { read.push(element) },
    refused (head) { read.push(head) },
    ended () { end = 'ended' },
    broken (error) { end = String(error) }
  })
  const parser = new Parser() as InstanceType<typeof Parser> & { write (text: string): void }
  const decoder = new StringDecoder('utf8')
  parser.write(HEADER)
  return {
    read,
    get end () { return end },
    write (bytes) { parser.write(decoder.write(bytes)) }
  }
}

/** What a stream of these bytes gives when it comes in pieces of these sizes, over and over. */
export function readPieces (bytes: Buffer, sizes: readonly number[]): string[] {
  const stream = openReadStream()
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? bytes.length
    stream.write(bytes.subarray(at, at + size))
    at += size
  }
  return [...stream.read.map(String), ...stream.end === undefined ? [] : [stream.end]]
}
