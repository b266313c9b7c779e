import { Worker } from 'node:worker_threads'
import type { ReaderOptions } from './local-worker.ts'

/**
 * Starts a reader thread. Compiled, it runs local-worker.js. From source, `node --import tsx` does not reach into threads
 * (Node 20), so the thread first registers tsx for itself.
 */
export function startThread (workerData: ReaderOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./local-worker.js', import.meta.url), { workerData })
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const entry = JSON.stringify(new URL('./local-worker.ts', import.meta.url).href)
  const code = `import { register } from ${loader}; register(); await import(${entry})`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData, execArgv: [] })
}
