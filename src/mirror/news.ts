import { toMicros } from '../model/archive-time.ts'
import type { Micros } from '../model/archive-time.ts'
import { streamOf } from '../model/event.ts'
import type { ArchivedEvent } from '../model/event.ts'

/** Tells of what becomes part of the record whether it is news to those in the mirror room. */
export type News = (event: ArchivedEvent, now: Micros) => 'said' | 'removed' | 'destroyed' | undefined

const FRESH: Micros = 600_000_000
const REMEMBERED = 1_000

/** @param since from when on everything was told: of what was said before, another form is no news */
export function createNews (since: Micros): News {
  // A store may tell a change again.
  let told = new Set<string>()
  let before = new Set<string>()

  function isNew (key: string): boolean {
    if (told.has(key) || before.has(key)) return false
    if (told.size >= REMEMBERED) [before, told] = [told, new Set()]
    told.add(key)
    return true
  }

  return (event, now) => {
    const kind = kindOf(event)
    const time = kind === 'removed' ? event.removed?.time : event.time
    if (kind === undefined || time === undefined || now - toMicros(time) > FRESH) return undefined
    if (kind === 'said' && isAmended(event) && toMicros(event.time) < since) return undefined
    return isNew(`${kind} ${event.uid}`) ? kind : undefined
  }
}

/** It stands otherwise than it was said, by what was said later; that is told for itself. */
function isAmended ({ standing, appliesTo, answered }: ArchivedEvent): boolean {
  return standing !== undefined || appliesTo !== undefined || answered !== undefined
}

function kindOf ({ kind, via, removed }: ArchivedEvent): ReturnType<News> {
  // Other removals are asked for in the room, where everyone hears it.
  if (removed !== undefined) return removed.by === 'administrator' ? 'removed' : undefined
  if (via === 'import') return undefined
  if (streamOf(kind) === 'talk') return 'said'
  return kind === 'destroy' && via === 'live' ? 'destroyed' : undefined
}
