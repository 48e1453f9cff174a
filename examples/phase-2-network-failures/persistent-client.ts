import { setTimeout as wait } from 'node:timers/promises'
import { type SimulationNode, RequestTimeout, SendFailed, sometimes } from 'vitest-simulation'

export type Outcome = 'success' | 'timeout'

/**
 * The code under test: a client that does not give up when the network refuses a message.
 *
 * SendFailed is certain (nothing was delivered), so trying again is safe. A timeout is not: the server may have done the
 * work, so the caller has to know.
 */
export async function ask(client: SimulationNode, server: string, question: string): Promise<Outcome> {
  for (;;) {
    try {
      await client.bus.request(server, 'answer', question, { timeout: 150 })
      return 'success'
    } catch (error) {
      if (error instanceof RequestTimeout) {
        sometimes(true, 'timeout triggered')
        return 'timeout'
      }
      if (!(error instanceof SendFailed)) throw error
      sometimes(true, 'network failure handled')
      await wait(10)
    }
  }
}
