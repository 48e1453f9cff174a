/** A seed is the same run on every version of Node, in every process: Node's sockets above, the simulation's TCP below. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { expect, test } from 'vitest'
import { sameSeedSameDigest } from '../laws/laws.ts'
import type { Simulation } from '../../src/world/door.ts'

const chaos = {
  latency: 'drawn',
  loss: [0, 0.2],
  duplication: [0, 0.2],
  reordering: [0, 0.2],
  clog: true,
  partition: true,
  pause: true,
  crash: true,
} as const

async function echo(sim: Simulation): Promise<void> {
  sim.node('server', () => {
    net.createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(7)
  })
  await sim.node('client').run(async () => {
    for (let round = 0; round < 5; round++) {
      const socket = net.connect(7, 'server').setTimeout(2_000)
      socket.on('timeout', () => socket.destroy())
      socket.on('error', () => {})
      socket.write('x'.repeat(3_000 * round))
      socket.end(`${round}`)
      socket.resume()
      await new Promise((resolve) => socket.once('close', resolve))
    }
  })
}

async function web(sim: Simulation): Promise<void> {
  sim.node('server', () => {
    http.createServer((request, response) => request.pipe(response)).listen(80)
  })
  await sim.node('client').run(async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })
    await Promise.all(
      [1, 2, 3, 4, 5].map(async (n) => {
        const options = { host: 'server', port: 80, agent, method: 'POST', timeout: 2_000 }
        const request = http.request(options)
        request.on('timeout', () => request.destroy())
        request.end('y'.repeat(1_000 * n))
        const [response] = (await once(request, 'response').catch(() => [])) as [http.IncomingMessage?]
        response?.resume().on('error', () => {})
        if (response !== undefined) await new Promise((resolve) => response.once('close', resolve))
      }),
    )
    agent.destroy()
  })
}

test.each([
  ['TCP', echo, 'a280da3688954ab9'],
  ['HTTP', web, '4bfe20de01b609e0'],
] as const)('%s under every fault', async (_name, body, expected) => {
  const options = { iterations: 30, seed: 7, determinism: 1, chaos, limits: { virtualMs: 3_600_000 } } as const
  const prints = await sameSeedSameDigest(body, options as never)
  expect(new Set(prints).size).toBe(30)
  for (const print of prints) expect(print).toMatch(/ passed$/)
  const signature = createHash('sha256').update(prints.join()).digest('hex').slice(0, 16)
  expect(signature).toBe(expected)
})
