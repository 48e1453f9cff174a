/** A replicated register (Attiya, Bar-Noy, Dolev, 1995): majorities of five replicas, each with its value on its disk. */
import type { SimulationNode as Node } from '../../src/world/door.ts'
import { type Healthy, lanes, load, pause, save, tried } from './kit.ts'

interface Tagged {
  readonly tag: number
  readonly value: string
}

const replicas = ['r1', 'r2', 'r3', 'r4', 'r5']
const writersMax = 8

export const replication: Healthy = {
  name: 'replicated register',
  bug: 'two of five are taken for a majority',
  body: async (sim, isBroken) => {
    const majority = isBroken ? 2 : 3

    const replicate = async (node: Node): Promise<void> => {
      let mine: Tagged = { tag: 0, value: '' }
      let saving = Promise.resolve()
      const keep = (): Promise<void> => (saving = saving.then(() => save(node, 'register', mine)))
      node.bus.handle('get', () => mine)
      node.bus.handle('put', async (given: Tagged) => {
        if (given.tag > mine.tag) mine = given
        await keep()
        return mine.tag
      })
      const isWiped = node.incarnation > 1 && (await load(node, 'member')) === undefined
      if (isWiped) {
        // It may have promised what it does not know any more: three of the others know it.
        for (;;) {
          const others = await ask(node, 'get', undefined)
          if (others.length >= 3) {
            mine = latest(others)
            break
          }
          await pause(30)
        }
        await keep()
      } else {
        mine = (await load<Tagged>(node, 'register')) ?? mine
      }
      await save(node, 'member', true)
    }
    for (const id of replicas) sim.node(id, replicate)

    /** What the replicas but the asking one answer in time. */
    const ask = async (node: Node, method: string, payload: unknown): Promise<Tagged[]> => {
      const others = replicas.filter((id) => id !== node.id)
      const answers = others.map((id) => tried(node.bus.request<Tagged>(id, method, payload, { timeout: 150 })))
      return (await Promise.all(answers)).filter((answer) => answer !== undefined)
    }

    const used = new Map<string, number>()
    const read = async (node: Node): Promise<Tagged | undefined> => {
      const known = await ask(node, 'get', undefined)
      if (known.length < majority) return undefined
      const found = latest(known)
      return (await ask(node, 'put', found)).length < majority ? undefined : found
    }
    const write = async (node: Node, value: string): Promise<Tagged | undefined> => {
      const known = await ask(node, 'get', undefined)
      if (known.length < majority) return undefined
      const round = Math.max(Math.floor(latest(known).tag / writersMax), used.get(node.id) ?? 0) + 1
      used.set(node.id, round)
      const given = { tag: round * writersMax + node.index, value }
      return (await ask(node, 'put', given)).length < majority ? undefined : given
    }

    /** The highest tag that an ended operation has seen. */
    let settled = 0
    let operations = 0
    const values = new Map<number, string>()
    const check = async (isWrite: boolean, operation: Promise<Tagged | undefined>): Promise<void> => {
      const before = settled
      const seen = await operation
      if (seen === undefined) return
      operations++
      if (seen.tag < before || (isWrite && seen.tag === before)) {
        throw new Error(`${isWrite ? 'wrote' : 'read'} ${seen.value} (${seen.tag}) after ${before} was there`)
      }
      if ((values.get(seen.tag) ?? seen.value) !== seen.value) throw new Error(`two values of ${seen.tag}`)
      values.set(seen.tag, seen.value)
      settled = Math.max(settled, seen.tag)
    }
    const clients = ['x', 'y', 'z'].map((id) => sim.node(id))
    await lanes(3, 8, async (n) => {
      const client = clients[n % 3] as Node
      if (sim.random.chance(0.5)) await check(true, write(client, `v${n}`))
      else await check(false, read(client))
      await sim.sleep(sim.random.below(30))
    })
    let polls = 0
    sim.node('poller', (poller) => {
      void (async () => {
        for (;;) {
          const before = operations
          await check(false, read(poller))
          polls += operations - before
          await pause(50)
        }
      })()
    })
    await sim.eventually('the register can be read', () => polls >= 3, { within: 5_000 })
  },
}

function latest(all: readonly Tagged[]): Tagged {
  return all.reduce((one, other) => (other.tag > one.tag ? other : one))
}
