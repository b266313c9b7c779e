import { Worker } from 'node:worker_threads'

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/**
 * Starts a module as a thread. Compiled, it is a .js file. From source, `node --import tsx` does not reach into threads
 * (Node 20), so the thread first registers tsx for itself. Options of the process are not for the thread.
 * @param file address of the module without its extension
 */
export function startThread (file: URL, workerData: unknown): Worker {
  const module = `${file.href}${EXTENSION}`
  return new Worker(EXTENSION === '.js' ? new URL(module) : throughTsx(module), { workerData, execArgv: [] })
}

function throughTsx (module: string): URL {
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const code = `import { register } from ${loader}; register(); await import(${JSON.stringify(module)})`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
