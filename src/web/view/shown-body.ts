import { contentOf } from '../../model/content.ts'
import type { Content, Standing } from '../../model/content.ts'
import { shownText } from '../../model/fallback.ts'
import type { RoomEvent } from '../../model/event.ts'

type Said = Content & Pick<RoomEvent, 'reactsTo' | 'retracts'> & { readonly standing?: Standing }

/**
 * The text that readers get: as it stands, without what only stands in for something else. Undefined where there is none.
 * What stands beside an encrypted one is not what was said, but advice for old clients.
 */
export function shownBody (event: Said): string | undefined {
  const content = contentOf(event)
  if (content.encrypted !== undefined || content.body === undefined) return undefined
  if (content.fallback === undefined && content.files === undefined) return content.body
  const { reactsTo, retracts } = event
  return shownText({ ...content, ...(reactsTo === undefined ? {} : { reactsTo }), ...(retracts === undefined ? {} : { retracts }) })
}
