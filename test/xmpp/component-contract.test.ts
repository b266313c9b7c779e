import { connectionContract } from './connection-contract.ts'
import { startFakeBench } from './helpers/fake-bench.ts'

connectionContract('a component of a scripted server', async () => startFakeBench('component'))
