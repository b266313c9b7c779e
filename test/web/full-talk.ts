import type { PublishedRoom } from '../../src/access/can-read.ts'
import type { ArchiveStore } from '../../src/archive/store.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { Standing } from '../../src/model/content.ts'
import type { ArchivedEvent, Removal, RoomEvent, Uid } from '../../src/model/event.ts'
import { tombstoneOf } from '../../src/model/tombstone.ts'
import { happened, said } from './site-under-test.ts'

const at = (clock: string) => `2026-11-20T${clock}`

/** Talk in which everything occurs that a message can be. */
export function fullTalk (room: PublishedRoom): RoomEvent[] {
  return [
    said(room, '2026-11-19T20:00:00', 'carol', 'Who brings the cake?', { uid: 'cake' }),
    happened(room, at('09:00:00'), 'join', 'alice', { hats: [{ uri: 'urn:example:host', title: 'Host' }, { uri: 'urn:example:speaker', title: 'Speaker' }] }),
    said(room, at('09:01:00'), 'alice', 'The meeting is on Tuseday.', { uid: 'meeting', message: 'm-meeting' }),
    said(room, at('09:02:00'), 'bob', '> Who brings the cake?\nI do, with *plenty* of cream.', {
      uid: 'answer', repliesTo: 'cake', fallback: [{ for: 'urn:xmpp:reply:0', start: 0, end: 23 }]
    }),
    said(room, at('09:03:00'), 'bob', 'Not what I meant.', { uid: 'to-removed', repliesTo: 'gone-1' }),
    said(room, at('09:04:00'), 'dave', '> an old joke\nHa!', {
      uid: 'to-unknown', repliesTo: 'nowhere', fallback: [{ for: 'urn:xmpp:reply:0', start: 0, end: 14 }]
    }),
    said(room, at('09:05:00'), 'dave', 'And this?', { uid: 'to-nothing', repliesTo: 'nowhere' }),
    said(room, at('09:10:00'), 'bob', 'regretted 1', { uid: 'gone-1' }),
    said(room, at('09:10:30'), 'bob', 'regretted 2', { uid: 'gone-2' }),
    said(room, at('09:11:00'), 'eve', 'regretted 3', { uid: 'gone-3' }),
    said(room, at('09:11:30'), 'carol', 'regretted 4', { uid: 'gone-4' }),
    said(room, at('09:20:00'), 'carol', 'https://files.example.org/up/holiday%20photo.jpg', {
      uid: 'photo', files: [{ url: 'https://files.example.org/up/holiday%20photo.jpg', type: 'image/jpeg', size: 1_234_567 }]
    }),
    said(room, at('09:21:00'), 'carol', 'The minutes, and the key:', {
      uid: 'files',
      files: [
        { url: 'https://files.example.org/minutes.pdf', name: 'minutes of the meeting.pdf', type: 'application/pdf', size: 88_000, description: 'As agreed on Tuesday' },
        { url: 'aesgcm://files.example.org/key#00ff', name: 'key.bin' },
        { name: 'still-uploading.iso', size: 5_000_000_000 }
      ]
    }),
    said(room, at('09:30:00'), 'dave', 'The butler did it.', { uid: 'spoiler', spoiler: 'the end of the film' }),
    said(room, at('09:31:00'), 'dave', 'https://files.example.org/end.mp4', {
      uid: 'spoiler-file', spoiler: '', files: [{ url: 'https://files.example.org/end.mp4', type: 'video/mp4' }]
    }),
    said(room, at('09:40:00'), 'alice', [
      'A *strong* word, an _emphasised_ one, a ~struck~ one, `code`, and *all _of ~them~_*.', '> quoted *words*', '> > and inside', 'then',
      '```js', 'const line = 1', '```', 'and on.'
    ].join('\n'), { uid: 'styled' }),
    said(room, at('09:41:00'), 'alice', '*as* _typed_\n> not a quote', { uid: 'unstyled', unstyled: true }),
    said(room, at('09:42:00'), 'alice', '/me thinks *hard*\n> about it', { uid: 'action' }),
    said(room, at('09:50:00'), 'bob', 'alice: carol and دانا, look at https://example.org/', {
      uid: 'mentions', mentions: [{ start: 0, end: 5, nick: 'alice' }, { start: 7, end: 12, nick: 'carol' }, { start: 17, end: 21, nick: 'دانا' }]
    }),
    said(room, at('09:51:00'), 'dana', 'Guten Morgen', { uid: 'languages', language: 'de', bodies: { en: 'Good morning', 'pt-BR': 'Bom dia', '"><b>': 'odd', '': 'plain' } }),
    happened(room, at('09:52:00'), 'message', 'bob', { uid: 'secret', encrypted: 'eu.siacs.conversations.axolotl' }),
    happened(room, at('09:53:00'), 'message', 'bob', { uid: 'poll', stanza: '<message xmlns="jabber:client"><poll xmlns="urn:example:poll"/></message>' }),
    said(room, at('09:54:00'), 'bob', 'A poll: tea or coffee?', { uid: 'poll-text' }),
    happened(room, at('09:55:00'), 'message', 'carol', { uid: 'reaction-kept', reactsTo: 'nowhere', reactions: ['🎉'] }),
    said(room, at('09:56:00'), 'mallory', 'The meeting is off.', { uid: 'forged', replaces: 'm-meeting' }),
    happened(room, at('10:00:00'), 'message', 'carol', { uid: 'reaction-1', reactsTo: 'meeting', reactions: ['👍', '🎂'] }),
    said(room, '2026-11-21T08:00:00', 'alice', 'The meeting is on Wednesday.', { uid: 'edit-1', message: 'm-edit-1', replaces: 'm-meeting' }),
    said(room, '2026-11-21T08:10:00', 'alice', 'The meeting is on *Tuesday*.', { uid: 'edit-2', message: 'm-edit-2', replaces: 'm-edit-1' })
  ]
}

const REMOVALS: Readonly<Record<string, Pick<Removal, 'by' | 'reason'>>> = {
  'gone-1': { by: 'moderator', reason: 'off topic' },
  'gone-2': { by: 'moderator', reason: 'off topic' },
  'gone-3': { by: 'moderator', reason: 'off topic' },
  'gone-4': { by: 'author' }
}

/** Puts the talk into the form that it has once it is known how its messages stand. */
export async function amend (store: ArchiveStore, room: PublishedRoom): Promise<void> {
  const body = 'The meeting is on *Tuesday*.'
  const many = Array.from({ length: 20 }, (_, n) => `nick${n}`)
  await stand(store, room, 'meeting', {
    latest: { body, uid: 'edit-2', time: '2026-11-21T08:10:00.000000Z' as ArchiveTime },
    edits: 2,
    reactions: [
      { reaction: '👍', count: 25, nicks: many }, { reaction: '🎂', count: 1, nicks: ['carol'] },
      ...Array.from({ length: 13 }, (_, n) => ({ reaction: `:r${n}:`, count: 1, nicks: ['bob'] }))
    ]
  }, ['edit-1', 'edit-2', 'reaction-1'])
  for (const [uid, removal] of Object.entries(REMOVALS)) {
    const removed: Removal = { ...removal, time: '2026-11-20T11:00:00.000000Z' as ArchiveTime }
    await store.revise(room.jid, uid, event => tombstoneOf(event, removed))
    await store.logRemoval({ ...removed, room: room.jid, uids: [uid], count: 1, actor: 'CANARY-actor' })
  }
}

/** Gives a message its standing, and makes others part of it. */
export async function stand (
  store: ArchiveStore, room: PublishedRoom, uid: Uid, standing: Standing, applied: readonly Uid[]
): Promise<void> {
  const changed = (fields: Partial<ArchivedEvent>) => (event: ArchivedEvent) => ({ ...event, ...fields })
  await store.revise(room.jid, uid, changed({ standing }))
  for (const other of applied) await store.revise(room.jid, other, changed({ appliesTo: uid }))
}
