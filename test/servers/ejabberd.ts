import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from './free-ports.ts'
import { createServerProcess, programOf, SECRET, USERS, withFreshPorts } from './xmpp-server.ts'
import type { ServerOptions, XmppServer } from './xmpp-server.ts'

/**
 * ejabberd from its Debian package with a configuration of its own, insecure by design: for tests on loopback only. It runs
 * in a plain Erlang machine, not by ejabberdctl, which insists on the user ejabberd; and as a node without a name, so that no
 * epmd is started and servers run side by side.
 */
export async function startEjabberd ({ noMam = false }: ServerOptions = {}): Promise<XmppServer> {
  const libraries = librariesOf(programOf('ejabberd'))
  return withFreshPorts(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hansard-ejabberd-'))
    const [c2sPort, componentPort, httpPort] = await freePorts(3) as [number, number, number]
    const config = join(folder, 'ejabberd.yml')
    const log = join(folder, 'ejabberd.log')
    writeFileSync(config, renderConfig({ c2sPort, componentPort, httpPort }, noMam))

    const server = createServerProcess({
      command: 'erl',
      args: ['-noinput', '+K', 'true', '-mnesia', 'dir', `"${join(folder, 'spool')}"`, '-s', 'ejabberd'],
      env: {
        ERL_LIBS: libraries,
        EJABBERD_CONFIG_PATH: config,
        EJABBERD_LOG_PATH: log,
        ERL_CRASH_DUMP: join(folder, 'crash.dump'),
        HOME: folder
      },
      folder,
      ports: [c2sPort, componentPort, httpPort],
      log
    })
    async function stop (): Promise<void> {
      await server.stop('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    }

    const accounts = new Map<string, string>(USERS.map(user => [user, user]))

    async function start (): Promise<void> {
      await server.start()
      // Mnesia writes late: a crash may have lost accounts that are a few seconds old.
      for (const [user, password] of accounts) await register(user, password)
    }

    async function register (user: string, password: string): Promise<void> {
      accounts.set(user, password)
      const response = await fetch(`http://127.0.0.1:${httpPort}/api/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user, host: 'localhost', password })
      })
      if (!response.ok && response.status !== 409) throw new Error(`Cannot register ${user}: ejabberd says ${response.status} ${await response.text()}`)
    }

    try {
      await start()
    } catch (error) {
      await stop()
      throw error
    }
    return {
      name: 'ejabberd',
      host: '127.0.0.1',
      componentPort,
      c2sPort,
      domain: 'localhost',
      conference: 'conference.localhost',
      componentDomain: 'logs.localhost',
      crowdDomain: 'crowd.localhost',
      secret: SECRET,
      log,
      register,
      stop,
      kill: async () => server.stop('SIGKILL'),
      async restart () {
        await server.stop('SIGTERM')
        await start()
      }
    }
  })
}

/** Where the package keeps its Erlang libraries differs from one architecture to the next; ejabberdctl knows. */
function librariesOf (ejabberdctl: string): string {
  const path = /^ERL_LIBS='?([^'\n]+)'?$/m.exec(readFileSync(ejabberdctl, 'utf8'))?.[1]
  if (path === undefined) throw new Error(`Cannot start ejabberd: ${ejabberdctl} does not say where its libraries are`)
  return path
}

function renderConfig ({ c2sPort, componentPort, httpPort }: Record<'c2sPort' | 'componentPort' | 'httpPort', number>, noMam: boolean): string {
  return `
hosts: [localhost]
loglevel: info
auth_method: internal
auth_password_format: plain
s2s_access: none
shaper: {}
api_permissions:
  loopback:
    from: mod_http_api
    who: { ip: 127.0.0.0/8 }
    what: [register]
listen:
  - { port: ${c2sPort}, ip: 127.0.0.1, module: ejabberd_c2s, access: all, shaper: none, max_stanza_size: 262144 }
  - port: ${componentPort}
    ip: 127.0.0.1
    module: ejabberd_service
    access: all
    shaper_rule: none
    global_routes: false # otherwise each component is given the stanzas of the other
    hosts: { logs.localhost: { password: ${JSON.stringify(SECRET)} }, crowd.localhost: { password: ${JSON.stringify(SECRET)} } }
  - { port: ${httpPort}, ip: 127.0.0.1, module: ejabberd_http, request_handlers: { /api: mod_http_api } }
modules:
  mod_disco: {}
  mod_http_api: {}
${noMam ? '' : '  mod_mam: { db_type: mnesia }'}
  mod_muc:
    hosts: [conference.localhost]
    access: all
    access_admin: none
    access_create: all
    access_persistent: all
    max_user_conferences: 1000 # 100 unless said
    history_size: ${noMam ? 20 : 1000}
    default_room_options: { mam: ${!noMam} }
  mod_ping: {}
  mod_roster: {}
  mod_stream_mgmt: { resume_timeout: 60 }
  mod_version: {}
`
}
