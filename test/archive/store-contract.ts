import { randomUUID } from 'node:crypto'
import { describe } from 'node:test'
import type { TestContext } from 'node:test'
import type { ArchiveStore } from '../../src/archive/store.ts'
import { appendContract } from './contract-append.ts'
import { changesContract } from './contract-changes.ts'
import { gapsContract } from './contract-gaps.ts'
import { ledgerContract } from './contract-ledger.ts'
import { lifeContract } from './contract-life.ts'
import { linksContract } from './contract-links.ts'
import { modelContract } from './contract-model.ts'
import { notesContract } from './contract-notes.ts'
import { pageContract } from './contract-page.ts'
import { removalContract } from './contract-removal.ts'
import { reviseContract } from './contract-revise.ts'
import type { StoreUnderTest } from './store-under-test.ts'

export interface Contract {
  readonly driver: StoreUnderTest
  /** A new, empty record, closed and taken away when the test is over. */
  readonly fresh: (t: TestContext) => Promise<ArchiveStore>
  /** A place for records that a test opens by itself. */
  readonly place: (t: TestContext) => string
  readonly open: (t: TestContext, place: string) => Promise<ArchiveStore>
}

const PARTS: ReadonlyArray<readonly [name: string, hold: (contract: Contract) => void]> = [
  ['append', appendContract],
  ['page', pageContract],
  ['the day ledger', ledgerContract],
  ['changes', changesContract],
  ['tombstones and purge', removalContract],
  ['referring and named', linksContract],
  ['revise and scrub', reviseContract],
  ['the log of removals and marks', notesContract],
  ['gaps', gapsContract],
  ['life', lifeContract],
  ['compared with a model', modelContract]
]

/** Holds a driver to the words of src/archive/store.ts. */
export function storeContract (driver: StoreUnderTest): void {
  const contract: Contract = {
    driver,
    async fresh (t) {
      return contract.open(t, contract.place(t))
    },
    place (t) {
      const place = `test-${randomUUID()}`
      t.after(() => driver.dispose(place))
      return place
    },
    async open (t, place) {
      const store = await driver.open(place)
      t.after(() => store.close())
      return store
    }
  }
  describe(`The ${driver.name} store`, { skip: driver.skip ?? false }, () => {
    for (const [name, hold] of PARTS) {
      if (driver.parts?.includes(name) ?? true) describe(name, () => { hold(contract) })
    }
  })
}
