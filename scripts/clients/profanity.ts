import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { XmppServer } from '../../test/servers/xmpp-server.ts'
import { openPane } from './pane.ts'
import { readScreen, withoutEmptyLines } from './screen.ts'
import { SUBJECT } from './stage.ts'
import type { ClientVisit } from './visit.ts'

const HISTORY = 20

/** Joins, sees the history and the subject, hears what is said then, is not let say anything, and pages up. */
export const visitWithProfanity: ClientVisit = async ({ server, mirror, alice, room, home, talk, pagesFor, tell }) => {
  const newest = (await talk()).filter(({ body }) => body.startsWith('message ')).slice(-HISTORY)
  configure(home, server)
  const pane = openPane('profanity', home)
  try {
    await pane.waitFor('logged in successfully')
    pane.type('/mam on')
    pane.type('/time muc set %Y-%m-%dT%H:%M:%S')
    pane.type(`/join ${mirror}`)
    const joined = await pane.waitFor(SUBJECT)
    tell(withoutEmptyLines(joined))
    assert.match(joined, /You have joined the room as Visitor, role: visitor/)
    assert.deepEqual(readScreen(joined).map(({ time, n }) => `${time} ${n}`), newest.map(({ time, body }) => `${time.slice(0, 19)} ${body.split(' ')[1]}`))

    await alice.say(room, 'said while profanity is here')
    await pane.waitFor(/Alice: said while profanity is here/)
    pane.type('may I?')
    const refused = await pane.waitFor(/forbidden|read only/i)
    tell(withoutEmptyLines(refused.slice(refused.indexOf('said while'))))
    assert.equal(refused.match(/said while profanity is here/g)?.length, 1)

    pane.press('PPage')
    await pane.waitFor('said while profanity is here')
    tell(`pages of the archive that it asked for: ${pagesFor('bob@localhost/profanity')}`)
  } finally {
    pane.close()
  }
}

function configure (home: string, { host, c2sPort }: Pick<XmppServer, 'host' | 'c2sPort'>): void {
  const accounts = join(home, '.local/share/profanity')
  const settings = join(home, '.config/profanity')
  for (const folder of [accounts, settings]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(accounts, 'accounts'), `[bob@localhost]
enabled=true
jid=bob@localhost
server=${host}
port=${c2sPort}
tls.policy=disable
password=bob
resource=profanity
muc.nick=Visitor
`)
  writeFileSync(join(settings, 'profrc'), '[connection]\naccount=bob@localhost\n')
}
