import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Resolves when the process has ended, by itself or by a signal, however long ago. */
export async function ended (child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
