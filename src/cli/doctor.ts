import { loadConfig } from '../config/load.ts'
import { printConfig } from '../config/redact.ts'
import { silentLogger } from '../log.ts'
import { good } from './checks/check.ts'
import type { Finding } from './checks/check.ts'
import { checkRunning } from './checks/running.ts'
import { checkSite } from './checks/site.ts'
import { checkSpool } from './checks/spool.ts'
import { checkSearch, checkStore } from './checks/store.ts'
import { checkXmpp } from './checks/xmpp.ts'
import type { Command } from './command.ts'
import { createPrinter } from './output.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'check configuration, theme, store, spool, search, XMPP and each room; say what helps',
  usage: '[--print-config]',
  help: '  --print-config   print the configuration as it is understood, without secrets, and check nothing',
  options: { 'print-config': { type: 'boolean' } },
  takesArguments: false,
  async run ({ options, config: path, output, streams }) {
    const config = loadConfig(path, process.env)
    if (options['print-config'] === true) {
      streams.stdout.write(printConfig(config))
      return 0
    }
    const printer = createPrinter<Finding>({ output, streams }, ({ check, ok, message }) => `${ok ? 'ok  ' : 'FAIL'} ${check}: ${message}`)
    let failed = 0
    const report = async (findings: readonly Finding[]): Promise<void> => {
      for (const finding of findings) {
        failed += finding.ok ? 0 : 1
        await printer.row(finding)
      }
    }
    await report([good('config', `${config.file}, ${config.rooms.length} rooms`)])
    await report(config.warnings.map(warning => good('config', `warning: ${warning}`)))
    await report(checkSite(config))
    await report(await checkStore(config, silentLogger))
    await report(await checkSpool(config))
    await report(await checkSearch(config, silentLogger))
    await report(await checkRunning(config) ?? await checkXmpp(config, silentLogger))
    await printer.end()
    return failed > 0 ? 1 : 0
  }
}
