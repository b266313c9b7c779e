import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { elementsOf, parseXml } from '../../src/xmpp/element.ts'
import type { Element } from '../../src/xmpp/element.ts'

/** One scene of a captured session: what the component sent and received, in order. */
export interface Scene {
  readonly name: string
  readonly steps: ReadonlyArray<{ readonly direction: 'sent' | 'received', readonly stanza: Element }>
}

const CAPTURES = join(import.meta.dirname, '../fixtures/captures')

export function readScenes (server: 'prosody' | 'ejabberd'): Scene[] {
  const folder = join(CAPTURES, server)
  return readdirSync(folder).sort().map(file => {
    const capture = parseXml(readFileSync(join(folder, file), 'utf8'))
    const steps = elementsOf(capture).map(step => ({
      direction: step.name as 'sent' | 'received',
      stanza: elementsOf(step)[0] as Element
    }))
    return { name: file.replace(/\.xml$/, ''), steps }
  })
}
