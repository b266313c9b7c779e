import type { RoomEvent } from '../../model/event.ts'
import { isObject, isText, list, text, texts, wrong } from './json-fields.ts'
import type { Fields } from './json-fields.ts'

type PartName = 'fallback' | 'files' | 'mentions' | 'hats' | 'crowd'

/** What the parts of a field may have, and must. */
interface Shape {
  readonly texts: readonly string[]
  readonly numbers: readonly string[]
  readonly needs: readonly string[]
}

const PARTS: Readonly<Record<PartName, Shape>> = {
  fallback: { texts: ['for'], numbers: ['start', 'end'], needs: ['for'] },
  files: { texts: ['url', 'name', 'type', 'description'], numbers: ['size'], needs: [] },
  mentions: { texts: ['nick', 'occupant'], numbers: ['start', 'end'], needs: [] },
  hats: { texts: ['uri', 'title'], numbers: [], needs: ['uri', 'title'] },
  crowd: { texts: ['nick', 'occupant'], numbers: [], needs: ['nick'] }
}

/** Fields that only documents of ours have. Throws ERR_EVENT where one has not the form of docs/data-format.md. */
export function documentFields (fields: Fields): Partial<RoomEvent> {
  const found: Record<string, unknown> = {}
  for (const name of ['encrypted', 'language', 'spoiler']) {
    const value = text(fields, name)
    if (value !== undefined) found[name] = value
  }
  for (const name of Object.keys(PARTS) as PartName[]) {
    if (fields[name] != null) found[name] = list(fields, name, isObject).map(part => parsePart(name, part))
  }
  if (fields['bodies'] != null) found['bodies'] = texts(fields, 'bodies')
  if (fields['unstyled'] === true) found['unstyled'] = true
  return found
}

function parsePart (name: PartName, part: Fields): Fields {
  const { texts: names, numbers, needs } = PARTS[name]
  const missing = needs.find(need => !isText(part[need]))
  if (missing !== undefined) throw wrong(`Cannot use ${name}: expected each to have ${missing}, a text`)
  const kept: Record<string, unknown> = {}
  for (const key of names) {
    const value = text(part, key)
    if (value !== undefined) kept[key] = value
  }
  for (const key of numbers) {
    if (part[key] == null) continue
    if (!Number.isSafeInteger(part[key])) throw wrong(`Cannot use ${name}: expected ${key} to be a whole number`)
    kept[key] = part[key]
  }
  if (name === 'files' && part['hashes'] != null) kept['hashes'] = texts(part, 'hashes')
  return kept
}
