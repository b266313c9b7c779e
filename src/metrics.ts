import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { EVENT_KINDS, streamOf } from './model/event.ts'
import type { Stream, Via } from './model/event.ts'

/** How things stand at the moment they are asked for. */
export interface Snapshot {
  readonly isStoreUp: boolean
  readonly spool: { readonly events: number, readonly bytes: number, readonly isFull: boolean }
  readonly quarantined: number
  readonly isXmppUp: boolean
  /** How many rooms are in each state; also states that no room is in. */
  readonly rooms: Readonly<Record<string, number>>
  /** In all rooms together. */
  readonly occupants: number
  /** Rooms that nobody listens to, or whose catch-up goes on. */
  readonly openGaps: number
  readonly catchingUp: number
  /** Since the start of the program: gaps that could not be filled, and events that catch-up brought back. */
  readonly holes: number
  readonly recovered: number
  readonly isSearchPartial: boolean
}

/** What is counted when it happens; everything else is read when it is asked for. */
export interface Metrics {
  recorded (stream: Stream, via: Via): void
  /** Seconds from the moment a live event was read from the wire until it was durable, in the store or the spool. */
  durable (seconds: number): void
  /** The same until a search finds it. */
  searchable (seconds: number): void
  /** An answer of the site; the route is the pattern of its address, never the address. */
  http (route: string, status: number, seconds: number): void
  /** Everything, in the text format of Prometheus. */
  text (): Promise<string>
  readonly contentType: string
}

export interface MetricsOptions {
  readonly read: () => Snapshot | Promise<Snapshot>
}

const VIAS: readonly Via[] = ['live', 'catch-up', 'import']
// A spool may hold an event for hours; within a second everything is as it should be.
const ARRIVAL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600]
const ANSWER_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Metrics of this program and its process. No label names a room: rooms that are shown to nobody are rooms as well. */
export function createMetrics ({ read }: MetricsOptions): Metrics {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })

  const recorded = new Counter({
    registers, name: 'hansard_events_recorded_total', help: 'Events taken into the record', labelNames: ['stream', 'via']
  })
  const durable = new Histogram({
    registers,
    name: 'hansard_arrival_to_durable_seconds',
    help: 'From reading a live event from the wire until it is in the store or the spool',
    buckets: ARRIVAL_SECONDS
  })
  const searchable = new Histogram({
    registers,
    name: 'hansard_arrival_to_searchable_seconds',
    help: 'From reading a live event from the wire until a search finds it',
    buckets: ARRIVAL_SECONDS
  })
  const requests = new Counter({
    registers, name: 'hansard_http_requests_total', help: 'Requests answered by the site', labelNames: ['route', 'status']
  })
  const answers = new Histogram({
    registers,
    name: 'hansard_http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['route'],
    buckets: ANSWER_SECONDS
  })

  const gauge = (name: string, help: string) => new Gauge({ registers, name, help })
  const storeUp = gauge('hansard_store_up', 'Whether the store answers (1) or not (0)')
  const spoolEvents = gauge('hansard_spool_events', 'Events in the spool, which wait for the store or for catch-up')
  const spoolBytes = gauge('hansard_spool_bytes', 'Size of the events in the spool')
  const spoolFull = gauge('hansard_spool_full', 'Whether the spool takes no more (1) or does (0)')
  const quarantined = gauge('hansard_quarantined', 'Stanzas and events set aside because they could not be recorded')
  const xmppUp = gauge('hansard_xmpp_up', 'Whether the stream to the XMPP server is up (1) or not (0)')
  const rooms = new Gauge({ registers, name: 'hansard_rooms', help: 'Configured rooms by state', labelNames: ['state'] })
  const occupants = gauge('hansard_rooms_occupants', 'People in all rooms together')
  const openGaps = gauge('hansard_gaps_open', 'Rooms that are not recorded completely at the moment')
  const catchingUp = gauge('hansard_catch_up_rooms', 'Rooms whose missed talk is being fetched')
  const searchPartial = gauge('hansard_search_partial', 'Whether the search index misses events of the record (1) or not (0)')
  const holes = new Counter({ registers, name: 'hansard_holes_total', help: 'Gaps that could not be filled' })
  const recovered = new Counter({ registers, name: 'hansard_catch_up_recovered_total', help: 'Events that catch-up brought back' })

  // A counter that is not there before its first event hides that event from rate().
  for (const stream of new Set(EVENT_KINDS.map(streamOf))) for (const via of VIAS) recorded.inc({ stream, via }, 0)

  function take (now: Snapshot): void {
    storeUp.set(Number(now.isStoreUp))
    spoolEvents.set(now.spool.events)
    spoolBytes.set(now.spool.bytes)
    spoolFull.set(Number(now.spool.isFull))
    quarantined.set(now.quarantined)
    xmppUp.set(Number(now.isXmppUp))
    rooms.reset()
    for (const [state, count] of Object.entries(now.rooms)) rooms.set({ state }, count)
    occupants.set(now.occupants)
    openGaps.set(now.openGaps)
    catchingUp.set(now.catchingUp)
    searchPartial.set(Number(now.isSearchPartial))
    countTo(holes, now.holes)
    countTo(recovered, now.recovered)
  }

  return {
    recorded (stream, via) { recorded.inc({ stream, via }) },
    durable (seconds) { durable.observe(seconds) },
    searchable (seconds) { searchable.observe(seconds) },
    http (route, status, seconds) {
      requests.inc({ route, status })
      answers.observe({ route }, seconds)
    },
    async text () {
      take(await read())
      return register.metrics()
    },
    contentType: register.contentType
  }
}

function countTo (counter: Counter, total: number): void {
  counter.reset()
  counter.inc(total)
}
