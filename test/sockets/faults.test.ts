/** What happens to connections when links, machines and processes fail. */
import { once } from 'node:events'
import dgram from 'node:dgram'
import net from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A node that sends back what it gets. */
function echo(sim: Simulation, id = 'server') {
  return sim.node(id, () => {
    net
      .createServer((socket) => {
        socket.on('error', () => {})
        socket.pipe(socket)
      })
      .listen(7)
  })
}

interface Seen {
  text: string
  events: string[]
  at: Record<string, number>
}

/** A client of `server` that writes down what happens to its socket. */
function connect(sim: Simulation, options: Partial<net.NetConnectOpts> = {}): { socket: net.Socket; seen: Seen } {
  const seen: Seen = { text: '', events: [], at: {} }
  const note = (event: string): void => {
    seen.events.push(event)
    seen.at[event] = sim.now
  }
  const socket = net.connect({ port: 7, host: 'server', ...options } as net.NetConnectOpts)
  socket.on('connect', () => note('connect'))
  socket.on('data', (data) => (seen.text += String(data)))
  socket.on('end', () => note('end'))
  socket.on('error', (error: NodeJS.ErrnoException) => note(error.code ?? error.message))
  socket.on('close', () => note('close'))
  return { socket, seen }
}

async function run(body: (sim: Simulation) => Promise<void>, options: object = {}): Promise<void> {
  const { failure } = await checkSimulation(body, { iterations: 5, determinism: 1, shrink: false, ...options })
  if (failure !== undefined) throw new Error(failure.failure.message, { cause: failure.failure.stack })
}

/** Kinds of real sockets that are open now. */
const openSockets = (): string[] => process.getActiveResourcesInfo().filter((name) => /^(?:TCP|UDP)/.test(name))
const openBefore = openSockets()

afterAll(() => expect(openSockets()).toEqual(openBefore))

describe('a partition', () => {
  test('delays what is written until it is healed', () =>
    run(async (sim) => {
      echo(sim)
      await sim.node('client').run(async () => {
        const { socket, seen } = connect(sim)
        await once(socket, 'connect')
        const heal = sim.network.partition(['client'], ['server'])
        socket.write('one')
        await wait(700)
        expect(seen.text).toBe('')
        heal()
        socket.write(', two')
        await wait(1_000)
        expect(seen.text).toBe('one, two')
        expect(seen.events).toEqual(['connect'])
        socket.destroy()
      })
    }))

  test('that nobody heals ends connections as Linux does', () =>
    run(async (sim) => {
      echo(sim)
      await sim.node('client').run(async () => {
        const { socket, seen } = connect(sim)
        await once(socket, 'connect')
        sim.network.isolate('server')
        const start = sim.now
        socket.write('into the void')
        const other = connect(sim)
        await new Promise((resolve) => other.socket.once('close', resolve))
        expect(other.seen.events).toEqual(['ETIMEDOUT', 'close'])
        // 1 + 2 + 4 + … + 64 s.
        expect(other.seen.at['ETIMEDOUT']! - start).toBeCloseTo(127_000, -2)
        await new Promise((resolve) => socket.once('close', resolve))
        expect(seen.events).toEqual(['connect', 'ETIMEDOUT', 'close'])
        expect(seen.at['ETIMEDOUT']! - start).toBeCloseTo(924_600, -3)
      })
    }))

  test('of one direction only loses acknowledgements, and no byte twice', () =>
    run(async (sim) => {
      let received = ''
      sim.node('server', () => {
        net.createServer((socket) => socket.on('data', (data) => (received += String(data)))).listen(7)
      })
      await sim.node('client').run(async () => {
        const { socket } = connect(sim)
        await once(socket, 'connect')
        await wait(50)
        const heal = sim.network.partition(['server'], ['client'], { oneWay: true })
        for (const text of ['a', 'b', 'c']) {
          socket.write(text)
          await wait(500)
        }
        expect(received).toBe('abc')
        heal()
        await wait(5_000)
        expect(received).toBe('abc')
        socket.destroy()
      })
    }))
})

describe('the end of the other side', () => {
  test('a machine that crashes says nothing, and after its restart it knows no connection', () =>
    run(async (sim) => {
      const server = echo(sim)
      await sim.node('client').run(async () => {
        const { socket, seen } = connect(sim)
        await once(socket, 'connect')
        await wait(50)
        server.crash()
        await wait(60_000)
        expect(seen.events).toEqual(['connect'])
        const refused = connect(sim)
        await wait(2_000)
        expect(refused.seen.events).toEqual([])
        refused.socket.destroy()
        server.restart()
        await wait(100)
        socket.write('are you there?')
        await new Promise((resolve) => socket.once('close', resolve))
        expect(seen.events).toEqual(['connect', 'ECONNRESET', 'close'])
      })
    }))

  test('keep-alive finds out', () =>
    run(async (sim) => {
      const server = echo(sim)
      await sim.node('client').run(async () => {
        const { socket, seen } = connect(sim, { keepAlive: true, keepAliveInitialDelay: 10_000 })
        await once(socket, 'connect')
        await wait(60_000)
        expect(seen.events).toEqual(['connect'])
        server.crash()
        const start = sim.now
        await new Promise((resolve) => socket.once('close', resolve))
        expect(seen.events).toEqual(['connect', 'ETIMEDOUT', 'close'])
        expect(sim.now - start).toBeLessThan(25_000)
      })
    }))

  test('a process that dies is a reset, and its port refuses', () =>
    run(async (sim) => {
      const server = echo(sim)
      await sim.node('client').run(async () => {
        const { socket, seen } = connect(sim)
        await once(socket, 'connect')
        await wait(50)
        server.crash({ peers: 'reset' })
        await new Promise((resolve) => socket.once('close', resolve))
        expect(seen.events).toEqual(['connect', 'ECONNRESET', 'close'])
        const again = connect(sim)
        await new Promise((resolve) => again.socket.once('close', resolve))
        expect(again.seen.events).toEqual(['ECONNREFUSED', 'close'])
      })
    }))

  test('process.exit() does the same', () =>
    run(async (sim) => {
      sim.node('server', { restart: false }, () => {
        net.createServer((socket) => socket.on('data', () => process.exit(1))).listen(7)
      })
      await sim.node('client').run(async () => {
        const { socket, seen } = connect(sim)
        await once(socket, 'connect')
        socket.write('die')
        await new Promise((resolve) => socket.once('close', resolve))
        expect(seen.events).toEqual(['connect', 'ECONNRESET', 'close'])
      })
    }))

  test('a graceful stop ends connections', () =>
    run(async (sim) => {
      const server = echo(sim)
      await sim.node('client').run(async () => {
        const { socket, seen } = connect(sim)
        await once(socket, 'connect')
        await wait(50)
        await server.stop()
        await new Promise((resolve) => socket.once('close', resolve))
        expect(seen.events).toEqual(['connect', 'end', 'close'])
      })
    }))
})

test('a paused process is connected to by its kernel, and answers when it goes on', () =>
  run(async (sim) => {
    const server = echo(sim)
    await wait(10)
    server.pause()
    await sim.node('client').run(async () => {
      const { socket, seen } = connect(sim)
      await once(socket, 'connect')
      socket.write('one, ')
      await wait(100)
      socket.write('two')
      await wait(5_000)
      expect(seen.text).toBe('')
      server.resume()
      await wait(200)
      expect(seen.text).toBe('one, two')
      socket.destroy()
    })
  }))

describe('every fault there is', () => {
  const size = 40_000

  async function transfer(sim: Simulation): Promise<void> {
    const sent: Buffer[] = []
    sim.node('server', () => {
      net.createServer((socket) => socket.pipe(socket)).listen(7)
    })
    await sim.node('client').run(async () => {
      const socket = net.connect(7, 'server')
      const received: Buffer[] = []
      socket.on('data', (data) => received.push(data as unknown as Buffer))
      for (let left = size; left > 0;) {
        const piece = Buffer.alloc(Math.min(left, 1 + Math.floor(Math.random() * 4_000)))
        for (let at = 0; at < piece.length; at++) piece[at] = Math.floor(Math.random() * 256)
        left -= piece.length
        sent.push(piece)
        socket.write(piece)
        await wait(Math.random() * 5)
      }
      socket.end()
      await once(socket, 'close')
      if (!Buffer.concat(received).equals(Buffer.concat(sent))) throw new Error('other bytes came back')
    })
  }

  const chaos = {
    loss: [0, 0.3],
    duplication: [0, 0.3],
    reordering: [0, 0.3],
    latency: 'drawn',
    clog: true,
    partition: true,
    pause: true,
  }

  test('loses, doubles or disorders no byte', () => run(transfer, { chaos, iterations: 40 }))

  test('is drawn again for the same seed, and is short in a plan', async () => {
    // Fails always, so that the plan can be looked at.
    const { failure } = await checkSimulation(
      async (sim) => {
        await transfer(sim)
        throw new Error('the end')
      },
      { chaos: { loss: [0.2, 0.3] }, iterations: 1, shrink: false } as never,
    )
    expect(failure?.failure.message).toBe('the end')
    const losses = failure?.run?.faults.filter(({ family }) => family === 'loss') ?? []
    expect(losses.length).toBeGreaterThan(0)
    expect(losses.length).toBeLessThanOrEqual(2)
  })
})

test('datagrams are lost, doubled and overtaken like any message', async () => {
  const counts = new Set<number>()
  await run(
    async (sim) => {
      const received: string[] = []
      sim.node('server', () => {
        dgram
          .createSocket('udp4')
          .on('message', (text) => received.push(String(text)))
          .bind(53)
      })
      await sim.node('client').run(async () => {
        const socket = dgram.createSocket('udp4')
        for (let index = 0; index < 20; index++) {
          socket.send(`${index}`, 53, 'server')
          await wait(1)
        }
        await wait(1_000)
        socket.close()
      })
      counts.add(received.length)
    },
    { chaos: { loss: [0.1, 0.3], duplication: [0.1, 0.3], reordering: [0.1, 0.3] } },
  )
  expect(counts.size).toBeGreaterThan(1)
})

test('whoever waits for a connection is told which', async () => {
  const { failure } = await checkSimulation(
    async (sim) => {
      sim.node('silent', () => {
        net.createServer(() => {}).listen(80)
      })
      await sim.node('client').run(async () => {
        const socket = net.connect(80, 'silent')
        await once(socket, 'data')
      })
    },
    { iterations: 1, shrink: false },
  )
  expect(failure?.failure.kind).toBe('Deadlock')
  expect(failure?.failure.message).toMatch(
    /client waits for connection client:49152 → silent:80, idle, since [\d.]+ ms/,
  )
})
