import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fileURLToPath } from 'node:url'
import { defaultDrive } from '../../src/world/drive.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { real } from '../../src/virtual/real.ts'
import { runVitest } from '../helpers/run-vitest.ts'
import { fingerprints, globalsAreRestored, replayReproduces, sameSeedSameDigest } from './laws.ts'
import { mixedBody } from './mixed-body.ts'
import { combine } from './combine.ts'

const thousand: SimulationOptions = { seed: 20_240_101, iterations: 1_000, determinism: 0, chaos: { buggify: true } }
let first: string[]

beforeAll(async () => {
  first = await fingerprints(mixedBody, thousand)
})

describe('a thousand seeds of a mixed body', () => {
  test('all pass, and no two of them are the same run', () => {
    expect(first).toHaveLength(1_000)
    expect(first.filter((print) => !print.endsWith(' passed'))).toEqual([])
    expect(new Set(first.map((print) => print.split(' ')[1])).size).toBe(1_000)
  })

  for (const [way, drive] of Object.entries({
    'a second time': defaultDrive,
    'by the trampoline': { ...defaultDrive, trampoline: true },
    'in slices of 0 ms': { ...defaultDrive, sliceMs: 0 },
    'in slices of 1 ms': { ...defaultDrive, sliceMs: 1 },
    'in one endless slice': { ...defaultDrive, sliceMs: Infinity },
    'by the trampoline in slices of 0 ms': { sliceMs: 0, trampoline: true },
  })) {
    test(`have the same digests ${way}`, async () => {
      expect(await fingerprints(mixedBody, thousand, { drive })).toEqual(first)
    })
  }

  test('have the same digests one by one, each alone', async () => {
    for (const print of first.slice(0, 50)) {
      const seed = Number(print.split(' ')[0])
      const { iterations: _iterations, ...options } = thousand
      expect(await fingerprints(mixedBody, { ...options, seed }, { alone: true })).toEqual([print])
    }
  })

  test('have the same digests whichever module is loaded first', async () => {
    afterAll(() => vi.resetModules())
    for (const path of [
      '../../src/network/message-network.ts',
      '../../src/bus/bus.ts',
      '../../src/nodes/life-cycle.ts',
    ]) {
      vi.resetModules()
      await import(path)
      const other = (await import('./laws.ts')) as { fingerprints: typeof fingerprints }
      const { mixedBody: body } = (await import('./mixed-body.ts')) as { mixedBody: typeof mixedBody }
      const prints = await other.fingerprints(body, { ...thousand, iterations: 20 })
      expect(prints, `${path} first`).toEqual(first.slice(0, 20))
    }
  })
})

test('a fresh process has the same digests, on forks and on threads', async () => {
  const root = fileURLToPath(new URL('../fixtures/e2e-digests', import.meta.url))
  const digests = await Promise.all(
    ['forks', 'threads'].map(async (pool) => {
      const { stdout } = await runVitest({ root, args: ['run', `--pool=${pool}`] })
      return /^DIGEST (\w+)$/m.exec(stdout)?.[1]
    }),
  )
  expect(digests).toEqual([combine(first), combine(first)])
})

describe('the law bites', () => {
  const planted: Record<string, (sim: Simulation) => unknown> = {
    'real randomness decides how long': (sim) => sim.sleep(1 + real.mathRandom() * 10),
    'real randomness decides whom to ask': async (sim) => {
      for (const id of ['a', 'b']) sim.node(id, (node) => node.bus.handle('ask', () => 1))
      await sim.node('a').bus.request(real.mathRandom() < 0.5 ? 'a' : 'b', 'ask')
      await sim.node('b').bus.request(real.mathRandom() < 0.5 ? 'a' : 'b', 'ask')
    },
    'a draw more or less': (sim) => {
      for (let i = real.mathRandom() * 100; i > 0; i--) sim.random.float()
    },
    'another owner does the same': async (sim) => {
      for (const id of ['a', 'b', 'c', 'd']) sim.node(id)
      await sim.nodes[Math.floor(real.mathRandom() * 4)]?.run(() => undefined)
    },
  }
  for (const [what, body] of Object.entries(planted)) {
    test(`when ${what}`, async () => {
      const options = { seed: 5, iterations: 20, determinism: 0 }
      expect(await fingerprints(body, options)).not.toEqual(await fingerprints(body, options))
    })
  }

  test('and not for what does not matter', async () => {
    await sameSeedSameDigest(async (sim) => {
      await sim.sleep(sim.random.below(5))
      return real.mathRandom()
    })
  })
})

describe('laws for failing simulations', () => {
  const failing: Record<string, (sim: Simulation) => unknown> = {
    'a rejection of the body': async (sim) => {
      await mixedBody(sim)
      if (sim.random.chance(0.5)) throw new Error('planted')
    },
    'a rejection that nobody handles': async (sim) => {
      await sim.sleep(sim.random.below(9))
      if (sim.random.chance(0.3)) void Promise.reject(new Error('planted'))
      await sim.sleep(20)
    },
    'an error in a nextTick': async (sim) => {
      sim.node('n', () => {
        const delay = Math.random() * 40
        setTimeout(() => {
          if (delay > 30) process.nextTick(() => process.nextTick(() => JSON.parse('{')))
        }, delay)
      })
      await sim.sleep(50)
    },
    'an invariant': async (sim) => {
      let sum = 0
      sim.invariant('the sum stays small', () => sum < 80 || `sum is ${sum}`)
      for (let i = 0; i < 20; i++) {
        sum += sim.random.below(10)
        await sim.sleep(1)
      }
    },
    'a deadlock': async (sim) => {
      if (sim.random.chance(0.3)) await new Promise(() => undefined)
    },
  }
  for (const [what, body] of Object.entries(failing)) {
    test(`${what} comes again from its seed alone`, async () => {
      const options = { seed: 11, iterations: 50, chaos: { buggify: true } }
      await replayReproduces(body, options)
      await sameSeedSameDigest(body, options)
    })
    test(`${what} leaves the process as it was`, async () => {
      expect((await globalsAreRestored(body, { seed: 11, iterations: 50 })).status).toBe('failed')
    })
  }

  test('a passing simulation leaves the process as it was', async () => {
    expect((await globalsAreRestored(mixedBody, { iterations: 5 })).status).toBe('passed')
  })
})
