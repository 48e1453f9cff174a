/** New small systems with one bug each, and the smallest plan that a person can think of. */
import { operation } from '../../src/world/operation.ts'
import type { Simulation } from '../../src/world/door.ts'

const quiet = (): undefined => undefined

/** Forgets what it has accepted when it dies: one crash of the store between a put and a get. */
export async function forgetful(sim: Simulation): Promise<void> {
  for (const id of ['other', 'store']) {
    sim.node(id, (node) => {
      const held = new Set<number>()
      node.bus.handle('put', (key: number) => void held.add(key))
      node.bus.handle('has', (key: number) => held.has(key))
    })
  }
  const { bus } = sim.node('client')
  let keys = 0
  const put = operation({
    draw: () => ++keys,
    run: async (_sim, key) => {
      await bus.request('other', 'put', key, { timeout: 100 }).catch(quiet)
      await bus.request('store', 'put', key, { timeout: 100 })
      await sim.sleep(150)
      if (!(await bus.request<boolean>('store', 'has', key, { timeout: 100 }))) throw new RangeError(`${key} is gone`)
    },
  })
  await sim.workload({ put }, { operations: 60, thinkTime: [0, 50] })
}

/** Two copies are not enough: both named nodes must die while the client waits. */
export async function twoCopies(sim: Simulation): Promise<void> {
  const held = new Map<string, Set<string>>()
  for (const id of ['a', 'b', 'c', 'd']) {
    sim.node(id, (node) => {
      const mine = new Set<string>()
      held.set(id, mine)
      node.bus.handle('put', (key: string) => void mine.add(key))
    })
  }
  const { bus } = sim.node('client')
  const put = async (id: string): Promise<void> => {
    for (let attempt = 0; attempt < 20 && held.get(id)?.has('x') !== true; attempt++) {
      await bus.request(id, 'put', 'x', { timeout: 100 }).catch(quiet)
    }
  }
  await Promise.all([put('b'), put('d')])
  const isPut = ['b', 'd'].every((id) => held.get(id)?.has('x'))
  if (!isPut) return
  await sim.sleep(10_000)
  if (!['b', 'd'].some((id) => held.get(id)?.has('x'))) throw new RangeError('x is on no node')
}

/** Takes the order of arrival for the order of sending over two links: one message that is late. */
export async function crossed(sim: Simulation): Promise<void> {
  let first = 0
  sim.node('sink', (node) => {
    node.bus.handle('first', (n: number) => void (first = n))
    node.bus.handle('second', (n: number) => {
      if (first < n) throw new RangeError(`second ${n} came before first ${n}`)
    })
  })
  for (let n = 1; n <= 15; n++) {
    await sim.node('one').bus.send('sink', 'first', n)
    await sim.sleep(60)
    await sim.node('two').bus.send('sink', 'second', n)
    await sim.sleep(300)
  }
}

/** Sends one notice and never again: one message that is lost. */
export async function oneNotice(sim: Simulation): Promise<void> {
  let told = 0
  sim.node('reader', (node) => node.bus.handle('notice', () => void told++))
  const { bus } = sim.node('writer')
  let sent = 0
  const write = operation({ run: () => bus.send('reader', 'notice', ++sent).catch(() => void sent--) })
  const idle = operation({ run: quiet })
  await sim.workload({ write, idle }, { operations: 80, thinkTime: [0, 30] })
  await sim.quiesce()
  if (told < sent) throw new RangeError(`${sent} were sent, ${told} came`)
}

/** Locks at one node, writes at another: a partition while a holder has the lock, and a second holder. */
export async function unfencedLock(sim: Simulation): Promise<void> {
  let until = -1
  sim.node('locks', (node) => {
    node.bus.handle('lock', () => {
      if (sim.now < until) return false
      until = sim.now + 150
      return true
    })
  })
  let writing = 0
  sim.invariant('one writes at a time', () => writing < 2)
  sim.node('store', (node) => {
    node.bus.handle('write', async () => {
      writing++
      await sim.sleep(40)
      writing--
    })
  })
  const { bus } = sim.node('client')
  const work = operation({
    run: async () => {
      if (!(await bus.request<boolean>('locks', 'lock', 0, { timeout: 100 }))) return
      await bus.request('store', 'write', 0, { timeout: 1_000 })
    },
  })
  await sim.workload({ work }, { operations: 100, concurrency: 3, thinkTime: [0, 60] })
}
