/** One after the other, each also when one before it failed; then the first failure is thrown. */
export async function inTurn (...steps: ReadonlyArray<() => Promise<unknown>>): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => { failures.push(error) })
  if (failures.length > 0) throw failures[0]
}
