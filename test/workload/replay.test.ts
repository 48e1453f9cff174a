/** A workload is deterministic, and a plan makes it do the same again, or a part of it. */
import { expect, test } from 'vitest'
import type { ReplayPlan } from '../../src/world/replay-plan.ts'
import type { Body } from '../../src/world/iteration.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { operation } from '../../src/world/operation.ts'
import type { IterationResult } from '../../src/world/iteration-result.ts'
import type { PlannedOperation } from '../../src/workload/planned-operation.ts'
import type { WorkloadOutcome } from '../../src/workload/outcome.ts'
import type { Simulation } from '../../src/world/door.ts'
import { sameSeedSameDigest } from '../laws/laws.ts'
import { failureOf, runSeed } from '../network-chaos/check.ts'
import { type AnyAlphabet, outcome, recorded, replayed } from './run.ts'

const alphabet = (sim: Simulation): AnyAlphabet => {
  for (const id of ['a', 'b', 'c']) sim.node(id, (node) => node.bus.handle('ask', (n: number) => n + 1))
  return {
    ask: operation({
      weight: 5,
      draw: ({ random, nodes }) => ({ from: random.pick(nodes).id, to: random.pick(nodes).id, n: random.below(9) }),
      run: (_sim, { from, to, n }) => sim.node(from).bus.request(to, 'ask', n, { timeout: 300 }),
    }),
    cut: operation({
      draw: ({ random, nodes }) => random.shuffle(nodes.map(({ id }) => id)),
      run: (_sim, [one, ...others]) => void sim.network.partition([one as string], others),
    }),
    heal: operation({ run: () => sim.network.heal() }),
  }
}

const busy = async (sim: Simulation): Promise<void> => {
  await sim.workload(alphabet(sim), { operations: 150 })
}

test.each(['calm', 'random', 'swarm'] as const)('same seed, same digest: %s', async (chaos) => {
  await sameSeedSameDigest(busy, { iterations: 3, seed: 11, chaos })
})

test('recording changes nothing', async () => {
  const plain = await runSeed(busy, 5, { chaos: { loss: 0.1, duplication: 0.1 } })
  const again = await recorded(busy, 5, { chaos: { loss: 0.1, duplication: 0.1 } })
  expect(again.digest).toBe(plain.result.digest)
  expect(plain.result.operations).toEqual([])
  expect(again.operations).toHaveLength(150)
})

/** What the recorded operations of a seed are when it runs by itself or by a plan. */
async function run(body: Body, seed: number, plan?: ReplayPlan): Promise<{ result: IterationResult; times: unknown }> {
  const options = { chaos: { loss: 0.1, sendFailure: 0.05, crash: true, pause: true } } as const
  const result = await recorded(body, seed, options, plan)
  const events = result.trace?.kept.filter(({ kind }) => kind === 'log' || kind === 'deliver' || kind === 'timeout')
  return { result, times: events?.map(({ time, kind, text }) => `${time} ${kind} ${text}`) }
}

test('the full plan of a seed does exactly what the seed did', async () => {
  for (const seed of [1, 2, 3]) {
    const { result, times } = await run(busy, seed)
    const faults = result.faults.map(({ key }) => key)
    // As it comes back from a file.
    const plan = JSON.parse(JSON.stringify({ faults, operations: result.operations })) as ReplayPlan
    const again = await run(busy, seed, plan)
    expect(again.times).toEqual(times)
    expect(again.result.operations).toEqual(plan.operations)
  }
})

test('a plan may leave operations out: the others happen at their times, and nothing is drawn', async () => {
  const { result } = await run(busy, 4)
  const some = result.operations.filter((_, i) => i % 10 === 3)
  let seen: WorkloadOutcome | undefined
  const body = async (sim: Simulation): Promise<void> => {
    seen = await sim.workload(alphabet(sim), { operations: 150 })
  }
  const again = await run(body, 4, { operations: some })
  expect(again.result.operations).toEqual(some)
  expect(seen?.operations).toBe(some.length)
})

test('draw and enabled are not asked in a replay, and each run gets an argument of its own', async () => {
  const planned: PlannedOperation[] = [3, 1, 2].map((n, index) => ({
    index,
    name: 'use',
    at: n * 1_000,
    argument: [n],
  }))
  const forbidden = (): never => {
    throw new Error('asked')
  }
  const use = operation<number[]>({ enabled: forbidden, draw: forbidden, run: (_sim, list) => list.pop() })
  for (let round = 0; round < 2; round++) {
    const { history } = await replayed({ use }, { operations: 3 }, { operations: planned })
    expect(history.map(({ result, start }) => [result, start])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  }
  expect(planned.map(({ argument }) => argument)).toEqual([[3], [1], [2]])
})

test('two workloads get each its own operations back', async () => {
  const nothing = operation({ run: () => undefined })
  const counts: number[] = []
  const body = async (sim: Simulation): Promise<void> => {
    for (const operations of [5, 7]) counts.push((await sim.workload({ nothing }, { operations })).operations)
  }
  const plan = { operations: [1, 5, 6, 11].map((index) => ({ index, name: 'nothing', at: 0 })) }
  const result = await checkSimulation(body, { seed: 7, determinism: 0 }, { plan, alone: true })
  expect(result.failure).toBeUndefined()
  expect(counts).toEqual([1, 3])
})

test('a plan with an operation that the alphabet does not have is refused', async () => {
  const nothing = operation({ run: () => undefined })
  for (const name of ['renamed', 'toString']) {
    const failure = await failureOf(
      (sim) => sim.workload({ nothing }, { operations: 3 }),
      { iterations: 1 },
      { plan: { operations: [{ index: 0, name, at: 0 }] }, alone: true },
    )
    expect(failure.message).toMatch(new RegExp(`operation of the replay plan is '${name}': .*it has nothing`))
  }
})

test('the workload draws from a stream of its own: operations move no fault', async () => {
  const faults = async (operations: number): Promise<string[]> => {
    const body = async (sim: Simulation): Promise<void> => {
      await sim.workload({ wait: operation({ run: () => sim.sleep(1) }) }, { operations })
      await sim.sleep(20_000 - sim.now)
    }
    const chaos = { crash: true, pause: true, partition: true } as const
    const result = await recorded(body, 3, { nodes: 3, chaos })
    return result.faults.map(({ time, key }) => `${time} ${key}`)
  }
  expect(await faults(10)).toEqual(await faults(300))
  expect((await outcome({ wait: operation({ run: () => undefined }) }, { operations: 1 })).operations).toBe(1)
})
