/** What an index function gave of a document. */
export type IndexedFields = Readonly<Record<string, { readonly type: string, readonly value: string | number }>>

type Expression = (fields: IndexedFields) => boolean

const PIECE = /\s*(?:([()])|(AND NOT|AND|OR)(?=[\s(])|(\*:\*)|(\w+):(?:\[(\*|\d+) TO (\*|\d+)\]|"([a-zA-Z0-9 ]*)"|([a-zA-Z0-9]+)(\*?)))/y

/** Whether documents match a query of Lucene's standard syntax, as far as queries of the engine have it. Throws for anything else. */
export function parseLucene (query: string): Expression {
  let at = 0
  function next (): RegExpExecArray | undefined {
    PIECE.lastIndex = at
    const piece = PIECE.exec(query)
    if (piece === null) {
      if (query.slice(at).trim() === '') return undefined
      throw new SyntaxError(`Cannot parse '${query}' at ${at}`)
    }
    at = PIECE.lastIndex
    return piece
  }

  function parseOperand (): Expression {
    const piece = next()
    if (piece === undefined) throw new SyntaxError(`Cannot parse '${query}': it ends`)
    const [, bracket, operator, all, field = '', from, to, phrase, term, star] = piece
    if (bracket === '(') return parseExpression(true)
    if (all !== undefined) return () => true
    if (bracket !== undefined || operator !== undefined) throw new SyntaxError(`Cannot parse '${query}': ${String(bracket ?? operator)}`)
    if (from !== undefined) return range(field, from, to ?? '*')
    if (phrase !== undefined) return run(field, phrase.split(' '), false)
    return run(field, [term ?? ''], star === '*')
  }

  function parseExpression (isInside: boolean): Expression {
    let left = parseOperand()
    for (let known: string | undefined; ;) {
      const piece = next()
      if (piece === undefined) {
        if (isInside) throw new SyntaxError(`Cannot parse '${query}': a bracket is open`)
        return left
      }
      const [, bracket, operator] = piece
      if (bracket === ')' && isInside) return left
      // Lucene's words for these have no precedence: they must not be mixed.
      const family = operator === 'OR' ? 'OR' : 'AND'
      if (operator === undefined || (known !== undefined && known !== family)) throw new SyntaxError(`Cannot parse '${query}': ${piece[0]}`)
      known = family
      const [before, right] = [left, parseOperand()]
      left = operator === 'OR'
        ? fields => before(fields) || right(fields)
        : fields => before(fields) && right(fields) === (operator === 'AND')
    }
  }
  return parseExpression(false)
}

function run (field: string, wanted: readonly string[], isPrefix: boolean): Expression {
  return fields => {
    const { type, value } = fields[field] ?? { type: 'none', value: '' }
    const tokens = type === 'text' ? String(value).split(/\s+/) : [String(value)]
    return tokens.some((_, at) => wanted.every((token, n) => isPrefix ? tokens[at + n]?.startsWith(token) : tokens[at + n] === token))
  }
}

function range (field: string, from: string, to: string): Expression {
  return fields => {
    const value = Number(fields[field]?.value)
    return (from === '*' || value >= Number(from)) && (to === '*' || value <= Number(to))
  }
}
