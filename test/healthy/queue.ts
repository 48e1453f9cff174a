/** A work queue with a visibility timeout: a job that a worker does not finish in time is given to another one. */
import { type Healthy, lanes, pause, persistently, tried } from './kit.ts'

interface Job {
  isDone: boolean
  visibleAt: number
  receipt: number
}
interface Taken {
  readonly id: string
  readonly receipt: number
}

export const queue: Healthy = {
  name: 'work queue',
  bug: 'a job that another worker has taken meanwhile is finished all the same',
  body: async (sim, isBroken) => {
    const jobs = new Map<string, Job>()
    const effects = new Map<string, number>()
    let receipts = 0
    const broker = sim.node('broker')
    broker.bus.handle('put', (id: string) => {
      if (!jobs.has(id)) jobs.set(id, { isDone: false, visibleAt: 0, receipt: 0 })
    })
    broker.bus.handle('take', (): Taken | undefined => {
      for (const [id, job] of jobs) {
        if (job.isDone || performance.now() < job.visibleAt) continue
        job.visibleAt = performance.now() + 150
        return { id, receipt: (job.receipt = ++receipts) }
      }
      return undefined
    })
    broker.bus.handle('extend', ({ id, receipt }: Taken) => {
      const job = jobs.get(id) as Job
      if (job.receipt === receipt) job.visibleAt = performance.now() + 150
    })
    broker.bus.handle('done', ({ id, receipt }: Taken) => {
      const job = jobs.get(id) as Job
      if (!isBroken && (job.isDone || job.receipt !== receipt)) return false
      job.isDone = true
      effects.set(id, (effects.get(id) ?? 0) + 1)
      return true
    })

    for (const id of ['w1', 'w2', 'w3']) {
      sim.node(id, async (node) => {
        const work = async (): Promise<void> => {
          for (;;) {
            const job = await tried(node.bus.request<Taken | undefined>('broker', 'take', undefined, { timeout: 100 }))
            if (job === undefined) {
              await pause(30)
              continue
            }
            const beat = setInterval(() => void tried(node.bus.send('broker', 'extend', job)), 60)
            await pause(Math.random() * 250)
            clearInterval(beat)
            await tried(node.bus.request('broker', 'done', job, { timeout: 100 }))
          }
        }
        void work()
      })
    }

    sim.invariant('a job is done once', () => {
      for (const [id, times] of effects) if (times > 1) return `${id} was done ${times} times`
      return true
    })
    const client = sim.node('client')
    await client.run(() => {
      void lanes(2, 6, async (n) => {
        await persistently(() => client.bus.request('broker', 'put', `job ${n}`, { timeout: 150 }))
        await pause(Math.random() * 80)
      })
    })
    await sim.sleep(800)
    await sim.eventually('every job is done', () => {
      const open = [...jobs].filter(([, { isDone }]) => !isDone).map(([id]) => id)
      return (jobs.size === 12 && open.length === 0) || `${jobs.size} put, not done: ${open.join(', ')}`
    })
  },
}
