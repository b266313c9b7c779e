import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { HansardError, messageOf } from '../model/errors.ts'
import { nickStyle } from './view/nick-style.ts'

/** The files that pages load, and what they are made from. */
export interface Assets {
  /** `/static/site.css?v=…`: the address changes with the content, so that browsers may keep it for ever. Throws for an unknown name. */
  url (name: string): string
  /** Changes with any template, static file or file of this folder: with whatever may change a page but its data. */
  readonly edition: string
  /** Served as nicks.css. */
  readonly nickStyle: string
  /** Served as theme.css; undefined where the site looks as we made it. */
  readonly theme: string | undefined
}

/** What the owner of the site puts in the place of ours, or adds: a folder and a file. */
export interface Theme {
  readonly templates?: string | undefined
  readonly stylesheet?: string | undefined
}

/** Changes with whatever may change a page of this site but its data. */
export function editionOf ({ edition }: Pick<Assets, 'edition'>, site: object): string {
  return JSON.stringify([edition, site])
}

/** Throws ERR_CONFIG where the owner's files cannot be read. */
export function loadAssets (viewsDir: string, { templates, stylesheet }: Theme = {}): Assets {
  const style = nickStyle()
  const theme = stylesheet === undefined ? undefined : styleIn(stylesheet)
  const folder = join(viewsDir, 'static')
  const urls = new Map(filesIn(folder).map(file => [file, hashOfFile(join(folder, file))]))
  urls.set('nicks.css', hashOf(style))
  if (theme !== undefined) urls.set('theme.css', hashOf(theme))
  const folders = [viewsDir, import.meta.dirname, ...(templates === undefined ? [] : [templates])]
  const makers = folders.flatMap(folder => filesIn(folder).map(file => hashOfFile(join(folder, file))))
  return {
    url (name) {
      const hash = urls.get(name)
      if (hash === undefined) throw new Error(`Cannot link the static file ${name}: it is not in ${folder}`)
      return `/static/${name}?v=${hash}`
    },
    edition: hashOf([...makers, theme === undefined ? '' : hashOf(theme)].join()),
    nickStyle: style,
    theme
  }
}

function styleIn (file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new HansardError('ERR_CONFIG', `Cannot read the style sheet ${file}: ${messageOf(cause)}, expected a file of CSS that this user may read`, { cause })
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
