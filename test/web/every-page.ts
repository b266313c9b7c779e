import { LEVELS } from '../../src/access/can-read.ts'
import type { ArchiveTime } from '../../src/model/archive-time.ts'
import type { Gap } from '../../src/model/gap.ts'
import type { RoomEvent } from '../../src/model/event.ts'
import { amend, fullTalk } from './full-talk.ts'
import { siteWithSearch } from './real-search.ts'
import type { SearchedSite } from './real-search.ts'
import { happened, published, said } from './site-under-test.ts'

const LOUNGE = published('lounge', 'indexed', { title: 'The Lounge', description: 'General talk', showsEdits: true })
const QUIET = published('quiet', 'public', { description: '' })
const DAY = '/r/lounge/2026-11-20'

/** Every type of page in each of the states that it has markup of its own for, and the status that it is answered with. */
export const PAGES: ReadonlyArray<readonly [path: string, status: number]> = [
  ['/', 200], ['/about', 200], ['/privacy', 200],
  ['/r/lounge/', 200], ['/r/quiet/', 200],
  ['/r/lounge/2026', 200], ['/r/lounge/2026-11', 200], ['/r/lounge/2026-10', 200],
  [DAY, 200], [`${DAY}?events=full`, 200], [`${DAY}?events=none`, 200], [`${DAY}?tz=Asia/Kolkata`, 200], [`${DAY}?tz=nowhere`, 200],
  ['/r/lounge/2026-10-03', 200], ['/r/lounge/2026-11-21', 200], ['/r/quiet/2026-11-21', 200], ['/r/lounge/2020-01-01', 404],
  ['/r/lounge/m/meeting', 200], ['/r/lounge/m/styled', 200], ['/r/lounge/m/topic', 200], ['/r/lounge/m/gone-1', 410],
  ['/r/lounge/excerpt?from=meeting&to=styled', 200],
  ['/r/lounge/stats', 200], ['/r/lounge/stats?year=2025', 200], ['/r/quiet/stats', 200], ['/r/lounge/links', 200], ['/r/quiet/links', 200],
  ['/r/lounge/links?host=example.org', 200], ['/r/lounge/coverage', 200], ['/r/lounge/coverage?year=2025', 200], ['/r/quiet/coverage', 200],
  ['/r/lounge/live', 200], ['/r/quiet/live', 200],
  ['/search', 200], ['/search?q=the', 200], ['/search?q=the&room=lounge', 200], ['/search?q=nobodysaidthis', 200], ['/search?q=nobodysaidthis&room=lounge', 200],
  ['/search?q=line', 200], ['/search?q=on%3Anever', 400],
  ['/nothing', 404], ['/r/unknown/', 404], ['/r/%ZZ/', 400]
]

const gaps: Gap[] = [
  { room: LOUNGE.jid, from: '2026-10-03T22:10:00.000000Z' as ArchiveTime, to: '2026-10-04T05:30:00.000000Z' as ArchiveTime, cause: 'killed', problem: 'expired' },
  { room: LOUNGE.jid, from: '2026-11-20T09:14:09.000000Z' as ArchiveTime, to: '2026-11-20T09:18:50.000000Z' as ArchiveTime, cause: 'disconnected', problem: 'no-archive' },
  { room: LOUNGE.jid, from: '2026-11-21T09:00:00.000000Z' as ArchiveTime, cause: 'removed' }
]

function talk (): RoomEvent[] {
  const at = (clock: string) => `2026-11-20T${clock}`
  return [
    ...fullTalk(LOUNGE),
    said(LOUNGE, '2025-03-01T10:00:00', 'alice', 'a line of an earlier year'),
    happened(LOUNGE, at('08:00:00'), 'subject', 'alice', { uid: 'topic', body: 'Welcome | https://example.org/rules' }),
    ...Array.from({ length: 30 }, (_, n) => happened(LOUNGE, at(`11:20:${String(n).padStart(2, '0')}`), n % 2 === 0 ? 'join' : 'leave', `guest${n}`)),
    happened(LOUNGE, at('11:21:00'), 'kick', 'eve', { actor: 'alice', reason: 'spam' }),
    happened(LOUNGE, at('11:21:30'), 'nick', 'eve', { newNick: 'adam' }),
    happened(LOUNGE, at('11:22:00'), 'leave', '', { crowd: Array.from({ length: 50 }, (_, n) => ({ nick: `visitor${n}` })) }),
    ...Array.from({ length: 60 }, (_, n) => said(LOUNGE, at(`12:${String(n).padStart(2, '0')}:00`), `nick${n % 5}`, `line ${n}`)),
    said(LOUNGE, '2026-11-21T11:00:00', 'alice', 'a line of today')
  ]
}

/** The site that has all of these pages, with a room of each level. */
export async function siteOfEveryPage (scope: { after (end: () => Promise<void>): void }): Promise<SearchedSite> {
  const rooms = [LOUNGE, QUIET, ...LEVELS.map(level => published(level, level))]
  const site = await siteWithSearch(scope, rooms, talk(), {
    site: { title: 'Test logs', url: 'https://logs.example.org', description: 'Logs of rooms that do not exist' }
  })
  await amend(site.store, LOUNGE)
  await site.store.putGaps(gaps)
  await site.index()
  return site
}
