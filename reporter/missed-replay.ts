/** A replay command whose test is gone: without a word it would look like a pass. */
import type { TestModule, Vitest } from 'vitest/node'
import type { CollectedRun } from './collect.ts'
import { formatForeign } from './format.ts'

/** Says that a run which replays a seed ran no simulation; undefined: it did, or it is none. */
export function missedReplay(
  { simulations, skipped }: Pick<CollectedRun, 'simulations' | 'skipped'>,
  { config }: Vitest,
  modules: readonly TestModule[],
): string | undefined {
  if (simulations.length > 0 || config.mergeReports) return undefined
  const { SIMULATION_SEED: seed, SIMULATION_PLAN: plan, SIMULATION_EXPECT: expected } = process.env
  if (!seed) return undefined
  // A seed alone may be meant for a whole suite, of which this run is the part without simulations.
  const isPasted = Boolean(plan) || Boolean(expected)
  const ran = modules.some((module) =>
    [...module.children.allTests()].some((test) => test.result().state !== 'skipped'),
  )
  const pattern = config.testNamePattern
  if (!isPasted && (ran || pattern === undefined)) return undefined
  const where = pattern === undefined ? '' : `: none matches -t '${formatForeign(pattern.source)}'`
  const left = skipped === 0 ? 'no simulation was found' : `${skipped} were skipped`
  return `the replay of seed ${formatForeign(seed)} ran no simulation${where} (${left}); has the test another name now, or is the command not whole?`
}
