import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const PATH = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Why browser tests cannot run here, for the `skip` of a test; false when they can, or must. */
export const noChromium: string | false = existsSync(PATH) || process.env['CI'] === 'true'
  ? false
  : `there is no Chromium at ${PATH}; install it, or name it in the environment variable CHROMIUM`

/** Without a sandbox, as tests run as root in containers, and without any talk of its own to the network. */
export async function launchChromium (): Promise<Browser> {
  return chromium.launch({
    executablePath: PATH,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'
    ]
  })
}
