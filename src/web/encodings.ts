/** The forms in which an answer can be sent, best first. */
export const ENCODINGS = ['br', 'gzip', 'identity'] as const

export type Encoding = typeof ENCODINGS[number]

/**
 * RFC 9110 §12.5.3: what the client takes, the wanted first, of equally wanted ones the smaller. Who does not say takes no
 * encoding; who takes nothing at all gets what everybody can read.
 */
export function acceptedEncodings (header: string | undefined): Encoding[] {
  if (header === undefined) return ['identity']
  const weights = new Map<string, number>()
  for (const item of header.toLowerCase().split(',')) {
    const [, coding, weight] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/.exec(item) ?? []
    if (coding !== undefined) weights.set(coding === 'x-gzip' ? 'gzip' : coding, Number(weight ?? 1))
  }
  const others = weights.get('*')
  // Without a word about it identity is taken, but only where there is nothing that was asked for.
  const wanted = ENCODINGS.map(encoding => ({ encoding, weight: weights.get(encoding) ?? others ?? (encoding === 'identity' ? 0.0001 : 0) }))
  const accepted = wanted.filter(({ weight }) => weight > 0).sort((one, other) => other.weight - one.weight)
  return accepted.length === 0 ? ['identity'] : accepted.map(({ encoding }) => encoding)
}
