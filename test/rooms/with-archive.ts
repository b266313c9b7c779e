import { setImmediate } from 'node:timers/promises'
import { groupchat, stanzaId, WITH_ARCHIVE } from '../helpers/fake-room-server.ts'
import type { RoomStage } from '../helpers/fake-room-server.ts'
import { AT, stageFor } from './on-stage.ts'

export const SECOND = 1e6

export function archived (n: number): { id: string, at: number, stanza: string } {
  return { id: `id${n}`, at: AT + n * SECOND, stanza: groupchat('alice', `<body>${n}</body>`, 'xmlns="jabber:client"') }
}

export function stageWithArchive (...args: Parameters<typeof stageFor>): RoomStage {
  const stage = stageFor(...args)
  stage.disco = WITH_ARCHIVE
  return stage
}

/** Said in the room: kept there, and heard by us. */
export function say (stage: RoomStage, n: number, isHeard = true): void {
  stage.archive.items.push(archived(n))
  if (isHeard) stage.hear(groupchat('alice', `<body>${n}</body>${stanzaId(`id${n}`)}`), AT + n * SECOND)
}

export async function settled (stage: RoomStage): Promise<void> {
  do await setImmediate()
  while (stage.room.status().isCatchingUp)
  await stage.room.drained()
}

/** Whatever can go on now without a timer has gone on. */
export async function quiet (): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate()
}

/** In the order of time. */
export function bodies (stage: RoomStage): string[] {
  return stage.recorded.toSorted((a, b) => a.time < b.time ? -1 : 1).map(({ body = '' }) => body)
}
