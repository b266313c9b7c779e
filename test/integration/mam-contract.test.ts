import { after, before, describe } from 'node:test'
import { requireServer } from '../servers/xmpp-server.ts'
import { testDiscovery } from './mam-contract/discovery.ts'
import { testErrors } from './mam-contract/errors.ts'
import { testPages } from './mam-contract/pages.ts'
import { testResults } from './mam-contract/results.ts'
import { openContractStage } from './mam-contract/stage.ts'
import type { ContractStage } from './mam-contract/stage.ts'
import { SERVERS } from './stage.ts'

const [prosody, ejabberd] = SERVERS

for (const [{ name, start }, storeName] of [[prosody, 'sqlite'], [ejabberd, 'couchdb']] as const) {
  describe(`MAM as the contract has it, of ${storeName}, behind ${name}`, { skip: requireServer(name) }, () => {
    let stage: ContractStage | undefined
    const onStage = (): ContractStage => {
      if (stage === undefined) throw new Error('the stage is not open')
      return stage
    }
    before(async () => { stage = await openContractStage(start, storeName) })
    after(async () => stage?.stop())
    testDiscovery(onStage)
    testPages(onStage)
    testResults(onStage)
    testErrors(onStage)
  })
}
