import childProcess from 'node:child_process'
import cluster from 'node:cluster'
import workerThreads from 'node:worker_threads'
import { simulating } from '../simulating.ts'
import { makeRefused, refuse } from './treatments.ts'

export const childProcesses = ['exec', 'execFile', 'fork', 'spawn'] as const

export const insteadOfProcesses =
  'another process has a clock and a fate of its own. ' +
  'Make it a node of the simulation, or run it for real in `await sim.real(() => …)`'

export const insteadOfMoving = 'all seeds and tests of the process would move along. Pass the folder instead'

/** Refuses what would run beside the simulation. What runs synchronously is a hang, and the watchdog's. */
export function installProcesses(): void {
  for (const key of childProcesses) {
    makeRefused({ target: childProcess, key, api: `child_process.${key}` }, insteadOfProcesses)
  }
  makeRefused({ target: process, key: 'chdir', api: 'process.chdir' }, insteadOfMoving)
  makeRefused({ target: cluster, key: 'fork', api: 'cluster.fork' }, insteadOfProcesses)
  const { Worker } = workerThreads
  workerThreads.Worker = new Proxy(Worker, {
    construct(target, args, newTarget) {
      const engine = simulating('new Worker')
      if (engine !== undefined) refuse(engine, 'new Worker', insteadOfProcesses)
      return Reflect.construct(target, args, newTarget) as object
    },
  })
}
