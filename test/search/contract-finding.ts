import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { Language } from '../../src/search/stem.ts'
import { add, at, found, recorded, talk } from './index-under-test.ts'
import type { IndexUnderTest } from './index-under-test.ts'

const MESSAGES = [
  'use Foo::Bar here', 'use Foo::Bar::Baz->new;', 'foo and bar', 'xmlns is urn:xmpp:mam:2', 'see urn:xmpp:mam:2#extended', 'old urn:xmpp:mam:1',
  'I write C++.', 'I write C', 'C# (or F#)', 'try node.js', 'a node in js', 'run it with --verbose', 'verbose output', 'join #hansard now',
  'version 1.12.3', 'version 1.12', 'https://github.com/olivernn/lunr.js/issues/279', 'write to juliet@capulet.example/balcony', 'fixes #123',
  '@alice: look', 'alice: look again', 'party 🎉', 'well done 👍🏽', '👩‍💻 at work', '全文検索エンジンです', '上海在哪里', '한국어를 배워요', 'Spaß im Straßencafé',
  'cafe\u0301 au lait', 'naïve façade', 'Привет, мир', 'Ёлка горит', 'Ｆｕｌｌ ｗｉｄｔｈ', 'snake_case_name', 'well-known fact', "don't panic", 'it’s fine',
  '$a++; done', 'x ==> y', 'done :)', 'Foo(bar, baz)', 'the who: to be or not to be', 'x\u0000y control\u0007bell', '/me waves', 'İstanbul', 'ﬁnal', '昨日ラーメンを食べました', '何を食べる？', 'mon résumé à relire', 'ещё не готово', 'use urn:ietf:rfc:6121 (see https://xmpp.org/rfcs/rfc6121.html#roster?x=1&y=2)'
]

const QUALITY: ReadonlyArray<readonly [query: string, ...found: string[]]> = [
  ['Foo::Bar', 'use Foo::Bar here', 'use Foo::Bar::Baz->new;'],
  ['foo::bar::baz', 'use Foo::Bar::Baz->new;'],
  ['Bar::Baz', 'use Foo::Bar::Baz->new;'],
  ['Foo::B*', 'use Foo::Bar here', 'use Foo::Bar::Baz->new;'],
  ['"use Foo::Bar here"', 'use Foo::Bar here'],
  ['urn:xmpp:mam:2', 'xmlns is urn:xmpp:mam:2', 'see urn:xmpp:mam:2#extended'],
  ['urn:xmpp:mam', 'xmlns is urn:xmpp:mam:2', 'see urn:xmpp:mam:2#extended', 'old urn:xmpp:mam:1'],
  ['mam', 'xmlns is urn:xmpp:mam:2', 'see urn:xmpp:mam:2#extended', 'old urn:xmpp:mam:1'],
  ['C++', 'I write C++.'],
  ['c#', 'C# (or F#)'],
  ['f#', 'C# (or F#)'],
  ['node.js', 'try node.js'],
  ['--verbose', 'run it with --verbose'],
  ['verbose', 'run it with --verbose', 'verbose output'],
  ['#hansard', 'join #hansard now'],
  ['hansard', 'join #hansard now'],
  ['1.12', 'version 1.12.3', 'version 1.12'],
  ['1.12.3', 'version 1.12.3'],
  ['https://github.com/olivernn/lunr.js', 'https://github.com/olivernn/lunr.js/issues/279'],
  ['github.com', 'https://github.com/olivernn/lunr.js/issues/279'],
  ['issues/279', 'https://github.com/olivernn/lunr.js/issues/279'],
  ['juliet@capulet.example', 'write to juliet@capulet.example/balcony'],
  ['#123', 'fixes #123'],
  ['@alice', '@alice: look'],
  ['alice', '@alice: look', 'alice: look again'],
  ['🎉', 'party 🎉'],
  ['👍', 'well done 👍🏽'],
  ['👩‍💻', '👩‍💻 at work'],
  ['検索', '全文検索エンジンです'],
  ['索', '全文検索エンジンです'],
  ['"検索エンジン"', '全文検索エンジンです'],
  ['検査'],
  ['上海', '上海在哪里'],
  ['里', '上海在哪里'],
  ['한국어', '한국어를 배워요'],
  ['spass', 'Spaß im Straßencafé'],
  ['strassencafe', 'Spaß im Straßencafé'],
  ['Straße*', 'Spaß im Straßencafé'],
  ['café', 'cafe\u0301 au lait'],
  ['cafe', 'cafe\u0301 au lait'],
  ['naive facade', 'naïve façade'],
  ['ПРИВЕТ', 'Привет, мир'],
  ['елка', 'Ёлка горит'],
  ['full width', 'Ｆｕｌｌ ｗｉｄｔｈ'],
  ['snake_case', 'snake_case_name'],
  ['case', 'snake_case_name'],
  ['well-known', 'well-known fact'],
  ['"well known"', 'well-known fact'],
  ['don’t', "don't panic"],
  ["it's", 'it’s fine'],
  ['$a', '$a++; done'],
  ['==>', 'x ==> y'],
  [':)', 'done :)'],
  ['foo bar', 'use Foo::Bar here', 'use Foo::Bar::Baz->new;', 'foo and bar', 'Foo(bar, baz)'],
  ['"foo bar"', 'use Foo::Bar here', 'use Foo::Bar::Baz->new;', 'Foo(bar, baz)'],
  ['foo -baz', 'use Foo::Bar here', 'foo and bar'],
  ['foo -Foo::Bar', 'foo and bar', 'Foo(bar, baz)'],
  ['foo -"bar baz"', 'use Foo::Bar here', 'foo and bar'],
  ['"to be or not to be"', 'the who: to be or not to be'],
  ['the who', 'the who: to be or not to be'],
  ['control bell', 'x\u0000y control\u0007bell'],
  ['istanbul', 'İstanbul'],
  ['final', 'ﬁnal'],
  ['is:action', '/me waves'],
  ['has:link', 'https://github.com/olivernn/lunr.js/issues/279', 'use urn:ietf:rfc:6121 (see https://xmpp.org/rfcs/rfc6121.html#roster?x=1&y=2)'],
  ['食べ', '昨日ラーメンを食べました', '何を食べる？'],
  ['ラーメン', '昨日ラーメンを食べました'],
  ['食べる', '何を食べる？'],
  ['resume', 'mon résumé à relire'],
  ['RÉSUMÉ', 'mon résumé à relire'],
  ['еще', 'ещё не готово'],
  ['https://xmpp.org/rfcs/rfc6121.html#roster?x=1&y=2', 'use urn:ietf:rfc:6121 (see https://xmpp.org/rfcs/rfc6121.html#roster?x=1&y=2)'],
  ['rfc6121.html', 'use urn:ietf:rfc:6121 (see https://xmpp.org/rfcs/rfc6121.html#roster?x=1&y=2)'],
  ['urn:ietf', 'use urn:ietf:rfc:6121 (see https://xmpp.org/rfcs/rfc6121.html#roster?x=1&y=2)'],
  ['🎉 OR 上海', 'party 🎉', '上海在哪里'],
  ['C++ OR node.js -try', 'I write C++.'],
  ['github -has:link']
]

const FORMS: ReadonlyArray<readonly [language: Language, bodies: readonly string[], query: string, found: readonly string[]]> = [
  ['en', ['the tests were running', 'I run it', 'a runner ran', 'testing a test'], 'runs', ['the tests were running', 'I run it']],
  ['en', ['the tests were running', 'testing a test'], 'tested', ['the tests were running', 'testing a test']],
  ['en', ['the tests were running', 'testing a test'], '"test"', ['testing a test']],
  ['en', ['the tests were running', 'no word of it'], 'no -tests', ['no word of it']],
  ['de', ['viele Häuser', 'ein Haus', 'im Hause', 'Hausbau'], 'Häusern', ['viele Häuser', 'ein Haus', 'im Hause']],
  ['de', ['viele Häuser', 'ein Haus'], 'hauser', ['viele Häuser', 'ein Haus']],
  ['de', ['die Straßen', 'auf der Strasse', 'Straßenbahn'], 'strasse', ['die Straßen', 'auf der Strasse']],
  ['fr', ['elles sont mangées', 'la mangue'], 'mangees', ['elles sont mangées']],
  ['ru', ['много ёлок', 'две елки', 'ель'], 'ёлка', ['две елки']],
  ['en', ['an archived room', 'archives', 'an arch'], 'archiving', ['an archived room', 'archives']],
  ['fr', ['ils ont mangé', 'elle mange', 'elles sont mangées', 'la mangue'], 'manger', ['ils ont mangé', 'elle mange', 'elles sont mangées']],
  ['ru', ['новая книга', 'с книгами', 'книжный'], 'книги', ['новая книга', 'с книгами']]
]

export function findingContract (engine: IndexUnderTest): void {
  test('chat is found as people look for it', async t => {
    const index = await engine.open(t)
    const events = talk(...MESSAGES)
    await add(index, events)
    for (const [query, ...expected] of QUALITY) assert.deepEqual(await found(index, events, query), expected, query)
  })

  for (const [language, bodies, query, expected] of FORMS) {
    test(`${query} finds its other forms in ${language}: ${expected.join(', ')}`, async t => {
      const index = await engine.open(t, [language])
      const events = talk(...bodies)
      await add(index, events)
      assert.deepEqual(await found(index, events, query), expected)
    })
  }

  test('forms of several languages are found together, also forms indexed later', async t => {
    const index = await engine.open(t, ['en', 'de'])
    const events = talk('tested', 'viele Häuser', 'testing', 'Hause')
    await add(index, events.slice(0, 2))
    await add(index, events.slice(2))
    assert.deepEqual(await found(index, events, 'tests'), ['tested', 'testing'])
    assert.deepEqual(await found(index, events, 'haus'), ['viele Häuser', 'Hause'])
  })

  test('replies, subjects and images are told apart', async t => {
    const index = await engine.open(t)
    const events = [
      recorded({ body: 'a reply', repliesTo: 'uid-0', time: at(1) }),
      recorded({ body: 'a topic', kind: 'subject', time: at(2) }),
      recorded({ body: 'see https://example.org/cat.PNG', time: at(3) }),
      recorded({ body: 'see xmpp:room@example.org?join', time: at(4) })
    ]
    await add(index, events)
    assert.deepEqual(await found(index, events, 'is:reply'), ['a reply'])
    assert.deepEqual(await found(index, events, 'is:subject'), ['a topic'])
    assert.deepEqual(await found(index, events, 'has:image'), ['see https://example.org/cat.PNG'])
    assert.deepEqual(await found(index, events, 'has:link'), ['see https://example.org/cat.PNG', 'see xmpp:room@example.org?join'])
    assert.deepEqual(await found(index, events, 'a -is:reply'), ['a topic'])
  })
}
