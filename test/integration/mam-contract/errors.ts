import type { ContractStage } from './stage.ts'
export function testErrors (_stage: () => ContractStage): void {}
