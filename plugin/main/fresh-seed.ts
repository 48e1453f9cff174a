import { drawSeed } from '../options/environment.ts'

interface FreshSeed {
  value: number
  readonly listeners: ((seed: number) => void)[]
}

/** The part of Vitest that this needs. */
interface Run {
  onTestsRerun(listener: () => void): void
}

const key = Symbol.for('vitest-simulation.fresh-seeds')

/** On a global symbol: with several projects this module is loaded several times, and all must share one seed. */
const seeds = ((globalThis as unknown as Record<symbol, WeakMap<object, FreshSeed> | undefined>)[key] ??= new WeakMap())

/** The root seed that nobody chose: one per run for all projects, drawn anew for every rerun in watch mode. */
export function freshSeed(vitest: Run, onRedraw: (seed: number) => void): number {
  let seed = seeds.get(vitest)
  if (!seed) {
    const drawn: FreshSeed = { value: drawSeed(), listeners: [] }
    vitest.onTestsRerun(() => {
      drawn.value = drawSeed()
      for (const listener of drawn.listeners) listener(drawn.value)
    })
    seeds.set(vitest, drawn)
    seed = drawn
  }
  seed.listeners.push(onRedraw)
  return seed.value
}
