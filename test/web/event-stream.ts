import { get } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

export interface StreamEvent {
  readonly event: string
  readonly id: string
  readonly data: string
}

/** An event stream as a program reads it. */
export interface EventStream {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** The next event, waited for; rejects when the stream ends instead. */
  next: () => Promise<StreamEvent>
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>
  /** All that came, as it came. */
  text: () => string
  readonly response: IncomingMessage
  close: () => void
}

/** Resolves when the answer begins. */
export function openStream (url: string, headers: Record<string, string> = {}): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, response => {
      const events: StreamEvent[] = []
      const waiting: Array<{ resolve: (event: StreamEvent) => void, reject: (error: Error) => void }> = []
      let text = ''
      let rest = ''
      let isEnded = false
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        rest += chunk
        const blocks = rest.split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const event = parse(block)
          if (event === undefined) continue
          const waiter = waiting.shift()
          if (waiter === undefined) events.push(event)
          else waiter.resolve(event)
        }
      })
      const ended = new Promise<void>(resolve => {
        response.once('close', () => {
          isEnded = true
          for (const { reject } of waiting) reject(new Error(`the stream has ended: ${text.slice(-500)}`))
          resolve()
        })
      })
      response.on('error', () => {})
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        next: () => new Promise((resolve, reject) => {
          const event = events.shift()
          if (event !== undefined) resolve(event)
          else if (isEnded) reject(new Error('the stream has ended'))
          else waiting.push({ resolve, reject })
        }),
        ended,
        text: () => text,
        response,
        close () { request.destroy() }
      })
    })
    request.on('error', reject)
  })
}

/** As a browser reads it: a block without data is no event. */
function parse (block: string): StreamEvent | undefined {
  const field = (name: string): string[] => block.split('\n').flatMap(line => line.startsWith(`${name}: `) ? line.slice(name.length + 2) : [])
  const data = field('data')
  return data.length === 0 ? undefined : { event: field('event')[0] ?? 'message', id: field('id')[0] ?? '', data: data.join('\n') }
}
