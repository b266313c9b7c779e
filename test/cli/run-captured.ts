import { PassThrough } from 'node:stream'
import { run } from '../../src/cli/run.ts'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process and keeps what it prints. */
export async function runCaptured (...argv: readonly string[]): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })]
  const printed = { stdout: '', stderr: '' }
  stdout.on('data', (text: string) => { printed.stdout += text })
  stderr.on('data', (text: string) => { printed.stderr += text })
  const code = await run(argv, { stdout, stderr })
  return { code, ...printed }
}
