import { Worker } from 'node:worker_threads'
import type { ReaderOptions } from './local-worker.ts'

/**
 * Starts a reader thread. Compiled, it runs local-worker.js. From source, `node --import tsx` does not reach into threads
 * (Node 20), so the thread first registers tsx for itself. Options of the process are not for the thread.
 */
export function startThread (workerData: ReaderOptions): Worker {
  const isCompiled = !import.meta.url.endsWith('.ts')
  return new Worker(isCompiled ? new URL('./local-worker.js', import.meta.url) : throughTsx('./local-worker.ts'), { workerData, execArgv: [] })
}

function throughTsx (file: string): URL {
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const entry = JSON.stringify(new URL(file, import.meta.url).href)
  return new URL(`data:text/javascript,${encodeURIComponent(`import { register } from ${loader}; register(); await import(${entry})`)}`)
}
