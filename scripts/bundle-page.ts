/** A step of the build: the search of exported sites as one script, beside the compiled files. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUILT, bundlePage } from '../src/search/browser/page-scripts.ts'

writeFileSync(join(import.meta.dirname, '../dist/search/browser', BUILT), await bundlePage())
