import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { nickStyle } from './view/nick-style.ts'

/** The files that pages load, and what they are made from. */
export interface Assets {
  /** `/static/site.css?v=…`: the address changes with the content, so that browsers may keep it for ever. Throws for an unknown name. */
  url (name: string): string
  /** Changes with any template, static file or file of this folder: with whatever may change a page but its data. */
  readonly edition: string
  /** Served as nicks.css. */
  readonly nickStyle: string
}

export function loadAssets (viewsDir: string): Assets {
  const style = nickStyle()
  const folder = join(viewsDir, 'static')
  const urls = new Map(filesIn(folder).map(file => [file, hashOfFile(join(folder, file))]))
  urls.set('nicks.css', hashOf(style))
  const makers = [viewsDir, import.meta.dirname].flatMap(folder => filesIn(folder).map(file => hashOfFile(join(folder, file))))
  return {
    url (name) {
      const hash = urls.get(name)
      if (hash === undefined) throw new Error(`Cannot link the static file ${name}: it is not in ${folder}`)
      return `/static/${name}?v=${hash}`
    },
    edition: hashOf(makers.join()),
    nickStyle: style
  }
}

function filesIn (folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

function hashOfFile (file: string): string {
  return hashOf(readFileSync(file))
}

function hashOf (content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 12)
}
