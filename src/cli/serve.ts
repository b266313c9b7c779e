import { once } from 'node:events'
import { createApp } from '../app.ts'
import { loadConfig } from '../config/load.ts'
import { createControl } from '../control/server.ts'
import { socketPath } from '../control/socket-path.ts'
import { createLogger } from '../log.ts'
import type { Command } from './command.ts'
import { servedCommands } from './served.ts'
import { version } from '../version.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'join the rooms, record them, answer MAM and serve the site',
  usage: '[--config FILE]',
  help: 'Runs until SIGTERM or SIGINT, then leaves the rooms and writes down what it heard. A second signal ends it at once.',
  options: {},
  takesArguments: false,
  async run ({ config: path }) {
    const config = loadConfig(path, process.env)
    const log = createLogger(config.log.level)
    for (const warning of config.warnings) log.warn(warning)
    const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
    const app = await createApp({ config, log })
    const control = createControl({
      path: socketPath(config.spool.path),
      commands: servedCommands(app, config.rooms.map(({ jid }) => jid)),
      log: log.child({ module: 'control' })
    })
    try {
      const url = await app.start()
      await control.start()
      log.info({ version: version(), url, rooms: config.rooms.length }, 'serving')
      await stopped
      log.info('stopping')
      for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => { process.exit(1) })
    } finally {
      await control.stop()
      await app.stop()
    }
    log.info('stopped')
    return 0
  }
}
