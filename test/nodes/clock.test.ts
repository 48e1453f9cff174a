import { setInterval as every, setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import type { SimulationNode as Node } from '../../src/world/door.ts'
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
    expect(first.monotonic).toBe(1_125)
    node.clock.setDrift(-200_000)
    const same = await read(node)
    expect(same.monotonic).toBe(first.monotonic)
    expect(same.wall).toBe(first.wall)
    await sim.sleep(1_000)
    const second = await read(node)
    expect(second.monotonic).toBe(1_925)
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
    expect(restarted.monotonic).toBe(25)
    await sim.sleep(100)
    expect((await read(node)).monotonic).toBe(130)
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

/** Every way in which a node's code can let time pass, by the names of Node. */
const waits: Record<string, (ms: number) => Promise<unknown>> = {
  setTimeout: (ms) => new Promise((done) => setTimeout(done, ms)),
  setInterval: (ms) =>
    new Promise((done) => {
      let left = 10
      const every = setInterval(() => {
        if (--left > 0) return
        clearInterval(every)
        done(undefined)
      }, ms / 10)
    }),
  'timers/promises': (ms) => wait(ms),
  'timers/promises setInterval': async (ms) => {
    let left = 10
    for await (const _ of every(ms / 10)) if (--left === 0) break
  },
  'AbortSignal.timeout': (ms) => {
    const signal = AbortSignal.timeout(ms)
    return new Promise((done) => signal.addEventListener('abort', done))
  },
}

describe.each(Object.entries(waits))('%s follows the clock of its node', (_name, wait) => {
  test.each([-500_000, -500, 0, 500, 100_000, 500_000])('at %i ppm', async (ppm) => {
    await passes(async (sim) => {
      const node = sim.node('n')
      node.clock.setDrift(ppm)
      const [from, wall, began] = await node.run(() => [performance.now(), Date.now(), sim.now] as const)
      await node.run(() => wait(60_000))
      const passed = await node.run(() => [performance.now() - from, Date.now() - wall] as const)
      expect(passed[0]).toBeCloseTo(60_000, 1)
      expect(passed[1]).toBe(60_000)
      expect(sim.now - began).toBeCloseTo(60_000 / (1 + ppm / 1e6), 1)
    })
  })

  test('also when the drift begins and ends while it waits', async () => {
    await passes(async (sim) => {
      const node = sim.node('n')
      const took = node.run(async () => {
        const from = performance.now()
        await wait(60_000)
        return performance.now() - from
      })
      await sim.sleep(10_000)
      node.clock.setDrift(500_000)
      await sim.sleep(20_000)
      node.clock.setDrift(0)
      expect(await took).toBeCloseTo(60_000, 1)
      expect(sim.now).toBeCloseTo(50_000, 1)
    })
  })
})

test('a change of drift moves a node’s timers, and neither others’ nor their order', async () => {
  await passes(
    async (sim) => {
      const order: string[] = []
      const plan = (node: Node): Promise<void> =>
        node.run(() => {
          for (const ms of [290, 100, 200, 100]) setTimeout(() => order.push(`${node.id} ${ms}`), ms)
          clearTimeout(setTimeout(() => order.push('cleared'), 150))
        })
      const [fast, usual] = [sim.node('fast'), sim.node('usual')]
      await Promise.all([plan(fast), plan(usual)])
      fast.clock.setDrift(500_000)
      await sim.sleep(250)
      expect(order).toEqual(
        [...['fast 100', 'fast 100', 'usual 100', 'usual 100', 'fast 200', 'fast 290', 'usual 200']].sort(
          (a, b) => when(a) - when(b),
        ),
      )
      fast.restart()
      expect(await fast.run(() => performance.now())).toBe(25)
    },
    { schedule: 'random' },
  )
})

/** Virtual time of a timer of the test above. */
function when(timer: string): number {
  const [id, ms] = timer.split(' ')
  return Number(ms) / (id === 'fast' ? 1.5 : 1)
}

test('timeouts of requests and timers of actors follow the clock, the time of the simulation does not', async () => {
  const Sleeper = actor('sleeper', (self) => {
    const fired: number[] = []
    self.after(300, () => fired.push(performance.now()))
    return { began: () => performance.now(), fired: () => fired }
  })
  await passes(
    async (sim) => {
      const node = sim.node('n')
      sim.node('mute', (mute) => mute.bus.handle('ask', () => wait(1_000)))
      node.clock.setDrift(500_000)
      const began = sim.now
      await node.run(() => node.bus.request('mute', 'ask', 0, { timeout: 300 }).catch(() => undefined))
      expect(sim.now - began).toBe(200)
      const from = sim.now
      await node.run(() => sim.sleep(300))
      expect(sim.now - from).toBe(300)
      node.clock.setDrift(0)
      for (const one of sim.nodes) one.clock.setDrift(-250_000)
      const start = await node.actors.request(Sleeper('x'), 'began')
      await sim.sleep(410)
      const fired = await node.actors.request(Sleeper('x'), 'fired')
      expect(fired[0]! - start).toBeGreaterThan(290)
      expect(fired[0]! - start).toBeLessThanOrEqual(300.1)
    },
    { chaos: { latency: { kind: 'constant', ms: 1 } } },
  )
})

test('under clock faults a timer never fires early by the node’s own clock', async () => {
  await passes(
    async (sim) => {
      const [node] = sim.nodes
      for (let i = 1; i <= 20; i++) {
        const took = await node!.run(async () => {
          const from = performance.now()
          await wait(i * 13)
          // Whole µs: the difference of two numbers with a fraction is not exact.
          return Math.round((performance.now() - from) * 1000) / 1000
        })
        expect(took).toBeGreaterThanOrEqual(i * 13)
        expect(took).toBeLessThan(i * 13 + 0.01)
      }
    },
    { nodes: 1, iterations: 50, chaos: { clock: { maxDriftPpm: 400_000 } } },
  )
})

test('performance.timeOrigin and Date agree in every incarnation', async () => {
  await passes(async (sim) => {
    await sim.sleep(1_234)
    const node = sim.node('late')
    const origin = (): Promise<number> => node.run(() => Date.now() - performance.timeOrigin - performance.now())
    expect(Math.abs(await origin())).toBeLessThan(1)
    expect(await node.run(() => performance.now())).toBe(25)
    await sim.sleep(1_000)
    node.restart()
    await sim.sleep(500)
    expect(Math.abs(await origin())).toBeLessThan(1)
    expect(await node.run(() => [process.uptime(), process.hrtime()[1]])).toEqual([0.525, 525_000_000])
  })
})

test('a clock refuses what is not a time', async () => {
  await passes((sim) => {
    const { clock } = sim.node('n')
    expect(() => clock.setSkew(Number.NaN)).toThrow('clock.setSkew(ms)')
    expect(() => clock.jump(Infinity)).toThrow('clock.jump(ms)')
    expect(() => clock.setDrift(600_000)).toThrow('clock.setDrift(ppm)')
  })
})
