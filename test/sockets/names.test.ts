/** Names, addresses and machines. */
import dns from 'node:dns'
import { once } from 'node:events'
import net from 'node:net'
import os from 'node:os'
import { expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'

async function run(body: (sim: Simulation) => Promise<void>): Promise<void> {
  const { failure } = await checkSimulation(body, { iterations: 3, determinism: 1, shrink: false })
  if (failure !== undefined) throw new Error(failure.failure.message, { cause: failure.failure.stack })
}

/** A node that tells each client where it comes from. */
function mirror(sim: Simulation, id: string, options = {}): void {
  sim.node(id, options, () => {
    net.createServer((socket) => socket.end(`${id}: ${socket.remoteAddress}`)).listen(80)
  })
}

async function ask(host: string): Promise<string> {
  const socket = net.connect(80, host)
  const [text] = (await once(socket, 'data')) as [Buffer]
  return String(text)
}

test('a node has its id and its host for names, and one address', () =>
  run(async (sim) => {
    mirror(sim, 'db', { host: 'db.internal' })
    await sim.node('client').run(async () => {
      expect(await dns.promises.lookup('DB')).toEqual({ address: '10.0.0.1', family: 4 })
      expect(await dns.promises.lookup('db.internal', { all: true })).toEqual([{ address: '10.0.0.1', family: 4 }])
      expect(await dns.promises.resolve4('db')).toEqual(['10.0.0.1'])
      expect(await dns.promises.reverse('10.0.0.1')).toEqual(['db.internal'])
      expect(await new dns.promises.Resolver().resolve4('db')).toEqual(['10.0.0.1'])
      await expect(dns.promises.resolveMx('db')).rejects.toMatchObject({ code: 'ENODATA' })
      await expect(dns.promises.lookup('nobody')).rejects.toMatchObject({ code: 'ENOTFOUND', hostname: 'nobody' })
      expect(os.networkInterfaces()['eth0']?.[0]?.address).toBe('10.0.0.2')
      expect(await ask('db.internal')).toBe('db: ::ffff:10.0.0.2')
    })
  }))

test('each machine has all ports to itself, and localhost is the machine itself', () =>
  run(async (sim) => {
    mirror(sim, 'a')
    mirror(sim, 'b')
    await sim.sleep(5)
    expect(await ask('a')).toBe('a: ::ffff:10.1.0.1')
    expect(await ask('b')).toBe('b: ::ffff:10.1.0.1')
    const c = sim.node('c')
    await c.run(async () => {
      net.createServer((socket) => socket.end('own')).listen(80, 'localhost')
      expect(await ask('localhost')).toBe('own')
    })
    // Bound to the loopback interface only.
    await expect(ask('c')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(ask('10.9.9.9')).rejects.toMatchObject({ code: 'EHOSTUNREACH' })
  }))

test('the test body stays connected, whatever is cut', () =>
  run(async (sim) => {
    mirror(sim, 'a')
    sim.node('b')
    await sim.sleep(5)
    sim.network.isolate('a')
    expect(await ask('a')).toMatch(/^a: /)
  }))
