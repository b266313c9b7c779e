/** npm run bench [-- FILE]: how fast this machine imports and searches. FILE: JSON lines of a real log, gzipped or not. */
import { benchImport } from './bench-import.ts'
import { benchSearch } from './bench-search.ts'

const file = process.argv[2]
console.log('Import into SQLite, search index included')
benchImport(file)
console.log('Search')
await benchSearch(file)
