import assert from 'node:assert/strict'
import test from 'node:test'
import type { SharedFile } from '../../src/model/content.ts'
import { parseXml } from '../../src/xmpp/element.ts'
import { parseFiles } from '../../src/xmpp/files.ts'

const URL = 'https://download.example.org/4a771ac1/summit.jpg'
const METADATA = `
  <media-type>image/jpeg</media-type>
  <name>summit.jpg</name>
  <size>3032449</size>
  <hash xmlns="urn:xmpp:hashes:2" algo="sha3-256">2XarmwTlNxDAMkvymloX3S5+VbylNrJt/l5QyPa+YoU=</hash>
  <hash xmlns="urn:xmpp:hashes:2" algo="sha3-256">AAAA</hash>
  <desc>Photo from the summit.</desc>
  <thumbnail xmlns="urn:xmpp:thumbs:1" uri="cid:sha1+ffd7@bob.xmpp.org"/>`
const SUMMIT: SharedFile = {
  url: URL,
  name: 'summit.jpg',
  type: 'image/jpeg',
  size: 3032449,
  description: 'Photo from the summit.',
  hashes: { 'sha3-256': '2XarmwTlNxDAMkvymloX3S5+VbylNrJt/l5QyPa+YoU=' }
}
const SOURCES = `<sources><jinglepub xmlns="urn:xmpp:jinglepub:1" from="a@b" id="c"/><url-data xmlns="http://jabber.org/protocol/url-data" target="ftp://example.org"/>
  <url-data xmlns="http://jabber.org/protocol/url-data" target="${URL}"/></sources>`
const SFS = `<file-sharing xmlns="urn:xmpp:sfs:0" disposition="inline"><file xmlns="urn:xmpp:file:metadata:0">${METADATA}</file>${SOURCES}</file-sharing>`
const SIMS = `<reference xmlns="urn:xmpp:reference:0" type="data"><media-sharing xmlns="urn:xmpp:sims:1"><file xmlns="urn:xmpp:jingle:apps:file-transfer:5">${METADATA}</file>
  <sources><reference xmlns="urn:xmpp:reference:0" type="data" uri="xmpp:romeo@example.org?jingle"/><reference xmlns="urn:xmpp:reference:0" type="data" uri="${URL}"/></sources></media-sharing></reference>`
const OOB = `<x xmlns="jabber:x:oob"><url>${URL}</url></x>`

const MESSAGES: ReadonlyArray<readonly [name: string, payloads: string, files: readonly SharedFile[]]> = [
  ['stateless file sharing', SFS, [SUMMIT]],
  ['stateless inline media sharing', SIMS, [SUMMIT]],
  ['an address out of band', OOB, [{ url: URL }]],
  ['all of them at once, which is one file', OOB + SIMS + SFS, [SUMMIT]],
  ['a file whose source is still to come', '<file-sharing xmlns="urn:xmpp:sfs:0" id="a"><file xmlns="urn:xmpp:file:metadata:0"><name>photo1.jpg</name></file></file-sharing>', [{ name: 'photo1.jpg' }]],
  ['the source of a file that was shared before', `<attach-to xmlns="urn:xmpp:message-attaching:1" id="u"/>${SOURCES.replace('<sources', '<sources xmlns="urn:xmpp:sfs:0" id="a"')}${OOB}`, [{ url: URL }]],
  ['a file of which nothing is said', '<file-sharing xmlns="urn:xmpp:sfs:0"/>', []],
  ['a source that no browser opens', SIMS.replace(URL, 'aesgcm://x'), [{ ...SUMMIT, url: 'xmpp:romeo@example.org?jingle' }]],
  ['what is not what it should be', '<file-sharing xmlns="urn:xmpp:sfs:0"><file xmlns="urn:xmpp:file:metadata:0"><size>-1</size><media-type>a"b</media-type><hash xmlns="urn:xmpp:hashes:2" algo="sha-1">?</hash>' +
    '<name> photo_\u202egpj.exe </name></file></file-sharing>', [{ name: 'photo_gpj.exe' }]],
  ['no file at all', '<body>hi</body>', []]
]

for (const [name, payloads, files] of MESSAGES) {
  test(`the files of a message with ${name}`, () => {
    assert.deepEqual(parseFiles(parseXml(`<message xmlns="jabber:client">${payloads}</message>`)), files)
  })
}
