/** What is real stays real, and is reached through `sim.real` only. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'

const server = http.createServer((_request, response) => response.end('real'))
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const text = async (): Promise<string> => (await fetch(url)).text()

test('a server of the test file is there in real time only', async () => {
  const { failure } = await checkSimulation(
    async (sim) => {
      expect(await sim.real(text)).toBe('real')
      expect(await sim.node('client').run(() => sim.real(text))).toBe('real')
      await expect(text()).rejects.toThrow('fetch failed')
    },
    { iterations: 5, determinism: 1 },
  )
  expect(failure?.failure.message).toBeUndefined()
  expect(await text()).toBe('real')
})

test('an error of a socket that nobody hears fails the seed, and so does an assertion in a listener', async () => {
  const dead = async (): Promise<void> => void http.get('http://nobody/')
  const silent = { iterations: 1, shrink: false }
  const first = await checkSimulation(async (sim) => {
    await sim.node('client').run(dead)
    await sim.sleep(10)
  }, silent)
  expect(first.failure?.failure).toMatchObject({ kind: 'UnhandledError', message: 'getaddrinfo ENOTFOUND nobody' })
  const second = await checkSimulation(async (sim) => {
    sim.node('web', () => {
      http
        .createServer((request, response) => {
          expect(request.url).toBe('/b')
          response.end()
        })
        .listen(80)
    })
    await sim.node('client').run(() => fetch('http://web/a').catch(() => {}))
  }, silent)
  expect(second.failure?.failure).toMatchObject({ kind: 'UnhandledError' })
})
