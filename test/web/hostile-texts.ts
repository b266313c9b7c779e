import type { PublishedRoom } from '../../src/access/can-read.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { tombstoneOf } from '../../src/model/tombstone.ts'
import { happened, said } from './site-under-test.ts'

const ALERT = 'globalThis.ran(1)'

/** What people write who want a page to do something else; `ran` is called where one succeeds. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'a script': `<script>${ALERT}</script>`,
  'a script that ends an element': `</title></textarea></style></p></li></ol></main><script>${ALERT}</script>`,
  'a picture with a handler': `"><img src=x onerror=${ALERT}>`,
  'a drawing with a handler': `<svg/onload=${ALERT}><animate onbegin=${ALERT}>`,
  'a frame': '<iframe srcdoc="<script>parent.ran(1)</script>"></iframe>',
  'an element that opens': `<details open ontoggle=${ALERT}><summary>x</summary></details>`,
  'a form that steals the focus': `<form action=//evil.example/><input autofocus onfocus=${ALERT}><button>x`,
  'a page that goes elsewhere': '<meta http-equiv=refresh content="0;url=//evil.example/"><base href=//evil.example/>',
  'a style': '<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css>',
  'mutated markup': `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${ALERT}&gt;">`,
  'a template': `<template><img src=x onerror=${ALERT}></template><noscript><p title="</noscript><img src=x onerror=${ALERT}>">`,
  'an attribute in double quotes': `" onmouseover="${ALERT}" autofocus onfocus="${ALERT}" x="`,
  'an attribute in single quotes': `' onmouseover='${ALERT}' style='position:fixed;inset:0' x='`,
  'an attribute without quotes': `x onmouseover=${ALERT} style=position:fixed`,
  'an attribute in grave accents': '`onmouseover=ran(1) `',
  'an address in quotes': `https://example.org/"onclick="${ALERT}`,
  'an address with markup': `https://example.org/<img/src=x onerror=${ALERT}>?a=1&lt;b&amp;c='d'`,
  'an address that is a script': `javascript:${ALERT} JAVASCRIPT://example.org/%0a${ALERT} java\tscript:${ALERT} &#106;avascript:${ALERT}`,
  'an address that is a page': `data:text/html,<script>${ALERT}</script> data:text/html;base64,PHNjcmlwdD5yYW4oMSk8L3NjcmlwdD4= vbscript:x blob:https://example.org/x`,
  'an address of a file': 'file:///etc/passwd view-source:https://example.org/ ftp://example.org/ //evil.example/ \\\\evil.example\\x',
  'an address of somebody': 'xmpp:a@b?join;x="><b> mailto:a@b.example?subject=<b>&body="x" xmpp://x@y/"onclick="x',
  'an address in other letters': 'https://аррӏе.example/ https://evil.example。/ https://user:pass@evil.example:99999/ https://[::1]/ https://xn--/',
  entities: '&lt;script&gt;ran(1)&lt;/script&gt; &#60;b&#62; &#x3C;b&gt; &lt &amp;lt; &quot;&#39; &nbsp; &NotAnEntity; &#0; &#xD800;',
  'entities of XML': '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x><?xml version="1.0"?><?php echo 1 ?>',
  'the end of CDATA': ']]><script>ran(1)</script><![CDATA[ ]]>',
  'the end of a comment': '<!-- --> <!--> --!> <![if IE]><script>ran(1)</script><![endif]-->',
  'a template of ours': '<%= it.site %><%~ include(\'/etc/passwd\') %><% throw 1 %>',
  'templates of others': '$' + '{ran(1)} {{constructor.constructor(\'ran(1)\')()}} #{7*7} {% 1 %} [[x]]',
  'JSON in a script': '{"a":"</script><script>ran(1)</script>"}\u2028\u2029<!--<script>',
  'code that ends strings': '\';ran(1);//\\\';ran(1);//";ran(1);//`;ran(1);//--></script>',
  'lines of other kinds': 'one\rtwo\r\nthree\u2028four\u2029five\u0085six\u000Bseven\u000Ceight',
  'an event of a stream': 'x\n\nevent: said\ndata: <script>ran(1)</script>\nid: 9\n\n: \rdata: y\r\r',
  'a header': 'x\r\nSet-Cookie: a=b\r\nLocation: //evil.example/\r\n\r\n<script>ran(1)</script>',
  'control characters': 'a\u0000b\u0001c\u0007d\u0008e\u001B[31mf\u007Fg\u0080h\u009Fi',
  'directions turned over': 'user\u202Etxt.exe\u202D\u202A\u202B\u202C \u2066\u2067\u2068\u2069 \u200F\u200E\u061C end',
  'directions left open': '\u2067\u2067\u2067 אבג <b> \u2066 دانا',
  'nothing to be seen': 'a\u200Bb\u200Cc\u200Dd\u2060e\uFEFFf\u00ADg\u180Eh\u3164i\uFFA0j\u2800k',
  'only what is not seen': '\u200B\u2060\uFEFF\u3164\u00AD',
  'letters that look like others': 'аdmin Αdmin ａｄｍｉｎ 𝐚𝐝𝐦𝐢𝐧 ⓐⓓⓜⓘⓝ',
  'many marks on a letter': `Z${'\u0338\u0322\u031B\u0489'.repeat(60)}algo`,
  'half of a pair': 'a\uD83Db\uDE00c',
  'tags and selectors': '🏴\u{E0067}\u{E0062}\u{E007F} 👩\u200D👩\u200D👧\u200D👦 ☺\uFE0E\uFE0F \u{10FFFF}\uFFFE\uFFFF',
  'a very long word': 'w'.repeat(3000),
  'a very long address': `https://example.org/${'%3Cscript%3E'.repeat(250)}`,
  'many quotes': `${'>'.repeat(200)} deep`,
  'many styles': `${'*_~`'.repeat(100)}x${'`~_*'.repeat(100)}`,
  'names of objects': '__proto__',
  'an action': '/me <b>waves</b>',
  'a path': '../../../../etc/passwd%00 ..%2f..%5c',
  'nothing but spaces': ' \t\n\u00A0\u2003\u3000 '
}

const at = (minute: number, second: number): string =>
  `2026-11-20T${String(10 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:${String(second).padStart(2, '0')}`

/** Talk that has the text in every field there is. `minute` keeps several of them apart in one room. */
export function hostileTalk (room: PublishedRoom, text: string, minute = 0): RoomEvent[] {
  const uid = (name: string) => `${name}-${minute}`
  return [
    happened(room, at(minute, 1), 'join', text, { hats: [{ uri: text, title: text }], role: text, affiliation: text }),
    said(room, at(minute, 2), text, text, { uid: `${text}${minute}`, message: text, origin: text }),
    said(room, at(minute, 3), 'bob', `/me ${text}`),
    happened(room, at(minute, 4), 'subject', text, { body: text }),
    said(room, at(minute, 5), text, `${text}\n> ${text}\n> > ${text}\n\`${text}\` *${text}* _${text}_ ~${text}~\n\`\`\`${text}\n${text}\n\`\`\``),
    said(room, at(minute, 6), text, `${text}\n> ${text}`, {
      uid: uid('rich'),
      language: text,
      bodies: { [text]: text, de: text },
      spoiler: text,
      unstyled: true,
      repliesTo: `${text}${minute}`,
      files: [{ url: text, name: text, type: text, description: text }, { url: `https://example.org/${text}`, name: text }, { url: `https://${text}/` }],
      mentions: [{ start: 0, end: 4, nick: text }]
    }),
    said(room, at(minute, 7), 'bob', `*${text}*\n> ${text}`, { repliesTo: 'unknown', fallback: [{ for: 'urn:xmpp:reply:0', start: 0, end: 9 }] }),
    said(room, at(minute, 8), 'bob', text, { uid: uid('edited') }),
    said(room, at(minute, 9), 'bob', text, { uid: uid('removed') }),
    happened(room, at(minute, 10), 'message', text, { reactsTo: text, reactions: [text] }),
    happened(room, at(minute, 11), 'message', text, { encrypted: text }),
    happened(room, at(minute, 12), 'kick', text, { actor: text, reason: text }),
    happened(room, at(minute, 13), 'ban', text, { actor: text, reason: text, alternate: text }),
    happened(room, at(minute, 14), 'nick', text, { newNick: text }),
    happened(room, at(minute, 15), 'role', text, { role: text, affiliation: text, reason: text }),
    happened(room, at(minute, 16), 'affiliation', text, { role: text, affiliation: text, actor: text, reason: text }),
    happened(room, at(minute, 17), 'leave', text, { reason: text }),
    happened(room, at(minute, 18), 'leave', '', { crowd: [{ nick: text }, { nick: 'bob' }], reason: text }),
    happened(room, at(minute, 19), 'destroy', '', { reason: text, alternate: text })
  ]
}

/** Puts the text into what stands beside the talk of hostileTalk: corrections, reactions, reasons. */
export async function amendHostile (store: ArchiveStore, room: PublishedRoom, text: string, minute = 0): Promise<void> {
  const latest = { body: text, language: text, spoiler: text, uid: 'x', time: '2026-11-20T23:00:00.000000Z' as ArchiveTime }
  const reactions = [{ reaction: text, count: 2, nicks: [text, 'bob'] }]
  await store.revise(room.jid, `edited-${minute}`, event => ({ ...event, standing: { latest, edits: 1, reactions } }))
  await store.revise(room.jid, `removed-${minute}`, event => tombstoneOf(event, { by: 'moderator', time: event.time, reason: text }))
}
