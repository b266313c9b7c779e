import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildForm, findForm, parseForm, valueOf } from '../../src/xmpp/data-form.ts'
import { parseXml, xml } from '../../src/xmpp/element.ts'

const submitted = parseXml(`<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'>
  <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>
  <field var='start'><value>2026-08-01T00:00:00Z</value></field>
  <field var='ids'><value>a</value><value>b</value></field>
  <field var='empty'/><field var='blank'><value/></field>
  <field><value>nameless</value></field>
  <field var='with'><value>x@y</value></field><field var='with'><value>z@y</value></field>
</x></query>`)

describe('a data form', () => {
  it('is read into values by field, without its type', () => {
    const form = findForm(submitted)
    assert.equal(form?.type, 'submit')
    assert.equal(form?.formType, 'urn:xmpp:mam:2')
    assert.deepEqual([...form?.fields ?? []], [
      ['start', ['2026-08-01T00:00:00Z']], ['ids', ['a', 'b']], ['empty', []], ['blank', ['']], ['with', ['x@y', 'z@y']]
    ])
    assert.equal(valueOf(form, 'start'), '2026-08-01T00:00:00Z')
    assert.equal(valueOf(form, 'empty'), undefined)
    assert.equal(valueOf(undefined, 'start'), undefined)
  })

  it('is found by its type among several', () => {
    const info = xml('query', {}, buildForm('result', 'urn:example:a', []), buildForm('result', 'urn:example:b', [{ var: 'f', values: ['1'] }]))
    assert.equal(valueOf(findForm(info, 'urn:example:b'), 'f'), '1')
    assert.equal(findForm(info, 'urn:example:c'), undefined)
    assert.equal(findForm(xml('query')), undefined)
  })

  it('without a type is a form without a type', () => {
    assert.deepEqual(parseForm(parseXml("<x xmlns='jabber:x:data'/>")), { type: 'form', formType: undefined, fields: new Map() })
  })

  it('is built with types, labels, open lists and what people read', () => {
    const form = buildForm('form', 'urn:example', [
      { var: 'with', type: 'jid-single', label: 'With whom' },
      { var: 'ids', type: 'list-multi', isOpen: true, values: ['a & b'] }
    ], { title: 'Search', instructions: 'Fill it in' })
    assert.equal(form.toString(), '<x xmlns="jabber:x:data" type="form"><title>Search</title><instructions>Fill it in</instructions>' +
      '<field var="FORM_TYPE" type="hidden"><value>urn:example</value></field><field var="with" type="jid-single" label="With whom"/>' +
      '<field var="ids" type="list-multi"><validate xmlns="http://jabber.org/protocol/xdata-validate" datatype="xs:string"><open/></validate><value>a &amp; b</value></field></x>')
  })
})
