/** One conversation on three networks: links of the simulation, simulated sockets, and the loopback interface. */
import { once } from 'node:events'
import net from 'node:net'
import { describe, expect, test } from 'vitest'
import type { NodeBus } from '../../src/bus/door.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { TcpBus } from '../../src/tcp-bus/door.ts'
import type { Simulation } from '../../src/world/door.ts'

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Everything a bus promises, as two ends see it. */
async function conversation(client: NodeBus, server: NodeBus): Promise<unknown[]> {
  const log: unknown[] = []
  const seen: unknown[] = []
  const outcome = (promise: Promise<unknown>): Promise<unknown> =>
    promise.catch((error: Error & { remoteName?: string }) => [error.name, error.remoteName, error.message])
  server.handle('add', ({ a, b }: { a: number; b: number }) => a + b)
  server.handle('copy', (value: unknown) => value)
  server.handle('refuse', () => {
    throw new RangeError('too much')
  })
  server.handle('slow', () => wait(500))
  server.handle('seen', (value: unknown, { from, method }) => void seen.push([value, from, method]))
  log.push(await outcome(client.request('server', 'add', { a: 1, b: 2 })))
  log.push(
    await outcome(
      client.request('server', 'copy', { date: new Date(5), map: new Map([[1, new Set(['x'])]]), none: undefined }),
    ),
  )
  log.push(await outcome(client.request('server', 'refuse')))
  log.push(await outcome(client.request('server', 'slow', undefined, { timeout: 100 })))
  log.push(((await outcome(client.request('nobody', 'add'))) as string[])[0])
  log.push(((await outcome(client.request('server', 'copy', { f: () => 1 }))) as string[])[0])
  for (let n = 0; n < 5; n++) void client.send('server', 'seen', n)
  await wait(100)
  log.push(seen)
  log.push(await Promise.all([1, 2, 3].map((n) => client.request('server', 'add', { a: n, b: n }))))
  await wait(600)
  log.push([client.pending, client.metrics.timedOut, client.metrics.rejected, client.metrics.lateResponses])
  return log
}

async function onLoopback(): Promise<unknown[]> {
  const server = new TcpBus({ id: 'server', port: 0, host: '127.0.0.1', peers: {} })
  const client = new TcpBus({ id: 'client', peers: { server: { host: '127.0.0.1', port: await server.listening() } } })
  const log = await conversation(client, server)
  await Promise.all([client.close(), server.close()])
  return log
}

async function inSimulation(body: (sim: Simulation) => Promise<unknown[]>): Promise<unknown[]> {
  let log: unknown[] = []
  const { failure } = await checkSimulation(async (sim) => void (log = await body(sim)), {
    iterations: 3,
    determinism: 1,
  })
  if (failure !== undefined) throw new Error(failure.failure.message, { cause: failure.failure.stack })
  return log
}

describe('the same conversation', () => {
  test('on links, on simulated sockets and on the loopback interface', async () => {
    const links = await inSimulation(async (sim) => {
      const server = sim.node('server')
      const client = sim.node('client')
      return conversation(client.bus, server.bus)
    })
    const sockets = await inSimulation(async (sim) => {
      const server = new Promise<TcpBus>((resolve) => {
        sim.node('server', () => resolve(new TcpBus({ id: 'server', port: 7000, peers: {} })))
      })
      const bus = await server
      return sim.node('client').run(() => {
        const client = new TcpBus({ id: 'client', peers: { server: { host: 'server', port: 7000 } } })
        return conversation(client, bus).finally(() => void client.close())
      })
    })
    const loopback = await onLoopback()
    expect(sockets).toEqual(links)
    expect(loopback).toEqual(links)
  })
})

/** A counter that is asked by key, and its client. */
async function counting(sim: Simulation, isKeyed: boolean): Promise<void> {
  const handled: number[] = []
  sim.node('server', () => {
    new TcpBus({ id: 'server', port: 7000, peers: {} }).handle('count', (n: number) => handled.push(n))
  })
  await sim.node('client').run(async () => {
    const bus = new TcpBus({ id: 'client', peers: { server: { host: 'server', port: 7000 } } })
    const retry = { attempts: 500, delay: 20, idempotencyKey: isKeyed }
    for (let n = 0; n < 5; n++) await bus.request('server', 'count', n, { timeout: 200, retry })
    await bus.close()
  })
  if (new Set(handled).size !== 5) throw new Error(`lost: ${handled.join()}`)
  if (handled.length !== 5) throw new Error(`twice: ${handled.join()}`)
}

const chaos = { latency: 'drawn', loss: [0, 0.2], clog: true, partition: true, pause: true } as const

test('requests with a key are handled once, whatever the network does', async () => {
  const { failure } = await checkSimulation((sim) => counting(sim, true), { iterations: 200, chaos })
  expect(failure?.failure.message).toBeUndefined()
})

test('requests without one are handled twice: found', async () => {
  const { failure } = await checkSimulation((sim) => counting(sim, false), { iterations: 1_000, chaos })
  expect(failure?.failure.message).toMatch(/^twice: /)
})

test('a message that was never written is known not to be there, one that was is not', async () => {
  const silent = net.createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as net.AddressInfo
  const bus = new TcpBus({
    id: 'a',
    peers: { silent: { host: '127.0.0.1', port }, none: { host: '127.0.0.1', port: 1 } },
    queueLimit: 2,
  })
  await expect(bus.request('silent', 'x', undefined, { timeout: 50 })).rejects.toMatchObject({ name: 'RequestTimeout' })
  const none = [1, 2, 3].map((n) => bus.request('none', 'x', n, { timeout: 50 }).catch((error: Error) => error.message))
  expect(await Promise.all(none)).toEqual([
    "'x' to 'none' was not sent: no connection within 50 ms",
    "'x' to 'none' was not sent: no connection within 50 ms",
    "'x' to 'none' was not sent: 2 messages wait for a connection already",
  ])
  const open = bus.request('silent', 'x').catch((error: Error) => error.name)
  await bus.close()
  expect(await open).toBe('ConnectionReset')
  silent.close()
})

test.each([
  [{ id: '', peers: {} }, 'TcpBus id'],
  [{ id: 'a', peers: {}, port: 70_000 }, 'TcpBus port'],
  [{ id: 'a', peers: { b: { host: 'b' } } }, 'TcpBus peers.b'],
  [{ id: 'a', peers: {}, prot: 1 }, "TcpBus option 'prot'"],
  [{ id: 'a', peers: {}, queueLimit: 0 }, 'TcpBus queueLimit'],
])('bad options are named: %j', (options, name) => {
  expect(() => new TcpBus(options as never)).toThrow(name)
})
