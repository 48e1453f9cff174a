import { Pool } from 'tarn'
import { expect, test } from 'vitest'
import { checkSimulation, type Simulation } from 'vitest-simulation'

interface Connection {
  readonly id: number
  isLost: boolean
}

/** A service with a pool of connections to a database on another node. */
async function service(sim: Simulation): Promise<void> {
  sim.node('database', (node) => {
    node.bus.handle('connect', () => node.id)
    node.bus.handle('close', () => 'closed')
  })
  const client = sim.node('service')
  await client.run(async () => {
    let count = 0
    const pool = new Pool<Connection>({
      create: async () => {
        await client.bus.request('database', 'connect', undefined, { timeout: 1_000 })
        return { id: ++count, isLost: false }
      },
      destroy: async () => {
        await client.bus.request('database', 'close', undefined, { timeout: 1_000 })
      },
      min: 0,
      max: 2,
      createTimeoutMillis: 100,
      acquireTimeoutMillis: 2_000,
      propagateCreateError: true,
    })
    for (let n = 0; n < 5; n++) {
      try {
        const connection = await pool.acquire().promise
        await sim.sleep(10)
        pool.release(connection)
      } catch {
        // No connection in time, or none at all: the service goes on without.
      }
    }
    await pool.destroy()
  })
}

const chaos = { latency: 'drawn', loss: [0, 0.2] } as const

test('a connection that comes too late and cannot be closed kills the process', async () => {
  const { failure } = await checkSimulation(service, { iterations: 1_000, chaos })
  expect(failure?.failure.kind).toBe('UnhandledError')
  expect(failure?.failure.message).toMatch(/close/)
})

test('the same without a simulation', async () => {
  const unhandled: unknown[] = []
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (reason) => unhandled.push(reason))
  try {
    const pool = new Pool<object>({
      create: () => new Promise((resolve) => setTimeout(() => resolve({}), 30)),
      destroy: () => Promise.reject(new Error('the connection is broken')),
      min: 0,
      max: 1,
      createTimeoutMillis: 10,
      acquireTimeoutMillis: 1_000,
      propagateCreateError: true,
    })
    await pool.acquire().promise.catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(unhandled).toEqual([new Error('the connection is broken')])
  } finally {
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
  }
})
