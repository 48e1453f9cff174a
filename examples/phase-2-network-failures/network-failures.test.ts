import { expect } from 'vitest'
import { simulation } from 'vitest-simulation'
import { type Outcome, ask } from './persistent-client.ts'

const pairs = 50

simulation.test(
  '50 pairs: every request ends in success or in a timeout',
  {
    sometimes: ['network failure handled', 'timeout triggered'],
    chaos: {
      // A quarter of all requests cannot be sent …
      sendFailure: 0.25,
      // … and the rest take 1 to 100 ms each way: up to 200 ms for an answer that the client awaits for 150 ms.
      latency: { kind: 'uniform', min: 1, max: 100 },
    },
  },
  async (sim) => {
    const outcomes: (Outcome | undefined)[] = new Array(pairs).fill(undefined)

    // Judged by the simulator when nothing is in flight any more, not by the test when it happens to be done.
    sim.invariant(
      'all requests complete',
      () => {
        const missing = outcomes.flatMap((outcome, pair) => (outcome === undefined ? [`client${pair}`] : []))
        return missing.length === 0 || `no outcome for ${missing.join(', ')}`
      },
      { when: 'quiet' },
    )

    const requests = outcomes.map(async (_, pair) => {
      sim.node(`server${pair}`, (node) => {
        node.bus.handle('answer', (question: string) => `${question}, ${pair}`)
      })
      const client = sim.node(`client${pair}`)
      outcomes[pair] = await client.run(() => ask(client, `server${pair}`, 'who are you'))
    })
    await Promise.all(requests)

    // The bus counts what it did; the two accounts must agree.
    const { resolved, timedOut, sendFailures, issued } = sim.metrics
    expect(outcomes.filter((outcome) => outcome === 'success').length).toBe(resolved)
    expect(outcomes.filter((outcome) => outcome === 'timeout').length).toBe(timedOut)
    expect(resolved + timedOut + sendFailures).toBe(issued)
  },
)
