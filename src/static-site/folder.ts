import { mkdir, open, readFile, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HansardError, messageOf } from '../model/errors.ts'

/** A folder of files that are always whole: each is written beside and put in its place. Names are relative, with `/`. */
export interface Folder {
  /** False when the file says that already. */
  write (name: string, content: string | Uint8Array): Promise<boolean>
  read (name: string): Promise<string | undefined>
  has (name: string): Promise<boolean>
  /** False when there is no such file. */
  remove (name: string): Promise<boolean>
  /** Files right inside a folder of this folder. */
  list (name: string): Promise<string[]>
  /** Takes a folder of this folder away, where it has no files. */
  removeEmpty (name: string): Promise<void>
}

/** Marks a folder that this program fills, and may take files out of. */
const MARK = '.hansard-export'

/** Throws ERR_USAGE for a folder that has files which are not of an export, or that cannot be written to. */
export async function openFolder (path: string): Promise<Folder> {
  const found = await mkdir(path, { recursive: true }).then(() => readdir(path)).catch((cause: unknown) => {
    throw new HansardError('ERR_USAGE', `Cannot export to ${path}: ${messageOf(cause)}`, { cause })
  })
  if (found.length > 0 && !found.includes(MARK)) {
    throw new HansardError('ERR_USAGE', `Cannot export to ${path}: it holds files that are not of an export, expected an empty folder or an export to bring up to date`)
  }

  const at = (name: string): string => join(path, name)

  async function put (name: string, content: string | Uint8Array): Promise<void> {
    const file = at(name)
    await mkdir(dirname(file), { recursive: true })
    const beside = `${file}.new`
    const handle = await open(beside, 'w')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, file)
  }

  await put(MARK, 'This folder is filled by hansard export, which may change and take away any file in it.\n').catch((cause: unknown) => {
    throw new HansardError('ERR_USAGE', `Cannot export to ${path}: ${messageOf(cause)}`, { cause })
  })
  return {
    async write (name, content) {
      const old = await readFile(at(name)).catch(undefinedWhereMissing)
      if (old?.equals(Buffer.from(content)) === true) return false
      await put(name, content)
      return true
    },
    read: name => readFile(at(name), 'utf8').catch(undefinedWhereMissing),
    has: name => stat(at(name)).then(found => found.isFile(), () => false),
    async remove (name) {
      return rm(at(name)).then(() => true, () => false)
    },
    list: name => readdir(at(name)).catch(() => []),
    removeEmpty: name => rmdir(at(name)).catch(() => {})
  }
}

function undefinedWhereMissing (error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}
