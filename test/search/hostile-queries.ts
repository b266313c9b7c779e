/** What other engines would take for syntax. */
export const SYNTAX: readonly string[] = [
  'word:hello', 'code:hello', 'room:1', 'nick:1', '{word code}:hello', '^hello', 'hello NEAR/2 world', 'NEAR(hello world)',
  'hello AND NOT', 'NOT hello', 'hello OR', ')(', 'hello)', '(hello', 'hello"*', "'; DROP TABLE fts; --", 'hello; DELETE', 'a + b', '"hello" + "x"',
  'rank:bm25', 'fts:x', '- -', '--', '\\', '\\"', 'a\\', '*', '**', '*a', 'he*lo', '~1', 'hello~2', 'hello^9', '+', '+-', '-+x y', '::', ':', 'x:', ':x'
]

type Named = ReadonlyArray<readonly [name: string, query: string]>

/** What no search can read. */
export const UNREADABLE: Named = [
  ['ten thousand characters', 'x'.repeat(10_000)],
  ['five hundred operators', 'from:a '.repeat(500)],
  ['five hundred alternatives', `a${' OR b'.repeat(500)}`],
  ['quotes that never end', '"'.repeat(1999)],
  ['a quote in the middle', 'hello "there from:alice']
]

/** What can be read, with more trouble than it is worth. */
export const TROUBLESOME: Named = [
  ['NUL and other control characters', 'hello\0there\u0001\u001b[31m'],
  ['a regular expression that explodes', '((((a+)+)+)+)+$ ^(a|a)*$ (.*)*x'],
  ['a thousand brackets', `${'('.repeat(990)}hello${')'.repeat(990)}`],
  ['a name without end', 'a::'.repeat(660)],
  ['one word again and again', `"${'a '.repeat(990)}"`],
  ['as many prefixes as may be', 'ab* '.repeat(32)],
  ['as many alternatives as may be', Array.from({ length: 32 }, (_, n) => `aa${n}*`).join(' OR ')],
  ['as many exclusions as may be', `hello ${'-from:a '.repeat(31)}`],
  ['combining marks', `hello${'\u0301'.repeat(1900)}`],
  ['addresses', `${'@a,'.repeat(600)} to:${'@'.repeat(100)}`],
  ['names of JavaScript', 'constructor __proto__ from:__proto__ to:constructor in:toString']
]
