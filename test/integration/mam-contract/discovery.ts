import type { ContractStage } from './stage.ts'
export function testDiscovery (_stage: () => ContractStage): void {}
