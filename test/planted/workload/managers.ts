/** The two bugs of hand-written request and response code, driven by a workload. */
import type { Body } from '../../../src/world/iteration.ts'
import { operation } from '../../../src/world/operation.ts'
import { CallbackManager, LosesTheRace, ReinsertsTheId, answering } from '../callback-manager.ts'
import type { PlantedBug } from './planted-bug.ts'

const asking =
  (Manager: typeof CallbackManager): Body =>
  async (sim) => {
    sim.node('server').bus.handle('unused', () => undefined)
    answering(sim.node('server'))
    const client = sim.node('client')
    const manager = new Manager(client)
    sim.invariant('one outcome each', () => {
      for (const [id, count] of manager.outcomes) if (count > 1) return `request ${id} has ${count} outcomes`
      return true
    })
    sim.invariant('no correlation id leaks', () => manager.pending === 0 || `${manager.pending} left`, {
      when: 'quiet',
    })
    const ask = operation({
      run: () => client.run(() => manager.request('server', 'question', 60).catch(() => undefined)),
    })
    await sim.workload({ ask }, { operations: 60 })
    await sim.sleep(300)
  }

export const losesTheRace: PlantedBug = {
  name: 'response against timeout',
  what: 'looks a callback up, waits, and calls it',
  body: asking(LosesTheRace),
  twin: asking(CallbackManager),
  minimum: 2,
}

export const reinsertsTheId: PlantedBug = {
  name: 'correlation id put back',
  what: 'a retry registers what was answered meanwhile',
  body: asking(ReinsertsTheId),
  twin: asking(CallbackManager),
  minimum: 2,
}
