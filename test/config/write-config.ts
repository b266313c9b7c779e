import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A folder of the test's own with these files in it; gone after the test. */
export function writeFiles (t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hansard-config-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 })
  return folder
}

export function writeConfig (t: TestContext, text: string, files: Readonly<Record<string, string>> = {}): string {
  return join(writeFiles(t, { ...files, 'config.yaml': text }), 'config.yaml')
}
