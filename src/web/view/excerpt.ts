import type { Segment } from './highlighted.ts'

/**
 * At most about `length` characters of a long text, around its first match: a third of them before it, cut at spaces
 * where there are any near. An ellipsis stands for what was left out.
 */
export function excerpt (segments: readonly Segment[], length: number): Segment[] {
  const total = segments.reduce((sum, { text }) => sum + text.length, 0)
  if (total <= length) return [...segments]
  const firstMatch = segments.findIndex(({ isMatch }) => isMatch)
  const matchAt = segments.slice(0, Math.max(0, firstMatch)).reduce((sum, { text }) => sum + text.length, 0)
  const whole = segments.map(({ text }) => text).join('')
  const start = wordStart(whole, Math.max(0, Math.min(matchAt - Math.floor(length / 3), total - length)))
  const end = Math.min(total, wordEnd(whole, start + length))
  const shown = cut(segments, start, end)
  return [
    ...(start > 0 ? [{ text: '… ', isMatch: false }] : []),
    ...shown,
    ...(end < total ? [{ text: ' …', isMatch: false }] : [])
  ]
}

function cut (segments: readonly Segment[], start: number, end: number): Segment[] {
  let at = 0
  return segments.flatMap(({ text, isMatch }) => {
    const part = text.slice(Math.max(0, start - at), Math.max(0, end - at))
    at += text.length
    return part === '' ? [] : [{ text: part, isMatch }]
  })
}

const NEAR = 20

function wordStart (text: string, at: number): number {
  if (at === 0) return 0
  const space = text.slice(at, at + NEAR).search(/\s/)
  return space === -1 ? characterStart(text, at) : at + space + 1
}

function wordEnd (text: string, at: number): number {
  const back = text.slice(Math.max(0, at - NEAR), at).match(/\s\S*$/)
  return at >= text.length || back === null ? characterStart(text, at) : at - back[0].length
}

// Never between the halves of a surrogate pair.
function characterStart (text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at - 1 : at
}
