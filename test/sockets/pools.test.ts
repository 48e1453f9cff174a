/** What Node and undici keep for a whole process belongs to each node, and to each seed. */
import { once } from 'node:events'
import http from 'node:http'
import { describe, expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'

async function run(body: (sim: Simulation) => Promise<void>): Promise<void> {
  const { failure } = await checkSimulation(body, { iterations: 5, determinism: 1, shrink: false })
  if (failure !== undefined) throw new Error(failure.failure.message, { cause: failure.failure.stack })
}

function serve(sim: Simulation, connections: string[] = []): void {
  sim.node('web', () => {
    const server = http.createServer((request, response) => {
      if (request.url === '/slow') return
      response.end('hello')
    })
    server.on('connection', (socket) => connections.push(String(socket.remoteAddress)))
    server.listen(80)
  })
}

const getByHttp = async (): Promise<void> => {
  const [response] = (await once(http.get('http://web/'), 'response')) as [http.IncomingMessage]
  response.resume()
  await once(response, 'end')
}
const getByFetch = async (): Promise<void> => void (await (await fetch('http://web/')).text())

describe.each([
  ['http.globalAgent', getByHttp],
  ['fetch', getByFetch],
])('%s', (_name, get) => {
  test('keeps a connection for each node', () =>
    run(async (sim) => {
      const connections: string[] = []
      serve(sim, connections)
      for (const id of ['a', 'b']) {
        await sim.node(id).run(async () => {
          for (let n = 0; n < 3; n++) {
            await get()
            await sim.sleep(20)
          }
        })
      }
      expect(connections).toEqual(['::ffff:10.0.0.2', '::ffff:10.0.0.3'])
    }))

  test('keeps none that a crash has taken', () =>
    run(async (sim) => {
      const connections: string[] = []
      serve(sim, connections)
      const client = sim.node('a', () => {})
      await client.run(get)
      client.crash()
      client.restart()
      await client.run(get)
      expect(connections).toHaveLength(2)
    }))
})

test('fetch takes a Request as its second argument', () =>
  run(async (sim) => {
    sim.node('echo', () => {
      const echo = async (request: http.IncomingMessage): Promise<string> => {
        const chunks = (await request.toArray()) as Buffer[]
        return `${request.method} ${String(request.headers['x-key'])} ${Buffer.concat(chunks).toString()}`
      }
      http.createServer((request, response) => void echo(request).then((text) => response.end(text))).listen(80)
    })
    await sim.node('client').run(async () => {
      const init = new Request('http://elsewhere/', { method: 'PUT', headers: { 'x-key': '7' }, body: 'hello' })
      const response = await fetch('http://echo/', init)
      expect(await response.text()).toBe('PUT 7 hello')
      await expect(fetch('no address', init)).rejects.toThrow(TypeError)
    })
  }))

test('the timeouts of one node outlive the crash of another that has set the clock for them', () =>
  run(async (sim) => {
    serve(sim)
    const first = sim.node('first')
    const second = sim.node('second')
    first.run(() => fetch('http://web/slow')).catch(() => {})
    await sim.sleep(100)
    first.crash()
    sim.network.isolate('web')
    const start = sim.now
    const error = await second.run(() =>
      fetch('http://web/').catch((thrown: Error) => thrown.cause as NodeJS.ErrnoException),
    )
    // Ten seconds by its documentation, counted in ticks of half a second.
    expect((error as NodeJS.ErrnoException).code).toBe('UND_ERR_CONNECT_TIMEOUT')
    expect(sim.now - start).toBeGreaterThan(9_000)
    expect(sim.now - start).toBeLessThan(12_000)
  }))
