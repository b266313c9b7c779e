import assert from 'node:assert/strict'
import test, { after, before, describe } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { HtmlValidate, StaticConfigLoader } from 'html-validate'
import { PAGES, siteOfEveryPage } from './every-page.ts'

const validator = new HtmlValidate(new StaticConfigLoader({
  extends: ['html-validate:recommended'],
  rules: {
    'doctype-style': ['error', { style: 'lowercase' }],
    // Titles begin with names that others chose; whoever has less room for them cuts them.
    'long-title': 'off',
    // A list may have a name (WAI-ARIA 1.2).
    'aria-label-misuse': ['error', { allowAnyNamable: true }]
  }
}))

describe('every page', () => {
  const ends: Array<() => Promise<void>> = []
  let app: FastifyInstance
  before(async () => { app = (await siteOfEveryPage({ after: end => { ends.push(end) } })).app })
  after(async () => { for (const end of ends) await end() })

  for (const [path, status] of PAGES) {
    test(`${path} is valid HTML`, async () => {
      const { body, statusCode, headers } = await app.inject(path)
      assert.equal(statusCode, status)
      assert.match(String(headers['content-type']), path === '/r/%ZZ/' ? /^text\/plain/ : /^text\/html; charset=utf-8$/)
      const { results } = await validator.validateString(body)
      assert.deepEqual(results.flatMap(({ messages }) => messages.map(({ ruleId, message, line, column }) =>
        `${ruleId}: ${message} ${body.split('\n')[line - 1]?.slice(Math.max(0, column - 30), column + 80)}`)), [])
    })
  }
})
