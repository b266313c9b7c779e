import type { ArchiveStore } from '../archive/store.ts'
import type { ArchivedEvent } from '../model/event.ts'
import { idsOf } from '../model/standing.ts'

/** Corrections of corrections: more than that is no chain that a program makes. */
const MAX_WAVES = 10

/** What a message said before it said what it says now, each as it was said then, the first form first. */
export async function earlierVersions (store: Pick<ArchiveStore, 'referring'>, event: ArchivedEvent): Promise<ArchivedEvent[]> {
  const latest = event.standing?.latest?.uid
  if (latest === undefined) return []
  const versions = new Map([[event.uid, event]])
  let wave = [event]
  for (let n = 0; n < MAX_WAVES && wave.length > 0; n++) {
    wave = (await store.referring(event.room, wave.flatMap(idsOf))).filter(({ uid, replaces, appliesTo }) =>
      replaces !== undefined && appliesTo === event.uid && !versions.has(uid))
    for (const version of wave) versions.set(version.uid, version)
  }
  return [...versions.values()]
    .filter(({ uid, removed }) => uid !== latest && removed === undefined)
    .sort((one, other) => one.time < other.time ? -1 : 1)
    .map(({ standing: _, appliesTo: __, ...version }) => version)
}
