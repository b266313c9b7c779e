// HSLuv (hsluv.org) at full saturation, as XEP-0392 §5.3 wants it: CIELUV, where equal lightness is equal contrast.

const TO_RGB = [
  [3.240969941904521, -1.537383177570093, -0.498610760293],
  [-0.96924363628087, 1.87596750150772, 0.041555057407175],
  [0.055630079696993, -0.20397695888897, 1.056971514242878]
] as const
const WHITE_U = 0.19783000664283
const WHITE_V = 0.46831999493879
const KAPPA = 903.2962962
const EPSILON = 0.0088564516

export type Rgb = readonly [red: number, green: number, blue: number]

/** The most saturated colour of this hue (degrees) and lightness (0 to 100, exclusive) that a screen can show; channels 0 to 1. */
export function saturatedColour (hue: number, lightness: number): Rgb {
  const angle = hue * Math.PI / 180
  const chroma = maxChroma(angle, lightness)
  const u = chroma * Math.cos(angle) / (13 * lightness) + WHITE_U
  const v = chroma * Math.sin(angle) / (13 * lightness) + WHITE_V
  const y = lightness > 8 ? ((lightness + 16) / 116) ** 3 : lightness / KAPPA
  const x = 9 * y * u / (4 * v)
  const z = (9 * y - 15 * v * y - v * x) / (3 * v)
  const [red, green, blue] = TO_RGB.map(([a, b, c]) => encode(a * x + b * y + c * z)) as [number, number, number]
  return [red, green, blue]
}

export function hexOf (colour: Rgb): string {
  return `#${colour.map(channel => Math.round(channel * 255).toString(16).padStart(2, '0')).join('')}`
}

// The sRGB gamut at one lightness is a hexagon in the plane of u and v: six lines, of which the nearest one limits.
function maxChroma (angle: number, lightness: number): number {
  const cube = (lightness + 16) ** 3 / 1560896
  const sub = cube > EPSILON ? cube : lightness / KAPPA
  const lengths = TO_RGB.flatMap(([m1, m2, m3]) => [0, 1].map(bound => {
    const top1 = (284517 * m1 - 94839 * m3) * sub
    const top2 = (838422 * m3 + 769860 * m2 + 731718 * m1) * lightness * sub - 769860 * bound * lightness
    const bottom = (632260 * m3 - 126452 * m2) * sub + 126452 * bound
    return top2 / bottom / (Math.sin(angle) - top1 / bottom * Math.cos(angle))
  }))
  return Math.min(...lengths.filter(length => length >= 0))
}

function encode (linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
  return Math.min(1, Math.max(0, value))
}
