import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { formatTime, toMicros } from '../../src/model/archive-time.ts'
import { child, xml } from '../../src/xmpp/element.ts'
import { NS } from '../../src/xmpp/namespaces.ts'
import { stanzaIdBy } from '../../src/xmpp/stanza-id.ts'
import { runCaptured } from '../cli/run-captured.ts'
import { writeFiles } from '../config/write-config.ts'
import { startEjabberd } from '../servers/ejabberd.ts'
import { startProsody } from '../servers/prosody.ts'
import type { Talker } from '../servers/talker.ts'
import { requireServer } from '../servers/xmpp-server.ts'
import type { XmppServer } from '../servers/xmpp-server.ts'
import { ARCHIVE, CELLAR, filesWith, openCanaryStage, ROOM, SITE } from './canary-stage.ts'
import type { CanaryStage } from './canary-stage.ts'
import { crawl, enteringHears, heldInArchive, moderate, streamedUpTo, visit } from './surfaces.ts'
import { eventually } from './stage.ts'

// A text that was removed is nowhere any more, as soon as this.
const SOON_MS = 5_000

interface Canary {
  /** In all of the texts, and nowhere else. */
  readonly text: string
  /** Finds the text, and does not have it. */
  readonly prefix: string
  readonly original: string
  readonly uids: readonly string[]
  readonly isRemoved?: boolean
}

let songs = 0

/** Bob says it and corrects it; Alice quotes it in a reply, which she corrects, and in a reaction. */
async function sing (stage: CanaryStage): Promise<Canary> {
  const { alice, bob } = stage.people
  const prefix = `canary${++songs}x`
  const text = `${prefix}${randomBytes(6).toString('hex')}`
  const said = await bob.say(ROOM, `it is ${text}`, { id: `said-${songs}` })
  const original = stanzaIdBy(said, ROOM) ?? ''
  const corrected = await bob.say(ROOM, `it is ${text}, I think https://example.org/${text}`, { id: `corrected-${songs}`, payloads: [xml('replace', { xmlns: NS.CORRECT, id: `said-${songs}` })] })
  const quote = `> it is ${text}, I think\n`
  const reply = [xml('reply', { xmlns: NS.REPLY, to: `${ROOM}/Bob`, id: original }), fallback(NS.REPLY, quote.length)]
  const replied = await alice.say(ROOM, `${quote}thank you`, { id: `replied-${songs}`, payloads: reply })
  const better = await alice.say(ROOM, `${quote}thank you very much`, {
    payloads: [...reply, xml('replace', { xmlns: NS.CORRECT, id: `replied-${songs}` })]
  })
  const reacted = await alice.say(ROOM, `${quote}👍`, {
    payloads: [xml('reactions', { xmlns: NS.REACTIONS, id: original }, xml('reaction', {}, '👍')), fallback(NS.REACTIONS)]
  })
  const uids = [said, corrected, replied, better, reacted].map(stanza => stanzaIdBy(stanza, ROOM) ?? '')
  await eventually(async () => (await stage.store.getMany(ROOM, uids)).length === uids.length || undefined, 'all is recorded')
  return { text, prefix, original, uids }
}

function fallback (purpose: string, end?: number): ReturnType<typeof xml> {
  return xml('fallback', { xmlns: NS.FALLBACK, for: purpose }, end === undefined ? undefined : xml('body', { start: '0', end: String(end) }))
}

const DAYS_OF = async (stage: CanaryStage, room: typeof ROOM): Promise<string[]> => (await stage.store.days(room)).map(({ day }) => day)

/** Where the text is to be seen on the site, over all that links lead to. */
async function heldOnSite (stage: CanaryStage, { text, prefix, uids }: Canary): Promise<string[]> {
  const site = await stage.serve.url()
  const rooms = await Promise.all([[ROOM, 'lounge'] as const, [CELLAR, 'cellar'] as const].map(async ([jid, slug]) => {
    const days = await DAYS_OF(stage, jid)
    return [
      ...['', 'today', 'latest', 'first', 'removed.jsonl', 'stats', 'links', 'coverage', 'coverage.json'].map(part => `/r/${slug}/${part}`),
      ...days.flatMap(day => [day, `${day}.json`, `${day}.jsonl`, `${day}.txt`, `${day}?events=full`, `${day}?events=none`, day.slice(0, 7), day.slice(0, 4)].map(part => `/r/${slug}/${part}`)),
      ...uids.map(uid => `/r/${slug}/m/${encodeURIComponent(uid)}`),
      ...['excerpt', 'excerpt.txt'].map(part => `/r/${slug}/${part}?${new URLSearchParams({ from: uids[0] ?? '', to: uids.at(-1) ?? '' }).toString()}`)
    ]
  }))
  const searches = [`q=${prefix}*`, `q=${prefix}*&room=lounge`, `q=${prefix}*+from:bob`].flatMap(query => [`/search?${query}`, `/search.json?${query}`])
  const known = ['/index.json', '/sitemap.xml', '/robots.txt', '/about', '/privacy', '/healthz', '/metrics', '/removed.jsonl', '/feed.atom', ...rooms.flat(), ...searches]
  const found = await crawl(site, SITE, known)
  const zipped = await Promise.all(known.map(async path => [path, await visit(`${site}${path}`, true)] as const))
  const holding = [...found, ...zipped].filter(([, answer]) => answer.text.includes(text)).map(([path, answer]) => `${path}${answer.isZipped ? ' (gzip)' : ''}`)
  return [...new Set(holding)]
}

/** What is told again to somebody who listens since before it was said; the answer to it comes after it, and stays. */
async function heldInStreams ({ serve, store }: CanaryStage, { text, original, uids }: Canary): Promise<string[]> {
  if (uids.length === 1) return []
  const since = encodeURIComponent(formatTime(toMicros((await store.get(ROOM, original))?.time ?? formatTime(0)) - 1))
  const urls = ['html', 'json'].map(format => `/r/lounge/live.sse?format=${format}&since=${since}`)
  const site = await serve.url()
  const told = await Promise.all(urls.map(async url => streamedUpTo('thank you very much', `${site}${url}`)))
  return urls.filter((_, n) => told[n]?.includes(text))
}

/** Where it is to be seen by whoever looks. */
async function heldIn (stage: CanaryStage, canary: Canary, visitor: Talker): Promise<string[]> {
  const open = [...await heldOnSite(stage, canary), ...await heldInStreams(stage, canary), ...stage.heldIn(canary.text)]
  // Who asks the archive again and again is sent away for a while.
  return open.length > 0 && canary.isRemoved ? open : [...open, ...await heldInArchive(visitor, ARCHIVE, canary.text, canary.uids)]
}

async function isTold (visitor: Talker, { text }: Canary): Promise<boolean> {
  return (await enteringHears(visitor, ARCHIVE)).some(stanza => stanza.includes(text))
}

/** Who looks later than that finds nothing; a look itself may take its time. */
async function isNowhere (look: () => Promise<string[]>): Promise<void> {
  const deadline = Date.now() + SOON_MS
  for (let isLast = false; ;) {
    const held = await look()
    if (held.length === 0) return
    if (isLast) assert.fail(`it is still in ${held.join(', ')}`)
    isLast = Date.now() > deadline
    await delay(25)
  }
}

async function isGone (stage: CanaryStage, canary: Canary, visitor: Talker): Promise<void> {
  await isNowhere(async () => heldIn(stage, { ...canary, isRemoved: true }, visitor))
  assert.equal(await isTold(visitor, canary), false)
}

/** Else its going would prove nothing. */
async function isEverywhere (stage: CanaryStage, canary: Canary, visitor: Talker): Promise<void> {
  const surfaces = [
    /^\/r\/lounge\/\d{4}-\d\d-\d\d$/, /\.json$/, /\.jsonl$/, /\.txt$/, /^\/r\/lounge\/m\//, /\/excerpt\?/, /\/excerpt\.txt\?/, /\/links\?host=/, /^\/search\?/, /^\/search\.json\?/,
    /sse\?format=html/, /sse\?format=json/, /^the archive$/, /by id/, /full text/, /search\.db/, /hansard\.db|^document|\.couch/
  ]
  let missing: readonly RegExp[] = []
  await eventually(async () => {
    const held = await heldIn(stage, canary, visitor)
    missing = surfaces.filter(part => !held.some(surface => part.test(surface)))
    return missing.length === 0 || undefined
  }, 'the text is everywhere').catch((error: unknown) => { throw new Error(`it is not in ${missing.join(', ')}`, { cause: error }) })
  assert.equal(await isTold(visitor, canary), true)
}

/** Each takes the song out in its way, and resolves when that was asked for. */
interface Way {
  readonly name: string
  readonly by: 'author' | 'moderator' | 'administrator'
  readonly isWithoutServe?: boolean
  remove (stage: CanaryStage, canary: Canary): Promise<unknown>
}

async function command (stage: CanaryStage, ...argv: readonly string[]): Promise<void> {
  const { code, stderr } = await runCaptured('remove', '--config', stage.config, '--yes', ...argv)
  assert.equal(code, 0, stderr)
}

const RETRACTION: Way = {
  name: 'its author retracts it',
  by: 'author',
  remove: async ({ people: { bob } }, { original }) => bob.say(ROOM, '/me retracted a message', {
    payloads: [xml('retract', { xmlns: NS.RETRACT, id: original }), fallback(NS.RETRACT)]
  })
}

const WAYS: readonly Way[] = [
  RETRACTION,
  {
    name: 'a moderator has it removed',
    by: 'moderator',
    remove: async ({ people: { alice } }, { original }) => alice.request(moderate(ROOM, original, 'not here'))
  },
  { name: 'it is removed by its uid', by: 'administrator', remove: async (stage, { original }) => command(stage, '--room', ROOM, '--uid', original) },
  {
    name: 'it is removed by its author and time',
    by: 'administrator',
    async remove (stage, { original }) {
      const said = await stage.store.get(ROOM, original)
      await command(stage, '--room', ROOM, '--from', 'Bob', '--after', `${said?.time.slice(0, 10) ?? ''}T00:00:00Z`)
    }
  },
  { name: 'it is removed by a search', by: 'administrator', remove: async (stage, { text }) => command(stage, '--search', text) },
  {
    name: 'all traces of its author are removed',
    by: 'administrator',
    remove: async stage => command(stage, '--room', ROOM, '--from', 'Bob', '--anonymous')
  },
  {
    name: 'it is removed by its uid while nothing serves',
    by: 'administrator',
    isWithoutServe: true,
    remove: async (stage, { original }) => command(stage, '--room', ROOM, '--uid', original)
  },
  {
    name: 'it is removed by a search while nothing serves',
    by: 'administrator',
    isWithoutServe: true,
    remove: async (stage, { text }) => command(stage, '--search', text, '--room', ROOM)
  }
]

async function holdsNothingAfter (stage: CanaryStage, { by, isWithoutServe = false, ...way }: Way): Promise<void> {
  const [canary, visitor] = await Promise.all([sing(stage), stage.newcomer()])
  await isEverywhere(stage, canary, visitor)
  if (isWithoutServe) assert.equal(await stage.serve.stop(), 0)
  const witness = by === 'administrator' && !isWithoutServe ? await stage.newcomer() : undefined
  await witness?.join(ARCHIVE, 'Witness')
  await way.remove(stage, canary)
  // Who saw it in the mirror room has it withdrawn by their client.
  await witness?.waitFor(stanza => child(stanza, 'retract', NS.RETRACT)?.attrs['id'] === canary.original)
  await witness?.leave(ARCHIVE)
  if (isWithoutServe) {
    await isNowhere(async () => stage.heldIn(canary.text))
    await stage.startServe()
  }
  await isGone(stage, canary, visitor)

  const site = await stage.serve.url()
  assert.equal((await visit(`${site}/r/lounge/m/${encodeURIComponent(canary.original)}`)).status, 410)
  const removed = (await visit(`${site}/removed.jsonl`)).text.split('\n').filter(line => line.startsWith('{"room"')).map(line => JSON.parse(line) as Record<string, unknown>)
  assert.equal(removed.find(({ uid }) => uid === canary.original)?.['by'], by)
  const line = (await stage.log()).find(({ uids }) => uids?.includes(canary.original))
  assert.equal(line?.by, by)
  assert.ok(!JSON.stringify(line).includes(canary.text))
  // The answers stay, without what they quoted.
  const reply = await stage.store.get(ROOM, canary.uids[2] ?? '')
  assert.deepEqual([reply?.body, reply?.answered, reply?.removed], ['thank you', { isRemoved: true }, undefined])
}

for (const storeName of ['sqlite', 'couchdb'] as const) {
  describe(`of a removed text nothing is left, with ${storeName}`, { skip: requireServer('prosody') }, () => {
    let server: XmppServer
    let stage: CanaryStage

    before(async () => {
      server = await startProsody({ moderation: true })
      stage = await openCanaryStage(server, storeName)
    })
    after(async () => {
      try {
        await stage.stop()
      } finally {
        await server.stop()
      }
    })

    // The ways differ in how the text is found, and in who asks: on the second store one of each is enough.
    const ways = storeName === 'sqlite' ? WAYS : WAYS.filter(({ name }) => !/its uid$|author and time|traces|search while/.test(name))
    for (const way of ways) test(`when ${way.name}`, async () => holdsNothingAfter(stage, way))

    test('nor in an export that is made again into the same place', async t => {
      const folder = mkdtempSync(join(tmpdir(), 'hansard-canary-export-'))
      t.after(() => { rmSync(folder, { recursive: true }) })
      const canary = await sing(stage)
      async function exported (): Promise<string[]> {
        for (const to of [['jsonl', '--all', '--file', 'all.jsonl'], ['jsonl', '--file', 'log.jsonl'], ['txt', '--file', 'log.txt'], ['site', '--to-dir', 'site']]) {
          const { code, stderr } = await runCaptured('export', '--config', stage.config, '--format', ...to.slice(0, -1), join(folder, to.at(-1) ?? ''))
          assert.equal(code, 0, stderr)
        }
        return filesWith(canary.text, folder)
      }
      const held = await exported()
      for (const part of [/all\.jsonl$/, /log\.jsonl$/, /log\.txt$/, /site\/.*\.html$/, /site\/.*\.js(?:on)?$/]) assert.ok(held.some(file => part.test(file)), `${String(part)} of ${held.join(' ')}`)
      await RETRACTION.remove(stage, canary)
      await isNowhere(exported)
    })

    test('when it is older than its room keeps it', async t => {
      const prefix = 'canary0x'
      const text = `${prefix}${randomBytes(6).toString('hex')}`
      const lines = ['say', 'hear'].map((word, n) => JSON.stringify({ ts: `2020-05-17T09:0${n}:00Z`, kind: 'message', nick: 'Bob', body: `I ${word} ${text}` }))
      const old = join(writeFiles(t, { 'old.jsonl': lines.join('\n') }), 'old.jsonl')
      assert.equal((await runCaptured('import', '--config', stage.config, '--room', CELLAR, old)).code, 0)
      const { uid } = await stage.said(text)
      const canary = { text, prefix, original: uid, uids: [uid] }
      const onSite = await heldOnSite(stage, canary)
      for (const form of ['jsonl.gz', 'txt.gz']) assert.ok(onSite.includes(`/r/cellar/2020-05.${form}`))
      const inFiles = stage.heldIn(text)
      for (const kept of ['page.html.gz', 'month.jsonl.gz', 'month.txt.gz']) assert.ok(inFiles.some(file => file.includes(kept)), kept)
      await stage.serve.stop()
      await stage.startServe()
      await isGone(stage, canary, await stage.newcomer())
      const line = (await stage.log()).find(({ by }) => by === 'retention')
      assert.deepEqual([line?.room, line?.stream, line?.count], [CELLAR, 'talk', 2])
    })
  })
}

describe('of a retracted text nothing is left, behind ejabberd', { skip: requireServer('ejabberd') }, () => {
  test('when its author retracts it, though the room gives no occupant ids', async () => {
    const server = await startEjabberd()
    const stage = await openCanaryStage(server, 'sqlite')
    try {
      await holdsNothingAfter(stage, RETRACTION)
    } finally {
      await stage.stop()
      await server.stop()
    }
  })
})
