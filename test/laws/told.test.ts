/** Telling a run must not change it, and must tell the same each time. */
import { expect, test } from 'vitest'
import { Coverage } from '../../src/assertions/coverage.ts'
import { resolveOptions } from '../../src/runner/options.ts'
import { plainHost } from '../../src/virtual/host.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import { Driver } from '../../src/world/drive.ts'
import { type Body, Iteration } from '../../src/world/iteration.ts'
import type { IterationPlan } from '../../src/world/iteration-plan.ts'
import type { IterationResult } from '../../src/world/iteration-result.ts'
import { stormBody } from '../network-chaos/storm-body.ts'
import { plantedBugs } from '../planted/registry.ts'
import { mixedBody } from './mixed-body.ts'

installVirtualGlobals()

async function run(body: Body, seed: number, telling: boolean): Promise<IterationResult> {
  const resolved = resolveOptions({ chaos: 'swarm', nodes: 3 })
  const plan = { ...resolved, seed, number: 1, coverage: new Coverage(), mask: new Set(), recording: true, telling }
  const driver = new Driver(plainHost)
  const iteration = new Iteration(body, plan as unknown as IterationPlan)
  await driver.run(iteration)
  await driver.leave()
  return iteration.result()
}

const bodies: readonly (readonly [string, Body])[] = [
  ['storm', stormBody],
  ['mixed', mixedBody],
  ...plantedBugs.map(({ name, body }) => [name, body] as const),
]

test.each(bodies)('%s: same digest whether told or not, same records each time', async (_name, body) => {
  for (let seed = 1; seed <= 8; seed++) {
    const silent = await run(body, seed, false)
    const told = await run(body, seed, true)
    const again = await run(body, seed, true)
    expect(silent.told).toBeUndefined()
    expect(`${told.digest} ${told.status} ${told.failure?.message}`).toBe(
      `${silent.digest} ${silent.status} ${silent.failure?.message}`,
    )
    expect(told.told?.records.length).toBeGreaterThan(0)
    expect(JSON.stringify(again.told)).toBe(JSON.stringify(told.told))
    const ids = new Set<number>()
    for (const { id, cause } of told.told?.records ?? []) {
      if (cause !== undefined) expect(ids.has(cause)).toBe(true)
      ids.add(id)
    }
  }
})
