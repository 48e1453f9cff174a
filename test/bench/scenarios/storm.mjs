import { pass } from '../bodies.mjs'
import { interleave, row } from '../measure.mjs'

const requests = 100

/** A storm: 100 requests at once, each handled after a random delay; failures under faults are what it is about. */
const storm = async (sim) => {
  sim.node('server', (node) => {
    node.bus.handle('work', async (n) => {
      await sim.sleep(sim.random.integer(0, 20))
      return n
    })
  })
  const client = sim.node('client')
  const ask = (n) =>
    client.bus.request('server', 'work', n, { timeout: 1_000 }).then(
      () => true,
      () => false,
    )
  const outcomes = await Promise.all(Array.from({ length: requests }, (_, n) => ask(n)))
  if (outcomes.length !== requests) throw new Error('a request has no outcome')
}

/** Seeds and requests a second of the storm: with every fault family, as a swarm draws them, and calm. */
export async function run({ simulator, quick }) {
  const units = quick ? 20 : 2_000
  const contender = (name, chaos) => ({
    name,
    units,
    run: () => pass(simulator, storm, { iterations: units, chaos }),
  })
  const samples = await interleave([contender('swarm', 'swarm'), contender('calm', 'calm')], quick ? 1 : 7)
  const perRequest = (name) => samples.get(name).map((seeds) => seeds * requests)
  return [
    row('storm of 100 requests, swarm', 'seeds per s', samples.get('swarm'), 'stormSeedsPerSecond'),
    row('  requests', 'req/resp per s', perRequest('swarm'), 'stormRequestResponsesPerSecond'),
    row('  calm', 'seeds per s', samples.get('calm')),
    row('  calm, requests', 'req/resp per s', perRequest('calm')),
  ]
}
