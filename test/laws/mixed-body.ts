import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { buggify, sometimes } from '../../src/assertions/sdk.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationNode as Node } from '../../src/world/door.ts'

/** A bit of everything on three nodes: requests, one-way messages, errors, timers of all kinds, time and randomness. */
export const mixedBody: Body = async (sim) => {
  const heard: string[] = []
  for (const id of ['a', 'b', 'c']) sim.node(id, boot(heard))
  const [a, b, c] = sim.nodes as readonly [Node, Node, Node]

  const talk = async (from: Node, to: string, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const label = `${from.id}${i}`
      await from.bus.request(to, 'work', { label, at: Date.now() }, { timeout: 40 }).catch((error: Error) => error.name)
      if (sim.random.chance(0.3)) await sim.sleep(sim.random.below(20))
    }
  }
  const onNode = a.run(async () => {
    await wait(Math.floor(Math.random() * 15))
    await a.bus.send('c', 'note', randomUUID()).catch(() => undefined)
    return performance.now()
  })
  await Promise.all([talk(a, 'b', 3), talk(b, 'c', 3), talk(c, 'a', 2), onNode])
  await a.bus.request('b', 'fail', null).catch((error: Error) => heard.push(error.name))
  const afterwards = await new Promise<string>((resolve) => {
    setImmediate(() => process.nextTick(() => queueMicrotask(() => resolve(new Date().toISOString()))))
  })
  sometimes(heard.length > 4, 'much was heard')
  if (afterwards < '2024' || heard.length === 0) throw new Error('time or the network stood still')
}

function boot(heard: string[]): (node: Node) => void {
  return (node) => {
    let beats = 0
    const heart = setInterval(() => {
      if (++beats === 4) clearInterval(heart)
      else node.bus.send('c', 'note', { id: node.id, beats }).catch(() => undefined)
    }, 7)
    node.bus.handle('work', async ({ label, at }: { label: string; at: number }) => {
      if (buggify('slow work')) await wait(50)
      await new Promise<void>((resolve) => process.nextTick(resolve))
      return `${label} ${crypto.randomUUID()} ${Date.now() - at}`
    })
    node.bus.handle('note', (what: unknown) => void heard.push(JSON.stringify(what)))
    node.bus.handle('fail', () => {
      throw new RangeError(`no luck ${Math.random()}`)
    })
  }
}
