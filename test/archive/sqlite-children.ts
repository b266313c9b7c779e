import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

export type Order =
  { readonly do: 'lock' | 'unlock' } |
  { readonly do: 'append', readonly seconds: readonly number[] } |
  { readonly do: 'import', readonly batches: number }

export interface Report {
  /** How many events were new. */
  readonly fresh?: number
  readonly code?: string
  readonly text?: string
  /** Of an import: batches done so far. */
  readonly batch?: number
}

export interface Child {
  readonly pid: number
  /** Its next report after the order. */
  tell (order: Order): Promise<Report>
  next (): Promise<Report>
}

/** test/archive/sqlite-child.ts, ended with the test. */
export async function startChild (t: TestContext, path: string): Promise<Child> {
  const child = fork(fileURLToPath(new URL('sqlite-child.ts', import.meta.url)), [path], { execArgv: ['--import', 'tsx'] })
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  // Two reports may come at once, while only one is waited for.
  const reports: Report[] = []
  child.on('message', report => { reports.push(report as Report) })
  const next = async (): Promise<Report> => {
    for (;;) {
      const report = reports.shift()
      if (report !== undefined) return report
      const ended = new AbortController()
      try {
        await Promise.race([
          once(child, 'message', { signal: ended.signal }),
          once(child, 'exit', { signal: ended.signal }).then(([code, signal]) => { throw new Error(`the other process has ended (${code ?? signal})`) })
        ])
      } finally {
        ended.abort()
      }
    }
  }
  await next()
  return {
    pid: child.pid as number,
    next,
    tell (order) {
      const report = next()
      child.send(order)
      return report
    }
  }
}
