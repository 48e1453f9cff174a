import { fileURLToPath, pathToFileURL } from 'node:url'
import { pass } from '../bodies.mjs'
import { build } from '../build.mjs'
import { interleave, row } from '../measure.mjs'

const operations = 1_000

/**
 * Phase 5 in short: 1,000 random operations on 5 nodes and 100 actors a seed, every fault family on, nothing recorded; and
 * the example itself, with a journal and invariants of its own that are checked at every event.
 */
export async function run({ simulator, quick }) {
  const { actor, operation } = simulator
  const Counter = actor('counter', () => {
    let value = 0
    return { add: (by) => (value += by) }
  })
  const anyNode = ({ random, nodes }) => random.pick(nodes).id
  const anyCall = (view) => ({ from: anyNode(view), to: `c${view.random.integer(0, 99)}` })
  const alphabet = {
    sendRequest: operation({
      weight: 6,
      draw: anyCall,
      run: (sim, { from, to }) => sim.node(from).actors.request(Counter(to), 'add', 1, { timeout: 1_000 }),
    }),
    sendOneway: operation({
      weight: 2,
      draw: anyCall,
      run: (sim, { from, to }) => sim.node(from).actors.send(Counter(to), 'add', 1),
    }),
    crashNode: operation({ weight: 0.2, draw: anyNode, run: (sim, id) => sim.node(id).crash() }),
    restartNode: operation({
      weight: 0.4,
      draw: anyNode,
      run: (sim, id) => {
        if (!sim.node(id).alive) sim.node(id).restart()
      },
    }),
    partition: operation({
      weight: 0.1,
      draw: anyNode,
      run: (sim, id) => void sim.network.isolate(id),
    }),
    heal: operation({ weight: 0.3, run: (sim) => sim.network.heal() }),
  }
  const seeds = quick ? 2 : 60
  const units = seeds * operations
  const job = { chaos: 'swarm', nodes: 5, iterations: seeds, shrink: false }
  const body = (sim) => sim.workload(alphabet, { operations })
  const example = await loadExample()
  const contenders = [
    { name: 'swarm', units, run: () => pass(simulator, body, job) },
    { name: 'example', units, run: () => pass(example, example.messagebus, job) },
  ]
  const samples = await interleave(contenders, quick ? 1 : 5)
  return [
    row(
      'phase 5: 1,000 operations a seed, swarm',
      'operations per s',
      samples.get('swarm'),
      'phase5OperationsPerSecond',
    ),
    row(
      '  the example, with its journal and invariants',
      'operations per s',
      samples.get('example'),
      'phase5ExampleOperationsPerSecond',
    ),
  ]
}

async function loadExample() {
  const bundle = build(fileURLToPath(new URL('../example.tsdown.config.ts', import.meta.url)), 'example.js')
  try {
    return await import(pathToFileURL(bundle.path).href)
  } finally {
    bundle.remove()
  }
}
