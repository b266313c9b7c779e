import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { HansardError } from '../../model/errors.ts'
import type { Language } from '../stem.ts'

/** A script of the search page, in the order in which they are to be loaded. */
export interface PageScript {
  readonly name: string
  readonly text: string
}

const require = createRequire(import.meta.url)

/** Lunr, the stemmers of the languages, and our own search, each as one classic script. Throws ERR_SEARCH where ours was not built. */
export async function pageScripts (languages: readonly Language[]): Promise<PageScript[]> {
  const plugins = languages.filter(language => language !== 'en')
  const library = (name: string, path: string): PageScript => ({ name, text: readFileSync(require.resolve(path), 'utf8') })
  return [
    library('lunr.js', 'lunr/lunr.min.js'),
    ...plugins.length === 0 ? [] : [library('lunr.stemmer.support.js', 'lunr-languages/min/lunr.stemmer.support.min.js')],
    ...plugins.map(language => library(`lunr.${language}.js`, `lunr-languages/min/lunr.${language}.min.js`)),
    { name: 'search-engine.js', text: await engine() }
  ]
}

/** The build has put it beside this file; without a build it is made anew. */
async function engine (): Promise<string> {
  const built = join(import.meta.dirname, BUILT)
  if (existsSync(built)) return readFileSync(built, 'utf8')
  return bundlePage().catch((cause: unknown) => {
    throw new HansardError('ERR_SEARCH', `Cannot find the search for pages: ${built} is missing, expected the program to be built with npm run build`, { cause })
  })
}

export const BUILT = 'page.bundle.js'

/** The same query language, analyser and engine as here, for browsers. Needs the development packages. */
export async function bundlePage (): Promise<string> {
  const { build } = await import('esbuild')
  const isSource = import.meta.filename.endsWith('.ts')
  const here = (name: string): string => join(import.meta.dirname, `${name}${isSource ? '.ts' : '.js'}`)
  const { outputFiles } = await build({
    entryPoints: [here('page')],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'silent',
    plugins: [{
      name: 'stand-ins',
      setup (build) {
        build.onResolve({ filter: /^lunr$/ }, () => ({ path: here('page-lunr') }))
        build.onResolve({ filter: /\/stem-plugin\.[jt]s$/ }, () => ({ path: here('page-stem-plugin') }))
      }
    }]
  })
  return outputFiles[0]?.text ?? ''
}
