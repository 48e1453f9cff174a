/** A family or a buggify site that was on and never did anything is warned about; one that did is not. */
import { expect, test } from 'vitest'
import { resultMeta } from '../../plugin/worker/meta.ts'
import type { TestSettings } from '../../plugin/worker/settings.ts'
import { buggify } from '../../src/assertions/sdk.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/runner/simulation.ts'
import { passes } from './check.ts'
import { Wire } from './wire.ts'

const warnings = async (body: (sim: Simulation) => unknown, options: SimulationOptions): Promise<readonly string[]> => {
  const result = await passes(body, { iterations: 100, ...options })
  const settings: TestSettings = { options, seed: 7, seedSource: 'test', alone: false, slow: null }
  return resultMeta(settings, result, []).warnings
}

const chat = async (sim: Simulation): Promise<void> => {
  const wire = new Wire(sim, ['a', 'b'])
  for (let n = 0; n < 20; n++) {
    await wire.send('a', 'b').catch(() => undefined)
    await sim.sleep(20)
  }
}

const silent = (sim: Simulation): Promise<void> => {
  new Wire(sim, ['a', 'b'])
  return sim.sleep(400)
}

const often = { every: [10, 50], lasts: [50, 200] } as const
const all = { loss: 0.2, duplication: 0.2, sendFailure: 0.2, slowPairs: 0.5, clog: often, partition: often } as const

test('families that never touched a message are inert; the same ones with traffic are not', async () => {
  const warned = await warnings(silent, { chaos: all })
  for (const family of ['loss', 'duplication', 'send failure', 'slow pair']) {
    expect(warned).toContain(`inert fault: ${family} was never injected in 100 iterations`)
  }
  for (const family of ['clog', 'partition']) {
    expect(warned.join('\n')).toMatch(new RegExp(`inert fault: ${family} was injected \\d+× without any effect`))
  }
  expect(await warnings(chat, { chaos: all })).toEqual([])
})

test('calm has nothing to warn about', async () => {
  expect(await warnings(silent, {})).toEqual([])
})

test('a buggify site counts its firings, and how often it was asked', async () => {
  const body = async (sim: Simulation): Promise<void> => {
    await chat(sim)
    buggify('fires')
    buggify('cannot fire', 0)
  }
  const { sites } = await passes(body, { iterations: 100, chaos: { buggify: true }, determinism: 0 })
  const site = (name: string) => sites.find((one) => one.kind === 'buggify' && one.name === name)
  expect(site('fires')?.hits).toBeGreaterThan(0)
  expect((site('fires')?.hits ?? 0) + (site('fires')?.misses ?? 0)).toBe(100)
  expect(site('cannot fire')).toMatchObject({ hits: 0, misses: 100 })
  expect(site('bus: request sent late')?.hits).toBeGreaterThan(10)
})

test('a buggify site that never fired is inert, unless buggify was off', async () => {
  const body = async (sim: Simulation): Promise<void> => {
    await chat(sim)
    buggify('fires')
    buggify('cannot fire', 0)
  }
  const warned = await warnings(body, { chaos: { buggify: true } })
  expect(warned).toEqual(["inert fault: buggify site 'cannot fire' never fired in 100 iterations"])
  expect(await warnings(body, { chaos: { loss: 0.2 } })).toEqual([])
  expect(await warnings(body, {})).toEqual([])
})
