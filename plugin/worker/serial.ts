const key = Symbol.for('vitest-simulation.queue')

/** Runs simulations one after the other: they share the process' clock and globals, also when Vitest runs them concurrently. */
export function oneAtATime<T>(run: () => Promise<T>): Promise<T> {
  const holder = globalThis as unknown as Record<symbol, Promise<unknown> | undefined>
  const before = holder[key] ?? Promise.resolve()
  const mine = before.then(run, run)
  holder[key] = mine.catch(() => undefined)
  return mine
}
