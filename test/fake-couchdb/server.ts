import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDatabase } from './database.ts'
import type { Database } from './database.ts'
import { route } from './routes.ts'
import type { Answer, CouchRequest } from './routes.ts'

/** What goes wrong with a request. `answer`, `page`, `refuse` and `stall` instead of doing it, the others after. */
export type Fault =
  | { readonly type: 'answer', readonly status: number, readonly body: unknown }
  | { readonly type: 'refuse' | 'stall' | 'reset' | 'truncate' }
  /** A proxy's; the connection breaks before its end when it is cut. */
  | { readonly type: 'page', readonly status: number, readonly html: string, readonly isCut?: boolean }
  | { readonly type: 'change', readonly body: (body: unknown) => unknown }

export interface FakeCouch {
  /** With user and password, ending in a slash. */
  readonly url: string
  readonly user: string
  readonly password: string
  readonly databases: Map<string, Database>
  /** Asked about every request from now on. */
  interfere (fault: (request: CouchRequest) => Fault | undefined): void
  close (): Promise<void>
}

/** A fake of the part of CouchDB 3 that the store uses, held to recorded answers of a real one by conformance.test.ts. */
export async function startFakeCouch ({
  user = 'admin', password = 'p@ss:w/rd%', isServerAdmin = true, port: wantedPort = 0, databases = new Map<string, Database>()
} = {}): Promise<FakeCouch> {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  let faultOf: (request: CouchRequest) => Fault | undefined = () => undefined

  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => { response.destroy(error as Error) })
  })

  async function handle (incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await read(incoming)
    const url = new URL(incoming.url ?? '/', 'http://fake')
    const request: CouchRequest = {
      method: incoming.method ?? 'GET',
      path: url.pathname.split('/').slice(1).map(decodeURIComponent),
      query: url.searchParams,
      text
    }
    const fault = faultOf(request)
    if (fault?.type === 'stall') return
    if (fault?.type === 'refuse') {
      incoming.socket.resetAndDestroy()
      return
    }
    if (fault?.type === 'page') {
      response.writeHead(fault.status, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(fault.html) })
      if (fault.isCut === true) response.write(fault.html.slice(0, -1), () => incoming.socket.resetAndDestroy())
      else response.end(fault.html)
      return
    }
    const isKnown = incoming.headers.authorization === expected
    const answer: Answer = fault?.type === 'answer'
      ? fault
      : isKnown
        ? route({ databases, create: createDatabase, isServerAdmin }, request)
        : { status: 401, body: { error: 'unauthorized', reason: 'You are not authorized to access this db.' } }
    if (fault?.type === 'reset') {
      incoming.socket.resetAndDestroy()
      return
    }
    const json = JSON.stringify(fault?.type === 'change' ? fault.body(answer.body) : answer.body)
    response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) })
    if (fault?.type === 'truncate') {
      response.write(json.slice(0, json.length / 2), () => incoming.socket.resetAndDestroy())
    } else {
      response.end(json)
    }
  }

  await new Promise<void>(resolve => { server.listen(wantedPort, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/`,
    user,
    password,
    databases,
    interfere (fault) { faultOf = fault },
    async close () {
      server.closeAllConnections()
      await new Promise(resolve => { server.close(resolve) })
    }
  }
}

async function read (incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
