import type { ContractStage } from './stage.ts'
export function testResults (_stage: () => ContractStage): void {}
