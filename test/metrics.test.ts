import assert from 'node:assert/strict'
import test from 'node:test'
import { createMetrics } from '../src/metrics.ts'
import type { Metrics, Snapshot } from '../src/metrics.ts'

const QUIET: Snapshot = {
  isStoreUp: true,
  spool: { events: 0, bytes: 0, isFull: false },
  quarantined: 0,
  isXmppUp: true,
  rooms: { joined: 2, outside: 0 },
  occupants: 40,
  openGaps: 0,
  catchingUp: 0,
  holes: 0,
  recovered: 0,
  isSearchPartial: false
}

/** The samples of ours: name with labels to value. */
async function samplesOf (metrics: Metrics): Promise<Map<string, number>> {
  const lines = (await metrics.text()).split('\n').filter(line => line.startsWith('hansard_'))
  return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]))
}

test('what is read is read anew each time it is asked for', async () => {
  let now: Snapshot = QUIET
  const metrics = createMetrics({ read: async () => now })
  assert.equal((await samplesOf(metrics)).get('hansard_store_up'), 1)
  now = {
    isStoreUp: false,
    spool: { events: 7, bytes: 4096, isFull: true },
    quarantined: 3,
    isXmppUp: false,
    rooms: { joined: 1, outside: 1 },
    occupants: 12,
    openGaps: 2,
    catchingUp: 1,
    holes: 5,
    recovered: 250,
    isSearchPartial: true
  }
  for (let again = 0; again < 2; again++) {
    const samples = await samplesOf(metrics)
    assert.deepEqual(Object.fromEntries([...samples].filter(([name]) => !/http|arrival|recorded/.test(name))), {
      hansard_store_up: 0,
      hansard_spool_events: 7,
      hansard_spool_bytes: 4096,
      hansard_spool_full: 1,
      hansard_quarantined: 3,
      hansard_xmpp_up: 0,
      'hansard_rooms{state="joined"}': 1,
      'hansard_rooms{state="outside"}': 1,
      hansard_rooms_occupants: 12,
      hansard_gaps_open: 2,
      hansard_catch_up_rooms: 1,
      hansard_search_partial: 1,
      hansard_holes_total: 5,
      hansard_catch_up_recovered_total: 250
    })
  }
})

test('events, delays and answers are counted as they happen, from zero', async () => {
  const metrics = createMetrics({ read: () => QUIET })
  const before = await samplesOf(metrics)
  assert.equal(before.get('hansard_events_recorded_total{stream="presence",via="catch-up"}'), 0)
  assert.equal([...before.keys()].filter(name => name.startsWith('hansard_events_recorded_total')).length, 6)
  metrics.recorded('talk', 'live')
  metrics.recorded('talk', 'live')
  metrics.durable(0.004)
  metrics.durable(7200)
  metrics.searchable(0.2)
  metrics.http('/r/:slug/', 200, 0.02)
  metrics.http('/r/:slug/', 404, 0.02)
  const samples = await samplesOf(metrics)
  const value = (name: string) => samples.get(name)
  assert.equal(value('hansard_events_recorded_total{stream="talk",via="live"}'), 2)
  assert.equal(value('hansard_arrival_to_durable_seconds_bucket{le="0.005"}'), 1)
  assert.equal(value('hansard_arrival_to_durable_seconds_count'), 2)
  assert.equal(value('hansard_arrival_to_searchable_seconds_sum'), 0.2)
  assert.equal(value('hansard_http_requests_total{route="/r/:slug/",status="404"}'), 1)
  assert.equal(value('hansard_http_request_duration_seconds_count{route="/r/:slug/"}'), 2)
})

test('every metric has a help text and a type, and the process tells of itself', async () => {
  const metrics = createMetrics({ read: () => QUIET })
  const text = await metrics.text()
  assert.match(metrics.contentType, /^text\/plain; version=0\.0\.4/)
  const names = [...text.matchAll(/^# TYPE (\S+) \w+$/gm)].map(match => match[1])
  assert.deepEqual([...text.matchAll(/^# HELP (\S+) \S/gm)].map(match => match[1]), names)
  assert.equal(new Set(names).size, names.length)
  assert.ok(names.includes('process_resident_memory_bytes') && names.includes('nodejs_eventloop_lag_seconds'))
})

test('two programs in one process do not count for each other', async () => {
  const [one, other] = [createMetrics({ read: () => QUIET }), createMetrics({ read: () => QUIET })]
  one.recorded('talk', 'import')
  assert.equal((await samplesOf(other)).get('hansard_events_recorded_total{stream="talk",via="import"}'), 0)
})

test('what cannot be read is an error, no old value', async () => {
  await assert.rejects(createMetrics({ read: () => Promise.reject(new Error('gone')) }).text(), /gone/)
})
