import { expect, test } from 'vitest'
import type { Node } from '../../src/runner/node.ts'
import { passes } from '../verdict/verdict.ts'

interface Reading {
  readonly wall: number
  readonly monotonic: number
}

const read = (node: Node): Promise<Reading> => node.run(() => ({ wall: Date.now(), monotonic: performance.now() }))

test('a skewed wall clock is off, the monotonic clock is not', async () => {
  await passes(async (sim) => {
    const [node, other] = [sim.node('n'), sim.node('other')]
    await sim.sleep(10)
    node.clock.setSkew(-1_500)
    const [skewed, right] = [await read(node), await read(other)]
    expect(skewed.wall - right.wall).toBe(-1_500)
    expect(skewed.monotonic).toBe(right.monotonic)
    expect(node.clock.skewMs).toBe(-1_500)
  })
})

test('a drifting node sees both clocks run fast, and changing the drift moves neither', async () => {
  await passes(async (sim) => {
    const node = sim.node('n')
    node.clock.setDrift(100_000)
    await sim.sleep(1_000)
    const first = await read(node)
    expect(first.monotonic).toBeCloseTo(1_100, 6)
    node.clock.setDrift(-200_000)
    const same = await read(node)
    expect(same.monotonic).toBeCloseTo(first.monotonic, 6)
    expect(same.wall).toBe(first.wall)
    await sim.sleep(1_000)
    const second = await read(node)
    expect(second.monotonic).toBeCloseTo(1_900, 6)
    expect(second.wall - first.wall).toBe(800)
  })
})

test('the monotonic clock never goes back, whatever is done to a clock', async () => {
  await passes(
    async (sim) => {
      const node = sim.node('n')
      let last = 0
      for (let i = 0; i < 50; i++) {
        const kind = sim.random.below(3)
        if (kind === 0) node.clock.setDrift(sim.random.integer(-500_000, 500_000))
        else if (kind === 1) node.clock.jump(sim.random.integer(-5_000, 5_000))
        else node.clock.setSkew(sim.random.integer(-5_000, 5_000))
        const { monotonic } = await read(node)
        expect(monotonic).toBeGreaterThanOrEqual(last)
        last = monotonic
        await sim.sleep(sim.random.below(20))
      }
    },
    { iterations: 50 },
  )
})

test('a jump moves the wall clock only, and stays over a restart', async () => {
  await passes(async (sim) => {
    const node = sim.node('n')
    const before = await read(node)
    node.clock.jump(-3_600_000)
    const after = await read(node)
    expect(after.wall - before.wall).toBe(-3_600_000)
    expect(after.monotonic).toBe(before.monotonic)
    node.clock.setDrift(50_000)
    await sim.sleep(1_000)
    node.restart()
    const restarted = await read(node)
    expect(restarted.wall - before.wall).toBe(-3_600_000 + 1_050)
    expect(restarted.monotonic).toBe(0)
    await sim.sleep(100)
    expect((await read(node)).monotonic).toBeCloseTo(105, 6)
  })
})

test('the test itself sees the simulation’s own time, whatever the nodes’ clocks say', async () => {
  await passes(async (sim) => {
    const node = sim.node('n')
    const before = Date.now()
    node.clock.jump(10_000)
    node.clock.setDrift(500_000)
    await sim.sleep(100)
    expect(Date.now() - before).toBe(100)
    expect(sim.now).toBe(100)
  })
})

test('clock faults: skew, drift and jumps reach the nodes’ code and are counted when they do', async () => {
  const seen = new Set<number>()
  const result = await passes(
    async (sim) => {
      for (let i = 0; i < 100; i++) {
        await sim.sleep(200)
        const [a, b] = await Promise.all(sim.nodes.map(read))
        seen.add(a!.wall - b!.wall)
      }
    },
    { nodes: 2, iterations: 10, chaos: { clock: { maxSkewMs: 300, maxDriftPpm: 1_000, maxJumpMs: 2_000 } } },
  )
  expect(seen.size).toBeGreaterThan(20)
  const counts = new Map(result.families.map(({ family, effective }) => [family, effective]))
  expect(counts.get('clock')).toBe(20)
  expect(counts.get('clock jump')).toBeGreaterThan(10)

  const unread = await passes((sim) => sim.sleep(20_000), { nodes: 2, chaos: { clock: true } })
  for (const { effective } of unread.families) expect(effective).toBe(0)
})

test('a clock refuses what is not a time', async () => {
  await passes((sim) => {
    const { clock } = sim.node('n')
    expect(() => clock.setSkew(Number.NaN)).toThrow('clock.setSkew(ms)')
    expect(() => clock.jump(Infinity)).toThrow('clock.jump(ms)')
    expect(() => clock.setDrift(600_000)).toThrow('clock.setDrift(ppm)')
  })
})
