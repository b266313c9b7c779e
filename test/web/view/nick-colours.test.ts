import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { VIEWS } from '../../../src/web/templates.ts'
import { saturatedColour } from '../../../src/web/view/hsluv.ts'
import { HUES, hueAngle, hueOf } from '../../../src/web/view/nick-hue.ts'
import { nickStyle } from '../../../src/web/view/nick-style.ts'

// XEP-0392 §13.2, without corrections for colour vision.
const VECTORS: ReadonlyArray<readonly [nick: string, angle: number, ...colour: number[]]> = [
  ['Romeo', 327.255249, 0.865, 0, 0.686],
  ['juliet@capulet.lit', 209.4104, 0, 0.515, 0.573],
  ['😺', 331.199341, 0.872, 0, 0.659],
  ['council', 359.994507, 0.918, 0, 0.394]
]

for (const [nick, angle, ...colour] of VECTORS) {
  test(`${nick} has the angle and the colour of XEP-0392`, () => {
    assert.ok(Math.abs(hueAngle(nick) - angle) < 0.000001, String(hueAngle(nick)))
    const shown = saturatedColour(hueAngle(nick), 50)
    shown.forEach((channel, n) => { assert.ok(Math.abs(channel - (colour[n] ?? 0)) < 0.001, String(shown)) })
  })
}

test('every nick has a class of the style sheet', () => {
  for (const nick of ['', 'council', 'alice', '日本', 'x'.repeat(5000)]) {
    assert.ok(Number.isInteger(hueOf(nick)) && hueOf(nick) >= 0 && hueOf(nick) < HUES)
  }
})

test('every nick colour has a contrast of 4.5:1 and more on every background of its theme', () => {
  const css = readFileSync(join(VIEWS, 'static/site.css'), 'utf8')
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)')
  const [onLight = '', onDark = ''] = nickStyle().split('@media')
  for (const [theme, rules] of [[light, onLight], [dark, onDark]] as const) {
    const backgrounds = ['paper', 'target'].map(name => new RegExp(`--${name}: (#\\w+)`).exec(theme)?.[1] ?? '')
    const colours = [...rules.matchAll(/\.h\d+\{color:(#\w{6})\}/g)].map(match => match[1] ?? '')
    assert.equal(colours.length, HUES)
    for (const colour of colours) {
      for (const background of backgrounds) assert.ok(contrast(colour, background) >= 4.5, `${colour} on ${background}: ${contrast(colour, background)}`)
    }
  }
})

test('texts, links and calendar days have a contrast of 4.5:1 and more in both themes', () => {
  const css = readFileSync(join(VIEWS, 'static/site.css'), 'utf8')
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)')
  const pairs = [
    ['ink', 'paper'], ['ink', 'raised'], ['ink', 'target'], ['ink', 'mark'], ['quiet', 'paper'], ['quiet', 'raised'], ['quiet', 'target'],
    ['accent', 'paper'], ['accent', 'raised'], ['accent', 'target'], ['bad', 'raised'], ['paper', 'accent'],
    ['ink', 'v1'], ['ink', 'v2'], ['ink', 'v3'], ['on-deep', 'v4'], ['on-deep', 'v5']
  ]
  for (const theme of [light, dark]) {
    const colour = (name: string) => new RegExp(`--${name}: (#\\w+)`).exec(theme)?.[1] ?? ''
    for (const [front = '', back = ''] of pairs) {
      assert.ok(contrast(colour(front), colour(back)) >= 4.5, `${front} on ${back}: ${contrast(colour(front), colour(back))}`)
    }
  }
})

function channels (hex: string): number[] {
  const full = hex.length === 4 ? hex.replace(/\w/g, '$&$&') : hex
  return [1, 3, 5].map(at => parseInt(full.slice(at, at + 2), 16) / 255)
}

// WCAG 2.2, relative luminance and contrast ratio.
function contrast (one: string, other: string): number {
  const [a = 0, b = 0] = [one, other].map(luminance).sort((x, y) => y - x)
  return (a + 0.05) / (b + 0.05)
}

function luminance (hex: string): number {
  const [red = 0, green = 0, blue = 0] = channels(hex).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
