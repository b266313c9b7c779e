import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from './free-ports.ts'
import { createServerProcess, programOf, SECRET, USERS, withFreshPorts } from './xmpp-server.ts'
import type { ServerOptions, XmppServer } from './xmpp-server.ts'

export interface ProsodyOptions extends ServerOptions {
  /** What the server does when the component connects twice. */
  readonly onConflict?: 'deny' | 'kick_old'
  /** The room service lets our component answer for its rooms, with these settings of mod_hansard_archive. */
  readonly delegation?: Readonly<Record<string, LuaValue>>
  /** Moderators may have messages removed (XEP-0425), by a module of ours. */
  readonly moderation?: boolean
  /** Instead of localhost. */
  readonly domain?: string
  /** The file by which servers of this test find each other; the server adds itself. Without it there are no others. */
  readonly federation?: string
}

type LuaValue = string | number | boolean | readonly string[]

const PLUGINS = [join(import.meta.dirname, '../../contrib/prosody'), join(import.meta.dirname, 'prosody-modules')]

/** Prosody from its Debian package with a configuration of its own, insecure by design: for tests on loopback only. */
export async function startProsody (options: ProsodyOptions = {}): Promise<XmppServer> {
  const { domain = 'localhost', federation } = options
  const command = programOf('prosody')
  return withFreshPorts(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hansard-prosody-'))
    const [c2sPort, componentPort, s2sPort] = await freePorts(3) as [number, number, number]
    const config = join(folder, 'prosody.cfg.lua')
    const log = join(folder, 'prosody.log')
    writeFileSync(config, renderConfig({ ...options, domain, folder, log, c2sPort, componentPort, s2sPort }))

    async function register (user: string, password: string): Promise<void> {
      const accounts = join(folder, 'data', encodeURIComponent(domain).replaceAll('.', '%2e'), 'accounts')
      mkdirSync(accounts, { recursive: true })
      writeFileSync(join(accounts, `${user}.dat`), `return { ["password"] = ${luaString(password)} };\n`)
    }

    const server = createServerProcess({
      command,
      args: ['-F', '--config', config],
      env: {},
      folder,
      ports: federation === undefined ? [c2sPort, componentPort] : [c2sPort, componentPort, s2sPort],
      log
    })
    async function stop (): Promise<void> {
      await server.stop('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    }

    try {
      for (const user of USERS) await register(user, user)
      await server.start()
      if (federation !== undefined) appendFileSync(federation, `${domain} ${s2sPort}\n`)
    } catch (error) {
      await stop()
      throw error
    }
    return {
      name: 'prosody',
      host: '127.0.0.1',
      componentPort,
      c2sPort,
      domain,
      conference: `conference.${domain}`,
      componentDomain: `logs.${domain}`,
      crowdDomain: `crowd.${domain}`,
      secret: SECRET,
      log,
      register,
      stop,
      kill: async () => server.stop('SIGKILL'),
      async restart () {
        await server.stop('SIGTERM')
        await server.start()
      }
    }
  })
}

interface ConfigValues extends ProsodyOptions {
  readonly folder: string
  readonly log: string
  readonly domain: string
  readonly c2sPort: number
  readonly componentPort: number
  readonly s2sPort: number
}

function renderConfig ({
  domain, folder, log, c2sPort, componentPort, s2sPort, federation, noMam = false, onConflict = 'deny', delegation, moderation = false
}: ConfigValues): string {
  const federates = federation === undefined ? [] : ['s2s', 'dialback', 'test_s2s']
  const enabled = [
    ...(noMam ? [] : ['muc_mam']), ...(delegation === undefined ? [] : ['hansard_archive']), ...(moderation ? ['test_moderation'] : [])
  ]
  return `
run_as_root = true
pidfile = ${luaString(join(folder, 'prosody.pid'))}
data_path = ${luaString(join(folder, 'data'))}
certificates = ${luaString(folder)}
log = { { levels = { min = "info" }, to = "file", filename = ${luaString(log)} } }
plugin_paths = ${luaValue(PLUGINS)}
modules_enabled = ${luaValue(['roster', 'saslauth', 'disco', 'ping', 'smacks', 'version', 'posix', ...federates])}
modules_disabled = ${luaValue(['http', 'https', ...federation === undefined ? ['s2s'] : []])}
s2s_require_encryption = false
s2s_ports = { ${s2sPort} }
test_s2s_ports = ${luaString(federation ?? '')}
authentication = "internal_plain"
storage = "internal"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
network_settings = { nagle = false }
interfaces = { "127.0.0.1" }
c2s_ports = { ${c2sPort} }
component_ports = { ${componentPort} }
component_interfaces = { "127.0.0.1" }

VirtualHost "${domain}"

Component "conference.${domain}" "muc"
  modules_enabled = ${luaValue(enabled)}
  restrict_room_creation = false
  muc_log_by_default = true
  muc_log_expires_after = "never"
  max_history_messages = 1000
${Object.entries(delegation ?? {}).map(([key, value]) => `  ${key} = ${luaValue(value)}`).join('\n')}

Component "logs.${domain}"
  component_secret = ${luaString(SECRET)}
  component_conflict_resolve = "${onConflict}"

Component "crowd.${domain}"
  component_secret = ${luaString(SECRET)}
`
}

function luaValue (value: LuaValue): string {
  if (typeof value === 'string') return luaString(value)
  return typeof value === 'object' ? `{ ${value.map(luaString).join(', ')} }` : String(value)
}

function luaString (text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`
}
