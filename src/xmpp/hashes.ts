import { attribute, elementsOf } from './element.ts'
import type { Element } from './element.ts'

const MAX_HASHES = 10
const ALGORITHM = /^[A-Za-z][\w.-]{0,31}$/
const BASE64 = /^[A-Za-z0-9+/]{1,128}={0,2}$/

/** XEP-0300: hashes of a file by algorithm, in base64; the first of each. */
export function parseHashes (file: Element): Record<string, string> {
  const hashes = elementsOf(file)
    .filter(element => element.getName() === 'hash' && /^urn:xmpp:hashes:[12]$/.test(element.getNS() ?? ''))
    .map(element => [attribute(element, 'algo') ?? '', element.getText().trim()] as const)
    .filter(([algorithm, hash]) => ALGORITHM.test(algorithm) && BASE64.test(hash))
  return Object.fromEntries(hashes.slice(0, MAX_HASHES).reverse())
}
