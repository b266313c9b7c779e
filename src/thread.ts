import { Worker } from 'node:worker_threads'

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/**
 * Starts a module as a thread. Compiled, it is a .js file. From source, `node --import tsx` does not reach into threads
 * (Node 20), so the thread first registers tsx for itself. Options of the process are not for the thread.
 * @param file address of the module without its extension
 * @param youngMb how much may be made before what is needed no more is taken away: for work that makes very much of short life
 */
export function startThread (file: URL, workerData: unknown, youngMb?: number): Worker {
  const module = `${file.href}${EXTENSION}`
  const resourceLimits = youngMb === undefined ? {} : { maxYoungGenerationSizeMb: youngMb }
  return new Worker(EXTENSION === '.js' ? new URL(module) : throughTsx(module), { workerData, execArgv: [], resourceLimits })
}

function throughTsx (module: string): URL {
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const code = `import { register } from ${loader}; register(); await import(${JSON.stringify(module)})`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
