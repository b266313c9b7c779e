import { readFileSync } from 'node:fs'

/** The version of package.json, which stands one folder above src and above dist. */
export function version (): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
