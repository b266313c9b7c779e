import { createInterface } from 'node:readline/promises'
import type { Streams } from './command.ts'

/** Whether somebody is there to be asked. */
export function canAsk ({ stdin, stderr }: Streams): boolean {
  return stdin?.isTTY === true && stderr.isTTY === true
}

/** Asks on the terminal; only the whole word is a yes, and the end of the input is none. */
export async function confirm (question: string, { stdin, stderr }: Streams): Promise<boolean> {
  if (stdin === undefined) return false
  const dialog = createInterface({ input: stdin, output: stderr })
  try {
    const answer = await new Promise<string>(resolve => {
      dialog.once('close', () => { resolve('') })
      dialog.question(`${question} Type yes: `).then(resolve, () => { resolve('') })
    })
    return answer.trim().toLowerCase() === 'yes'
  } finally {
    dialog.close()
  }
}
