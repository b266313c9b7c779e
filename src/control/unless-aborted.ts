import { once } from 'node:events'

/** Rejects as soon as the signal is aborted, whatever becomes of the work. */
export async function unlessAborted<T> (work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {})
  signal.throwIfAborted()
  const settled = new AbortController()
  const aborted = once(signal, 'abort', { signal: settled.signal }).then(() => { throw signal.reason as Error })
  try {
    return await Promise.race([work, aborted])
  } finally {
    settled.abort()
  }
}
