/** A text in stretches, in order: code and what stands around it. */
export interface Stretch {
  readonly text: string
  readonly isCode: boolean
}

/**
 * XEP-0393 §5.1.2: a block of code goes from a line that begins with ``` to a line of ``` alone. One without an end is
 * left as it was typed. Takes time linear in the text, also for thousands of beginnings.
 */
export function codeBlocks (text: string): Stretch[] {
  const lines = text.split('\n')
  const lastEnd = lines.findLastIndex(isEnd)
  const stretches: Stretch[] = []
  let plain: string[] = []
  function endPlain (): void {
    if (plain.length > 0) stretches.push({ text: plain.join('\n'), isCode: false })
    plain = []
  }
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (!line.startsWith('```') || at >= lastEnd) {
      plain.push(line)
      continue
    }
    const begin = at + 1
    for (at = begin; !isEnd(lines[at] ?? ''); at++);
    endPlain()
    stretches.push({ text: lines.slice(begin, at).join('\n'), isCode: true })
  }
  endPlain()
  return stretches
}

function isEnd (line: string): boolean {
  return line.trimEnd() === '```'
}
