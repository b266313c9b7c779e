import { createHash } from 'node:crypto'

/** Into how many hues the circle is cut: neighbours can hardly be told apart, and the style sheet stays small. */
export const HUES = 64

/** XEP-0392 §5.1: the angle in degrees, 0 ≤ angle < 360, that every client computes for this nick. */
export function hueAngle (nick: string): number {
  const [low = 0, high = 0] = createHash('sha1').update(nick).digest()
  return (high * 256 + low) / 65536 * 360
}

// Of a day most messages are of few people.
const MOST_KNOWN = 10_000
const known = new Map<string, number>()

/** The number of the hue class of a nick; inline styles are forbidden by our own content security policy. */
export function hueOf (nick: string): number {
  let hue = known.get(nick)
  if (hue === undefined) {
    hue = Math.round(hueAngle(nick) / 360 * HUES) % HUES
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(nick, hue)
  }
  return hue
}
