/** What attributes and texts are replaced by: what counts somewhere, and what nobody means. */
export const VALUES: readonly string[] = [
  // Addresses
  'lab@conference.localhost', 'LAB@Conference.Localhost', 'lab@conference.localhost/Alice', 'lab@conference.localhost/archiver', 'lab@conference.localhost/',
  'lab\\40conference.localhost@archive.localhost', 'archive.localhost', 'archiver@archive.localhost/hansard', 'conference.localhost', 'alice@localhost/phone',
  '@', '@@', '/', 'a@', '@b', 'a@b/', 'a@[::1]', 'a b@c', `${'x'.repeat(1024)}@y`, 'xn--@xn--', 'a@b/\u0000', 'ß@ẞ', '\u212b@\u2126', '𝕝𝕒𝕓@conference.localhost',
  // Types, codes, roles
  'groupchat', 'chat', 'error', 'normal', 'headline', 'unavailable', 'available', 'subscribe', 'result', 'get', 'set', 'none', 'moderator', 'outcast', 'owner',
  '100', '104', '110', '170', '172', '201', '210', '301', '303', '307', '321', '322', '332', '333',
  // Times
  '2026-11-21T07:07:05Z', '2026-11-21T07:07:05.123456789123Z', '0000-00-00T00:00:00Z', '9999-12-31T23:59:59Z', '1969-12-31T23:59:59Z', '2026-02-30T00:00:00Z',
  '2026-11-21T24:00:00Z', '2026-11-21T07:07:60Z', '2026-11-21', '20261121T07:07:05', '2026-11-21T07:07:05+99:99', '-2026-11-21T07:07:05Z', 'now',
  // Numbers
  '0', '-0', '-1', '1', '007', '1e9', '0x10', '1.5', ' 5 ', '9007199254740993', '99999999999999999999999999', 'NaN', 'Infinity', '١٢', '',
  // Names that objects have, and texts
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'true', 'false', 'undefined', 'null', ' ', '\t\r\n', '\r', ']]>', '<![CDATA[', '&amp;', '<b>', '"\'',
  '\u0000', '\u0008\u001f', '\ud83c', '\udf89', '\udf89\ud83c', '\ufffe\uffff', '\ufeff', '\u202e\u2066', '\u200d\u200b', 'Z̷̡͓a̴l̶g̵o̸', '👩‍👩‍👧‍👦🎉', 'e\u0301', '漢字', '\u{10ffff}',
  'x'.repeat(300), '🎉'.repeat(200)
]

/** Texts that are too long for most places; they take their time and are therefore rare. */
export const HUGE: readonly string[] = ['x'.repeat(300_000), '<&>"\''.repeat(10_000), '\r\n'.repeat(10_000), '\ud83c'.repeat(10_000)]

export const NAMES: readonly string[] = [
  'message', 'presence', 'iq', 'body', 'subject', 'thread', 'x', 'item', 'status', 'delay', 'stanza-id', 'origin-id', 'occupant-id', 'result', 'fin', 'forwarded',
  'set', 'first', 'last', 'count', 'retract', 'retracted', 'moderated', 'apply-to', 'reactions', 'reaction', 'replace', 'reply', 'encrypted', 'encryption', 'ephemeral',
  'no-store', 'store', 'error', 'destroy', 'actor', 'reason', 'invite', 'query', 'feature', 'a:b', 'xml:x', 'stream:error', '_', 'é', '__proto__', 'constructor', 'toString', '1', 'a b', '', 'xmlns', '<'
]

export const ATTRIBUTES: readonly string[] = [
  'from', 'to', 'type', 'id', 'by', 'stamp', 'jid', 'nick', 'code', 'role', 'affiliation', 'var', 'xmlns', 'xml:lang', 'queryid', 'complete', 'stable', 'timer',
  'namespace', 'name', 'node', 'index', 'xmlns:a', 'a:b', '__proto__', 'constructor', '1', 'a b', '"'
]

const item = "<item affiliation='owner' role='moderator' jid='eve@example.org/x' nick='Eve'><actor nick='Mallory'/><reason>r</reason></item>"
const said = "<message xmlns='jabber:client' type='groupchat' from='lab@conference.localhost/Alice' id='f1'><body>forwarded</body></message>"

/** Payloads that change what a stanza means. */
export const PAYLOADS: readonly string[] = [
  '<body>another</body>', "<body xml:lang='de'>noch einer</body>", '<body/>', '<subject>topic</subject>', '<subject/>', '<thread>t</thread>',
  `<x xmlns='http://jabber.org/protocol/muc#user'>${item}<status code='110'/></x>`,
  `<x xmlns='http://jabber.org/protocol/muc#user'>${item}<status code='303'/></x>`,
  "<x xmlns='http://jabber.org/protocol/muc#user'><destroy jid='new@conference.localhost'><reason>moved</reason></destroy></x>",
  "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/><status code='172'/></x>",
  "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='eve@example.org'/><decline/><password>p</password></x>",
  "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='5' since='never'/></x>",
  "<stanza-id xmlns='urn:xmpp:sid:0' by='lab@conference.localhost' id='forged'/>",
  "<stanza-id xmlns='urn:xmpp:sid:0' by='Lab\\40conference.localhost@ARCHIVE.localhost' id='forged'/>",
  "<origin-id xmlns='urn:xmpp:sid:0' id='o'/>", "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>",
  "<delay xmlns='urn:xmpp:delay' from='lab@conference.localhost' stamp='2026-11-21T07:00:00Z'/>",
  "<delay xmlns='urn:xmpp:delay' from='eve@example.org' stamp='1999-01-01T00:00:00Z'/>", "<x xmlns='jabber:x:delay' stamp='20020910T23:08:25'/>",
  "<no-store xmlns='urn:xmpp:hints'/>", "<no-permanent-storage xmlns='urn:xmpp:hints'/>", "<store xmlns='urn:xmpp:hints'/>",
  "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>", "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0'/>",
  "<ephemeral xmlns='urn:xmpp:ephemeral:0' timer='60'/>", "<ephemeral xmlns='urn:xmpp:ephemeral:0' timer='0'/>",
  "<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>", "<apply-to xmlns='urn:xmpp:fasten:0' id='m1'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>",
  "<retracted xmlns='urn:xmpp:message-retract:1' stamp='2026-11-21T07:07:12Z'/>", "<moderated xmlns='urn:xmpp:message-moderate:0' by='lab@conference.localhost/Alice'/>",
  "<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction><reaction/></reactions>", "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>",
  "<addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' jid='eve@example.org/x'/></addresses>",
  `<result xmlns='urn:xmpp:mam:2' queryid='q' id='r1'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T07:07:05Z'/>${said}</forwarded></result>`,
  `<forwarded xmlns='urn:xmpp:forward:0'>${said}${said}</forwarded>`,
  "<fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'><first index='x'/><last/><count>-1</count></set></fin>",
  "<set xmlns='http://jabber.org/protocol/rsm'><max>many</max><after/><before/></set>",
  "<x xmlns='jabber:x:data' type='submit'><field><value/></field><field var='FORM_TYPE'/></x>",
  "<error type='cancel'><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>t</text></error>",
  "<error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
  `${'<a xmlns="urn:example:deep">'.repeat(100)}${'</a>'.repeat(100)}`
]
