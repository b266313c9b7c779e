import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Config } from '../../config/config.ts'
import { messageOf } from '../../model/errors.ts'
import { bad, good } from './check.ts'
import type { Finding } from './check.ts'

const MB = 1_000_000

/** Whether the spool can be written, and whether what may wait has room on its disk. The file itself is left to serve. */
export async function checkSpool ({ spool, store }: Pick<Config, 'spool' | 'store'>): Promise<Finding[]> {
  const folder = dirname(spool.path)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK | constants.X_OK)
    const file = statSync(spool.path, { throwIfNoEntry: false })
    if (file !== undefined) accessSync(spool.path, constants.R_OK | constants.W_OK)
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const disk = mountOf(folder)
    const finding = good('spool', `${folder} can be written; ${megabytes(free)} free on the disk of ${disk}`)
    // What the file has already need not be free.
    if (free + (file?.size ?? 0) >= spool.maxBytes) return [finding]
    const isShared = store.driver === 'sqlite' && mountOf(dirname(store.path)) === disk
    const fate = isShared ? 'which the record is on too, so that a full disk stops both' : 'so that less can wait than spool.max_mb says'
    return [finding, good('spool', `warning: the disk has less free than the ${megabytes(spool.maxBytes)} that may wait, ${fate}; make room or lower spool.max_mb`)]
  } catch (error) {
    return [bad('spool', `Cannot write ${spool.path}: ${messageOf(error)}, expected a folder and a file that this user may write`)]
  }
}

/** The topmost folder of the disk that this folder is on; the nearest one there is speaks for a folder that is not made yet. */
function mountOf (folder: string): string {
  const device = deviceOf(folder)
  const above = dirname(folder)
  return above === folder || (device !== undefined && deviceOf(above) !== device) ? folder : mountOf(above)
}

function deviceOf (folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.dev
}

function megabytes (bytes: number): string {
  return `${Math.floor(bytes / MB).toLocaleString('en')} MB`
}
