import { describe } from 'node:test'
import { accessContract } from './contract-access.ts'
import { facetsContract } from './contract-facets.ts'
import { findingContract } from './contract-finding.ts'
import { forgettingContract } from './contract-forgetting.ts'
import { hostileContract } from './contract-hostile.ts'
import { moderationContract } from './contract-moderation.ts'
import { pagingContract } from './contract-paging.ts'
import { peopleContract } from './contract-people.ts'
import { relevanceContract } from './contract-relevance.ts'
import { scanContract } from './contract-scan.ts'
import { spellingContract } from './contract-spelling.ts'
import { writingContract } from './contract-writing.ts'
import type { IndexUnderTest } from './index-under-test.ts'

/** Holds an engine to the words of src/search/search-index.ts. */
export function indexContract (engine: IndexUnderTest): void {
  const lacks = (what: 'facets' | 'relevance') => engine.lacks?.includes(what) === true && `the ${engine.name} engine has no ${what}`
  describe(`The ${engine.name} index`, () => {
    describe('writing', () => { writingContract(engine) })
    describe('forgetting', () => { forgettingContract(engine) })
    describe('finding', () => { findingContract(engine) })
    describe('people and traits', () => { peopleContract(engine) })
    describe('moderation', () => { moderationContract(engine) })
    describe('facets', { skip: lacks('facets') }, () => { facetsContract(engine) })
    describe('access', () => { accessContract(engine) })
    describe('paging', () => { pagingContract(engine) })
    describe('relevance', { skip: lacks('relevance') }, () => { relevanceContract(engine) })
    if (engine.hasSpelling === true) describe('better spelling', () => { spellingContract(engine) })
    describe('hostile queries', () => { hostileContract(engine) })
    describe('compared with a plain scan', () => { scanContract(engine) })
  })
}
