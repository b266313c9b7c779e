import { describe } from 'node:test'
import { accessContract } from './contract-access.ts'
import { facetsContract } from './contract-facets.ts'
import { findingContract } from './contract-finding.ts'
import { forgettingContract } from './contract-forgetting.ts'
import { hostileContract } from './contract-hostile.ts'
import { moderationContract } from './contract-moderation.ts'
import { pagingContract } from './contract-paging.ts'
import { peopleContract } from './contract-people.ts'
import { scanContract } from './contract-scan.ts'
import { writingContract } from './contract-writing.ts'
import type { IndexUnderTest } from './index-under-test.ts'

/** Holds an engine to the words of src/search/search-index.ts. */
export function indexContract (engine: IndexUnderTest): void {
  describe(`The ${engine.name} index`, () => {
    describe('writing', () => { writingContract(engine) })
    describe('forgetting', () => { forgettingContract(engine) })
    describe('finding', () => { findingContract(engine) })
    describe('people and traits', () => { peopleContract(engine) })
    describe('moderation', () => { moderationContract(engine) })
    describe('facets', () => { facetsContract(engine) })
    describe('access', () => { accessContract(engine) })
    describe('paging', () => { pagingContract(engine) })
    describe('hostile queries', () => { hostileContract(engine) })
    describe('compared with a plain scan', () => { scanContract(engine) })
  })
}
