import { buildForm } from './data-form.ts'
import type { Element } from './element.ts'

/** XEP-0504, as far as a service can tell it of itself. */
export interface DataPolicy {
  /** How many hours what was said is kept at most, or that no time ends it. */
  readonly retention: number | 'infinite'
  /** Whether people can delete what they said by themselves. */
  readonly isDeletable: boolean
  /** A text for people, where more is to be read. */
  readonly notes?: readonly string[]
}

export function buildDataPolicy ({ retention, isDeletable, notes = [] }: DataPolicy): Element {
  return buildForm('result', 'urn:xmpp:data-policy:0', [
    { var: 'auth_data', type: 'list-single', values: ['no_auth'] },
    { var: 'data_retention', type: 'text-single', values: [String(retention)] },
    { var: 'data_deletion', type: 'boolean', values: [String(isDeletable)] },
    ...(notes.length === 0 ? [] : [{ var: 'extra_info', type: 'text-multi' as const, values: notes }])
  ])
}
