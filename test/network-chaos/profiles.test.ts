/** Profiles with some families changed: what is said counts, everything else stays as the profile has it. */
import { describe, expect, test } from 'vitest'
import type { Chaos } from '../../src/chaos/families.ts'
import { random, swarm } from '../../src/chaos/profiles.ts'
import type { Latency } from '../../src/network/latency.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'
import { mixedBody } from '../laws/mixed-body.ts'
import { passes } from '../verdict/verdict.ts'

/** The digest of each seed, in order. */
async function digests(chaos: Chaos<Latency>): Promise<string[]> {
  const found: string[] = []
  const options = { chaos, iterations: 40, seed: 3, nodes: 3, determinism: 0 }
  await checkSimulation(mixedBody, options, { onResult: ({ digest }) => void found.push(digest) })
  return found
}

/** How often each family was injected, all seeds together. */
async function injected(chaos: Chaos<Latency>): Promise<Record<string, number>> {
  const body = async (sim: Simulation): Promise<void> => {
    for (const node of sim.nodes) node.start(() => node.bus.handle('ask', () => 1))
    for (let i = 0; i < 100; i++) {
      const [from, to] = [sim.nodes[i % 3]!, sim.nodes[(i + 1) % 3]!]
      void from.bus.request(to.id, 'ask', i, { timeout: 100 }).catch(() => undefined)
      await sim.sleep(50)
    }
  }
  const { families } = await passes(body, { chaos, iterations: 60, seed: 3, nodes: 3, determinism: 0 })
  return Object.fromEntries(families.map(({ family, injected }) => [family, injected]))
}

test.each([
  ['swarm', 'swarm', swarm()],
  ['random', 'random', random()],
] as const)('without a change %s is the profile itself', async (_name, profile, amended) => {
  expect(await digests(amended)).toEqual(await digests(profile))
})

describe.each([
  ['swarm', swarm],
  ['random', random],
] as const)('%s', (name, amend) => {
  test('with a family that is false has everything but that', async () => {
    const all = await injected(name)
    expect(all['loss']).toBeGreaterThan(0)
    const without = await injected(amend({ loss: false }))
    expect(without['loss']).toBeUndefined()
    expect(without['duplication']).toBeGreaterThan(0)
    expect(without['crash']).toBeGreaterThan(0)
  })

  test('with a field of a family keeps its other fields', async () => {
    const wiped = await injected(amend({ crash: { wipe: 1, every: [50, 200] }, storage: { torn: 1 } }))
    expect(wiped['wipe']).toBeGreaterThan(0)
    expect(wiped['crash']).toBe(0)
    expect(wiped['loss']).toBeGreaterThan(0)
    const spared = await injected(amend({ crash: { wipe: 0, every: [50, 200] } }))
    expect(spared['wipe']).toBeUndefined()
    expect(spared['crash']).toBeGreaterThan(0)
  })

  test('with a model of latency has that one in every seed', async () => {
    const latency: Latency = { kind: 'constant', ms: 7 }
    const told: string[] = []
    const options = { chaos: amend({ latency }), iterations: 40, seed: 3, nodes: 3 }
    await checkSimulation(mixedBody, options, { onResult: ({ chaos }) => void told.push(chaos) })
    for (const chaos of told) expect(chaos).toMatch(/^\w+: (no faults|.*(?!latency (?:uniform|heavyTail|bimodal)))/)
    expect(told.some((chaos) => chaos.includes('latency constant (ms 7)'))).toBe(true)
    expect(told.some((chaos) => /latency (?:uniform|heavyTail|bimodal|exponential)/.test(chaos))).toBe(false)
  })
})

test('what is changed is checked as any option', async () => {
  const check = async (chaos: unknown) => await checkSimulation(() => undefined, { chaos: chaos as Chaos<Latency> })
  await expect(check(swarm({ crash: { wipe: 2 } }))).rejects.toThrow("option 'chaos'.crash.wipe is 2")
  await expect(check(random({ los: 1 } as never))).rejects.toThrow("option 'chaos'.los is 1: there is no such option")
  await expect(check({ profile: 'calm' })).rejects.toThrow(
    "option 'chaos'.profile is 'calm': it must be 'random' or 'swarm'",
  )
})
