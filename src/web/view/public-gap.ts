import type { Gap } from '../../model/gap.ts'

/** A gap as JSON gives it to the public. */
export type PublicGap = Pick<Gap, 'from' | 'to' | 'cause' | 'problem'>

export function publicGap ({ from, to, cause, problem }: Gap): PublicGap {
  return { from, ...(to === undefined ? {} : { to }), cause, ...(problem === undefined ? {} : { problem }) }
}
