import { anchorOf } from '../../../src/model/anchor.ts'
import { eventId, streamOf } from '../../../src/model/event.ts'
import type { ArchivedEvent, RoomEvent } from '../../../src/model/event.ts'
import { message } from '../../helpers/events.ts'

/** An event in its place. */
export function recorded (fields: Partial<RoomEvent> & Pick<Partial<ArchivedEvent>, 'removed'> = {}): ArchivedEvent {
  const event = message(fields)
  return { ...event, ...fields, _id: eventId(event.room, streamOf(event.kind), event.time), anchor: anchorOf(event.time, 0) }
}
