import { connectionContract } from './connection-contract.ts'
import { startFakeBench } from './helpers/fake-bench.ts'

connectionContract('a bot of a scripted server', async () => startFakeBench('bot'))
