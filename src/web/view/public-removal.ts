import type { PublishedRoom } from '../../access/can-read.ts'
import type { LoggedRemoval } from '../../archive/store.ts'
import { defined } from '../../model/defined.ts'
import type { Stream, Uid } from '../../model/event.ts'

/** What was removed as JSON tells it to the public: one message, or all of a stream up to a time. Not who asked for it. */
export interface PublicRemoval {
  readonly room: string
  readonly slug: string
  readonly uid?: Uid
  /** Everything of the stream up to and including this time; of both streams without `stream`. */
  readonly upTo?: string
  readonly stream?: Stream
  readonly time: string
  readonly by: LoggedRemoval['by']
  readonly reason?: string
}

export function publicRemoval ({ jid, slug }: PublishedRoom, removal: LoggedRemoval): PublicRemoval[] {
  const { uids = [], upTo, stream, time, by, reason } = removal
  const told = { time, by, ...defined({ reason }) }
  const range = upTo === undefined ? [] : [{ room: jid, slug, upTo, ...defined({ stream }), ...told }]
  return [...range, ...uids.map(uid => ({ room: jid, slug, uid, ...told }))]
}
