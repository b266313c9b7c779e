import type { ArchivedEvent, Uid } from '../../model/event.ts'

/** What a message is told with, beside itself. */
export interface Surroundings {
  /** The messages that are answered, under the uids that their answers name. */
  readonly answered: ReadonlyMap<Uid, ArchivedEvent>
  /** Where a message is to be read by itself. */
  readonly permalink: (uid: Uid) => string
  /** Readers may see what a corrected message said before: on its own page. */
  readonly showsEdits: boolean
}
