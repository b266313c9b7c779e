import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RoomJid } from '../../model/address.ts'
import { roomFolder } from './kept-path.ts'

/** Forgets all that is kept of the room in this folder; also for who has no site. Rejects when the disk refuses. */
export async function dropRoom (root: string, room: RoomJid): Promise<void> {
  await removeFolder(join(root, roomFolder(room)))
}

export async function removeFolder (folder: string): Promise<void> {
  // A file that is being written there now may come between.
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
