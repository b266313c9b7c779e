import { describe } from 'node:test'
import { browserUnderTest } from './browser-under-test.ts'
import { indexContract } from './index-contract.ts'

describe('the indexes of the exported site', () => { indexContract(browserUnderTest) })
