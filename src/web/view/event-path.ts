import { streamOf } from '../../model/event.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import { anchorPath, messagePath } from '../urls.ts'
import { isMovement } from './net-change.ts'

/** The place of an event on the page of its day, which sums comings and goings up unless it is asked for all. */
export function placePath (slug: string, event: ArchivedEvent): string {
  return isMovement(event) ? anchorPath(slug, event).replace('#', '?events=full#') : anchorPath(slug, event)
}

/** Where an event is linked to: talk has pages of its own, everything else its place. */
export function eventPath (slug: string, event: ArchivedEvent): string {
  return streamOf(event.kind) === 'talk' ? messagePath(slug, event.uid) : placePath(slug, event)
}
