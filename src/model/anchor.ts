import type { ArchiveTime } from './archive-time.ts'

/** The fragment of the `ordinal`-th event (from 0) of its second: t071409, t071409b … t071409z, t071409aa, t071409ab … */
export function anchorOf (time: ArchiveTime, ordinal: number): string {
  return `t${time.slice(11, 13)}${time.slice(14, 16)}${time.slice(17, 19)}${suffix(ordinal)}`
}

function suffix (ordinal: number): string {
  if (ordinal === 0) return ''
  let text = ''
  for (let rest = ordinal; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    text = String.fromCharCode(97 + rest % 26) + text
  }
  return text
}
