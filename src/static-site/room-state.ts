import type { SegmentEntry } from '../search/browser/segment.ts'
import type { Folder } from './folder.ts'

/** What was exported of a room, by the validators of its pages: so that the next run writes only what has changed. */
export interface RoomState {
  /** Of the form of the export: of another nothing is taken over. */
  readonly edition: string
  /** Validators of the answers that stand in the files, by file. */
  readonly files: Record<string, string>
  /** By month and stream. */
  readonly segments: Record<string, SegmentState>
}

export interface SegmentState {
  /** Changes with whatever may change the segments. */
  readonly validator: string
  readonly entries: readonly SegmentEntry[]
}

export async function readState (folder: Folder, slug: string, edition: string): Promise<RoomState> {
  const fresh: RoomState = { edition, files: {}, segments: {} }
  try {
    const state = JSON.parse(await folder.read(stateFile(slug)) ?? '') as RoomState
    return state.edition === edition ? state : { ...fresh, files: Object.fromEntries(Object.keys(state.files).map(file => [file, ''])) }
  } catch {
    return fresh // a first run, or a file that somebody damaged: everything is written anew
  }
}

export async function writeState (folder: Folder, slug: string, state: RoomState): Promise<void> {
  await folder.write(stateFile(slug), JSON.stringify(state))
}

function stateFile (slug: string): string {
  return `.hansard-export-state/${slug}.json`
}
