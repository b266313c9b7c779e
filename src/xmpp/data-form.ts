import { attribute, children, xml } from './element.ts'
import type { Element } from './element.ts'
import { NS } from './namespaces.ts'

export type FieldType =
  | 'boolean' | 'fixed' | 'hidden' | 'jid-multi' | 'jid-single'
  | 'list-multi' | 'list-single' | 'text-multi' | 'text-private' | 'text-single'

/** XEP-0004, as far as it is data: what the fields say. */
export interface DataForm {
  readonly type: string
  /** The value of FORM_TYPE (XEP-0068); undefined when the form has none. */
  readonly formType: string | undefined
  /** By `var`, without FORM_TYPE. A `var` that comes twice keeps the values of both. */
  readonly fields: ReadonlyMap<string, readonly string[]>
}

export interface Field {
  readonly var: string
  readonly type?: FieldType
  readonly label?: string
  readonly values?: readonly string[]
  /** What a list offers, with words for people. */
  readonly options?: ReadonlyArray<{ readonly value: string, readonly label?: string }>
  /** Whether values beside the offered ones are taken (XEP-0122 open). */
  readonly isOpen?: boolean
}

/** The first data form in the element, of this FORM_TYPE when one is given. */
export function findForm (parent: Element, formType?: string): DataForm | undefined {
  const forms = children(parent, 'x', NS.DATA_FORM).map(parseForm)
  return formType === undefined ? forms[0] : forms.find(form => form.formType === formType)
}

export function parseForm (x: Element): DataForm {
  const fields = new Map<string, string[]>()
  for (const field of children(x, 'field')) {
    const name = attribute(field, 'var')
    if (name === undefined) continue
    const values = children(field, 'value').map(value => value.getText())
    fields.set(name, [...fields.get(name) ?? [], ...values])
  }
  const formType = fields.get('FORM_TYPE')?.[0]
  fields.delete('FORM_TYPE')
  return { type: attribute(x, 'type') ?? 'form', formType, fields }
}

/** One value of a field; undefined when it is missing or has none. */
export function valueOf (form: DataForm | undefined, name: string): string | undefined {
  return form?.fields.get(name)?.[0]
}

export function buildForm (
  type: 'form' | 'submit' | 'result' | 'cancel',
  formType: string,
  fields: readonly Field[],
  texts: { readonly title?: string, readonly instructions?: string } = {}
): Element {
  return xml('x', { xmlns: NS.DATA_FORM, type },
    texts.title === undefined ? undefined : xml('title', {}, texts.title),
    texts.instructions === undefined ? undefined : xml('instructions', {}, texts.instructions),
    buildField({ var: 'FORM_TYPE', type: 'hidden', values: [formType] }),
    fields.map(buildField))
}

function buildField (field: Field): Element {
  return xml('field', { var: field.var, type: field.type, label: field.label },
    field.isOpen === true
      ? xml('validate', { xmlns: NS.DATA_VALIDATE, datatype: 'xs:string' }, xml('open'))
      : undefined,
    (field.values ?? []).map(value => xml('value', {}, value)),
    (field.options ?? []).map(({ value, label }) => xml('option', { label }, xml('value', {}, value))))
}
