import { hexOf, saturatedColour } from './hsluv.ts'
import { HUES } from './nick-hue.ts'

/** CIE lightness of nicks on the light and on the dark page; with these every hue keeps a contrast of 4.5:1 and more. */
const ON_LIGHT = 42
const ON_DARK = 74

/** The rules of the classes h0 … h63. */
export function nickStyle (): string {
  return `${rules(ON_LIGHT)}@media (prefers-color-scheme:dark){${rules(ON_DARK)}}`
}

function rules (lightness: number): string {
  return Array.from({ length: HUES }, (_, hue) => `.h${hue}{color:${hexOf(saturatedColour(hue * 360 / HUES, lightness))}}`).join('')
}
