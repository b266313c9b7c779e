import { existsSync } from 'node:fs'
import { after } from 'node:test'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

// The engine alone takes half the time of the whole browser, which draws its window as well, seen or not.
const PATHS = process.env['CHROMIUM'] === undefined
  ? ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
  : [process.env['CHROMIUM']]
const PATH = PATHS.find(path => existsSync(path))

/** Why browser tests cannot run here, for the `skip` of a test; false when they can, or must. */
export const noChromium: string | false = PATH !== undefined || process.env['CI'] === 'true'
  ? false
  : `there is no Chromium at ${PATHS.join(' or ')}: install chromium-headless-shell, or name it in the environment variable CHROMIUM`

let opened: Promise<Browser> | undefined

after(async () => { await (await opened)?.close() })

/**
 * The browser of all tests of this process, closed after the last one. Without a sandbox, as tests run as root in containers, and
 * without any talk of its own to the network.
 */
export async function openChromium (): Promise<Browser> {
  opened ??= chromium.launch({
    executablePath: PATH ?? PATHS.join(),
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'
    ]
  })
  return opened
}
