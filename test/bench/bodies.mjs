/** The job that most scenarios do: a client asks a server to add one, `requests` times, one after the other. */
export const askServer = (requests) => async (sim) => {
  sim.node('server', (node) => {
    node.bus.handle('increment', ({ n }) => n + 1)
  })
  const client = sim.node('client')
  for (let n = 0; n < requests; n++) {
    const answer = await client.bus.request('server', 'increment', { n })
    if (answer !== n + 1) throw new Error(`${n} + 1 is not ${answer}`)
  }
}

/** The same for the competitors' parties. */
export const askParty = (requests) => async (parties) => {
  parties.handle('increment', ({ n }) => n + 1)
  for (let n = 0; n < requests; n++) {
    const answer = await parties.request('increment', { n })
    if (answer !== n + 1) throw new Error(`${n} + 1 is not ${answer}`)
  }
}

/** Runs a simulation as the bench wants it: nothing recorded, unless told otherwise, and it must pass. */
export async function pass({ checkSimulation }, body, options, context) {
  const result = await checkSimulation(body, { seed: 1, determinism: 0, ...options }, context)
  if (result.status !== 'passed') {
    throw new Error(
      `the simulation of a benchmark ${result.status}: ${result.failure?.failure.message ?? result.stopReason}`,
    )
  }
  return result
}
