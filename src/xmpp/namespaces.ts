/** XML namespaces, with the document that defines each. */
export const NS = {
  CLIENT: 'jabber:client', // RFC 6121
  COMPONENT: 'jabber:component:accept', // XEP-0114
  STREAM: 'http://etherx.jabber.org/streams', // RFC 6120
  STREAM_ERRORS: 'urn:ietf:params:xml:ns:xmpp-streams',
  STANZAS: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  SASL: 'urn:ietf:params:xml:ns:xmpp-sasl',
  TLS: 'urn:ietf:params:xml:ns:xmpp-tls',
  SM: 'urn:xmpp:sm:3', // XEP-0198
  DATA_FORM: 'jabber:x:data', // XEP-0004
  DATA_VALIDATE: 'http://jabber.org/protocol/xdata-validate', // XEP-0122
  DISCO_INFO: 'http://jabber.org/protocol/disco#info', // XEP-0030
  DISCO_ITEMS: 'http://jabber.org/protocol/disco#items',
  MUC: 'http://jabber.org/protocol/muc', // XEP-0045
  MUC_USER: 'http://jabber.org/protocol/muc#user',
  MUC_OWNER: 'http://jabber.org/protocol/muc#owner',
  MUC_ADMIN: 'http://jabber.org/protocol/muc#admin',
  MUC_ROOM_INFO: 'http://jabber.org/protocol/muc#roominfo',
  MUC_STABLE_ID: 'http://jabber.org/protocol/muc#stable_id',
  RSM: 'http://jabber.org/protocol/rsm', // XEP-0059
  OOB: 'jabber:x:oob', // XEP-0066
  XHTML_IM: 'http://jabber.org/protocol/xhtml-im', // XEP-0071
  VERSION: 'jabber:iq:version', // XEP-0092
  URL_DATA: 'http://jabber.org/protocol/url-data', // XEP-0103
  PING: 'urn:xmpp:ping', // XEP-0199
  DELAY: 'urn:xmpp:delay', // XEP-0203
  LEGACY_DELAY: 'jabber:x:delay', // XEP-0091
  FORWARD: 'urn:xmpp:forward:0', // XEP-0297
  HASHES: 'urn:xmpp:hashes:2', // XEP-0300
  CORRECT: 'urn:xmpp:message-correct:0', // XEP-0308
  MAM: 'urn:xmpp:mam:2', // XEP-0313
  HATS: 'urn:xmpp:hats:0', // XEP-0317
  HATS_PROSODY: 'xmpp:prosody.im/protocol/hats:1',
  CHAT_STATES: 'http://jabber.org/protocol/chatstates', // XEP-0085
  CHAT_MARKERS: 'urn:xmpp:chat-markers:0', // XEP-0333
  RECEIPTS: 'urn:xmpp:receipts', // XEP-0184
  HINTS: 'urn:xmpp:hints', // XEP-0334
  STANZA_ID: 'urn:xmpp:sid:0', // XEP-0359
  REFERENCE: 'urn:xmpp:reference:0', // XEP-0372
  ENCRYPTION: 'urn:xmpp:eme:0', // XEP-0380
  SPOILER: 'urn:xmpp:spoiler:0', // XEP-0382
  SIMS: 'urn:xmpp:sims:1', // XEP-0385
  STYLING: 'urn:xmpp:styling:0', // XEP-0393
  OCCUPANT_ID: 'urn:xmpp:occupant-id:0', // XEP-0421
  FASTEN: 'urn:xmpp:fasten:0', // XEP-0422
  RETRACT: 'urn:xmpp:message-retract:1', // XEP-0424
  RETRACT_0: 'urn:xmpp:message-retract:0',
  RETRACT_ESL: 'urn:esl:message-retract-by-stanza-id:0', // MongooseIM
  MODERATE: 'urn:xmpp:message-moderate:1', // XEP-0425
  MODERATE_0: 'urn:xmpp:message-moderate:0',
  FALLBACK: 'urn:xmpp:fallback:0', // XEP-0428
  FALLBACK_DRAFT: 'urn:xmpp:feature-fallback:0',
  FULLTEXT: 'urn:xmpp:fulltext:0', // XEP-0431
  REACTIONS: 'urn:xmpp:reactions:0', // XEP-0444
  FILE_METADATA: 'urn:xmpp:file:metadata:0', // XEP-0446
  SFS: 'urn:xmpp:sfs:0', // XEP-0447
  REPLY: 'urn:xmpp:reply:0', // XEP-0461
  EPHEMERAL: 'urn:xmpp:ephemeral:0', // XEP-0466
  MENTIONS: 'urn:xmpp:mentions:0', // XEP-0513
  CONFERENCE: 'jabber:x:conference' // XEP-0249
} as const
