import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { HansardError, messageOf } from '../model/errors.ts'
import type { Streams } from './command.ts'

/** Where much text goes, piece by piece: no faster than it is taken. */
export interface Destination {
  write (text: string): Promise<void>
  /** The file stands in its place from now on. */
  end (): Promise<void>
  /** As if nothing had been written. */
  drop (): Promise<void>
}

/** Standard output for `-`, or a file, which is written beside and then put in its place. Throws ERR_USAGE when it cannot be written. */
export async function openDestination (path: string, { stdout }: Pick<Streams, 'stdout'>): Promise<Destination> {
  if (path === '-') {
    return {
      async write (text) { if (!stdout.write(text)) await once(stdout, 'drain') },
      async end () {},
      async drop () {}
    }
  }
  const beside = `${path}.new`
  const stream = createWriteStream(beside)
  await once(stream, 'open').catch((cause: unknown) => {
    throw new HansardError('ERR_USAGE', `Cannot write ${path}: ${messageOf(cause)}`, { cause })
  })
  return {
    async write (text) { if (!stream.write(text)) await once(stream, 'drain') },
    async end () {
      stream.end()
      await finished(stream)
      await rename(beside, path)
    },
    async drop () {
      stream.destroy()
      await rm(beside, { force: true })
    }
  }
}
