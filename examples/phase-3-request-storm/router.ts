import { setTimeout as wait } from 'node:timers/promises'
import type { SimulationNode } from 'vitest-simulation'

/** The code under test: a router that hands each job to a worker and answers when the worker has. */
export function router(workers: readonly string[]) {
  return (node: SimulationNode): void => {
    node.bus.handle('job', async (job: number) => {
      // Looking a route up takes anything up to 20 ms.
      await wait(Math.random() * 20)
      const worker = workers[job % workers.length] as string
      return node.bus.request(worker, 'work', job, { timeout: 1_000 })
    })
  }
}

/** Does a job, some of them slowly. */
export function worker(node: SimulationNode): void {
  node.bus.handle('work', async (job: number) => {
    await wait(Math.random() * 50)
    return job * 2
  })
}
