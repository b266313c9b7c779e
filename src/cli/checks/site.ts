import type { Config } from '../../config/config.ts'
import { messageOf } from '../../model/errors.ts'
import { loadAssets } from '../../web/assets.ts'
import { loadTemplates, VIEWS } from '../../web/templates.ts'
import { bad, good } from './check.ts'
import type { Finding } from './check.ts'

/** Whether the owner's templates and style sheet can be used. Nothing is said where there are none. */
export function checkSite ({ site }: Pick<Config, 'site'>): Finding[] {
  const { templates, stylesheet } = site
  if (templates === undefined && stylesheet === undefined) return []
  try {
    const { replaced, added, unused } = loadTemplates(VIEWS, templates)
    loadAssets(VIEWS, site)
    return [
      ...(templates === undefined ? [] : [good('site', `${templates} has ${replaced.length + added.length} templates in use: ${[...replaced, ...added].join(', ') || 'none'}`)]),
      ...(stylesheet === undefined ? [] : [good('site', `${stylesheet} can be read`)]),
      ...unused.map(name => bad('site', `nothing uses the template ${name}: there is none of this name to take the place of, and no other includes it`))
    ]
  } catch (error) {
    return [bad('site', messageOf(error))]
  }
}
