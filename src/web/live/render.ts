import type { PublishedRoom } from '../../access/can-read.ts'
import type { ArchiveStore } from '../../archive/store.ts'
import type { ArchivedEvent } from '../../model/event.ts'
import type { Words } from '../language/words.ts'
import { surroundingsOf } from '../surroundings.ts'
import { publicEvent } from '../view/public-event.ts'
import { rowOf } from '../view/rows.ts'
import { utcClock } from '../view/zone-clock.ts'
import type { ZoneClock } from '../view/zone-clock.ts'

/** In what form a stream tells events. */
export type Variant = { readonly format: 'json' } | { readonly format: 'html', readonly zone: ZoneClock }

/** Two readers of the same variant get the same. */
export function variantKey (variant: Variant): string {
  return variant.format === 'json' ? 'json' : `html ${variant.zone.name}`
}

/** The events in their order, each as its line of the day's page or as JSON; undefined for one that has no line there. */
export type Render = (room: PublishedRoom, events: readonly ArchivedEvent[], variant: Variant) => Promise<Array<string | undefined>>

interface Options {
  readonly store: Pick<ArchiveStore, 'getMany'>
  readonly words: Words
  /** Fills a template. */
  readonly view: (name: string, model: object) => Promise<string>
}

export function createRender ({ store, words, view }: Options): Render {
  return async (room, events, variant) => {
    const around = await surroundingsOf(store, room, events)
    const zone = variant.format === 'html' ? variant.zone : utcClock
    return Promise.all(events.map(async event => {
      const row = rowOf(event, { zone, around, words })
      if (row === undefined) return undefined
      return variant.format === 'json' ? JSON.stringify(publicEvent(event)) : (await view('parts/row', { row })).trim()
    }))
  }
}
