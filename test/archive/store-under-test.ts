import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { RoomJid } from '../../src/model/address.ts'
import type { ArchivedEvent } from '../../src/model/event.ts'
import type { Gap } from '../../src/model/gap.ts'
import type { ArchiveStore, Change, ChangeCursor } from '../../src/archive/store.ts'

/** A driver and what may differ between drivers. */
export interface StoreUnderTest {
  readonly name: string
  /** The record of this place, made when there is none; opened twice it is the same record. */
  open (place: string): Promise<ArchiveStore>
  /** Takes the place away after its test. */
  dispose (place: string): Promise<void>
  /** Whether `changes` gives exactly the order in which things were done, each change once. */
  readonly hasOneChangeOrder: boolean
  /** Runs of the property that compares the driver with a model. */
  readonly propertyRuns: number
  /** Of the contract, by name; all of it where nothing is said. */
  readonly parts?: readonly string[]
  /** Why the driver cannot be tested here and what to do about it. */
  readonly skip?: string | undefined
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
  .addSchema(JSON.parse(readFileSync(new URL('../../docs/data-format.schema.json', import.meta.url), 'utf8')) as object, 'format')

function assertValid (schema: string, document: object): void {
  const validate = ajv.getSchema(schema) ?? assert.fail(`no schema ${schema}`)
  assert.ok(validate(document), `${JSON.stringify(validate.errors)} in ${JSON.stringify(document).slice(0, 500)}`)
}

export function assertFormat (event: ArchivedEvent): void {
  assertValid('format', event)
}

export function assertGapFormat (gap: Gap): void {
  assertValid('format#/$defs/gap', gap)
}

export async function allChanges (store: ArchiveStore, since?: ChangeCursor): Promise<Change[]> {
  const changes: Change[] = []
  for await (const batch of store.changes(since)) changes.push(...batch)
  return changes
}

export async function allTalk (store: ArchiveStore, room: RoomJid): Promise<readonly ArchivedEvent[]> {
  const { events, complete } = await store.page(room, { stream: 'talk', limit: 100_000 })
  assert.equal(complete, true)
  for (const event of events) assertFormat(event)
  return events
}

/** Every page of a query, walked by uid in the direction of paging, as one list, oldest first. */
export async function walk (store: ArchiveStore, room: RoomJid, limit: number, reverse: boolean): Promise<ArchivedEvent[]> {
  const found: ArchivedEvent[] = []
  for (;;) {
    const edge = reverse ? found[0] : found.at(-1)
    const { events, complete } = await store.page(room, {
      stream: 'talk',
      limit,
      reverse,
      ...(edge === undefined ? {} : reverse ? { before: edge.uid } : { after: edge.uid })
    })
    if (reverse) found.unshift(...events)
    else found.push(...events)
    if (complete) return found
    assert.equal(events.length, limit)
  }
}

export function uids (events: readonly ArchivedEvent[]): string[] {
  return events.map(({ uid }) => uid)
}
