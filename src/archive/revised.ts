import { isDeepStrictEqual } from 'node:util'
import { HansardError } from '../model/errors.ts'
import { streamOf } from '../model/event.ts'
import type { ArchivedEvent } from '../model/event.ts'
import type { Revise } from './store.ts'
import { wellFormed } from './well-formed.ts'

const PLACE = ['_id', 'room', 'uid', 'time', 'anchor'] as const

/** What `change` makes of the form, as it would be read again; undefined when it stays. ERR_STORE when it would move. */
export function revised (present: ArchivedEvent, change: Revise): ArchivedEvent | undefined {
  const wanted = change(present)
  if (wanted === undefined) return undefined
  const moved = PLACE.find(field => wanted[field] !== present[field]) ??
    (streamOf(wanted.kind) === streamOf(present.kind) ? undefined : 'kind')
  if (moved !== undefined) {
    throw new HansardError('ERR_STORE', `Cannot change ${present._id}: its new form has another ${moved}, expected the same place in the record`)
  }
  const form = JSON.parse(JSON.stringify(wellFormed(wanted))) as ArchivedEvent
  return isDeepStrictEqual(form, present) ? undefined : form
}
