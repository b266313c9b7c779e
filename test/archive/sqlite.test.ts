import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { after } from 'node:test'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteStore } from '../../src/archive/sqlite.ts'
import { storeContract } from './store-contract.ts'

const root = mkdtempSync(join(tmpdir(), 'hansard-sqlite-'))
after(() => { rmSync(root, { recursive: true }) })
const directory = (place: string): string => join(root, place)

storeContract({
  name: 'sqlite',
  open: async place => createSqliteStore({ path: join(directory(place), 'record.db') }),
  dispose: place => rm(directory(place), { recursive: true, force: true }),
  hasOneChangeOrder: true,
  propertyRuns: 60
})
