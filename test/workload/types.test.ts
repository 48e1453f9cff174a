/** What `draw` gives is what `run` takes, and mistakes do not compile. */
import { expectTypeOf, test } from 'vitest'
import { type SimulationNode, type Simulation, operation } from 'vitest-simulation'

test('the argument goes from draw to run', () => {
  operation({
    draw: ({ random, nodes, now }) => {
      expectTypeOf(nodes).toEqualTypeOf<readonly SimulationNode[]>()
      expectTypeOf(now).toBeNumber()
      return { to: random.pick(nodes).id, n: random.below(9) }
    },
    run: (sim, argument) => {
      expectTypeOf(sim).toEqualTypeOf<Simulation>()
      expectTypeOf(argument).toEqualTypeOf<{ to: string; n: number }>()
    },
  })
  operation({ run: (_sim, argument) => expectTypeOf(argument).toBeUndefined() })
  operation({ enabled: ({ nodes }) => nodes.some((node) => node.alive), run: () => undefined })
})

test('mistakes do not compile', () => {
  // @ts-expect-error -- there is no such field
  operation({ draw: () => ({ to: 'x' }), run: (_sim, { from }) => from })
  // @ts-expect-error -- a text is no number
  operation<number>({ draw: () => 'x', run: () => undefined })
  // @ts-expect-error -- a weight is a number
  operation({ weight: '3', run: () => undefined })
  // @ts-expect-error -- it says yes or no
  operation({ enabled: () => 'yes', run: () => undefined })
  // @ts-expect-error -- there is nothing to do
  operation({ draw: () => 1 })
  const call = (sim: Simulation): void => {
    // @ts-expect-error -- how many?
    void sim.workload({ a: operation({ run: () => undefined }) }, {})
    // @ts-expect-error -- a workload does operations
    void sim.workload({ a: 5 }, { operations: 1 })
  }
  expectTypeOf(call).toBeFunction()
})
