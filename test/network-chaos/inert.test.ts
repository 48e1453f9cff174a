/** A family or a buggify site that was on and never did anything is warned about; one that did is not. */
import { expect, test } from 'vitest'
import { resultMeta } from '../../plugin/worker/meta.ts'
import type { TestSettings } from '../../plugin/worker/settings.ts'
import { buggify } from '../../src/assertions/sdk.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
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

const clocks = async (sim: Simulation): Promise<void> => {
  const node = sim.node('a')
  for (let n = 0; n < 20; n++) await node.run(() => sim.sleep(20 + (Date.now() % 2)))
}

test('a crash that is drawn as a wipe or a graceful stop is a crash', async () => {
  const boots = (sim: Simulation): Promise<void> => {
    for (const id of ['a', 'b', 'c']) sim.node(id, () => undefined)
    return sim.sleep(2_000)
  }
  for (const crash of [{ wipe: 1 }, { graceful: 1 }, { wipe: 1, graceful: 1 }, { wipe: 0.5, graceful: 0.999 }]) {
    expect(await warnings(boots, { chaos: { crash } })).toEqual([])
  }
  const none = await warnings((sim) => (sim.node('a'), sim.sleep(400)), { chaos: { crash: { wipe: 1 } } })
  expect(none).toEqual(['inert fault: crash was never injected in 100 iterations'])
})

test('clocks of nodes without a boot function jump, too; a clock that nobody reads is inert', async () => {
  expect(await warnings(clocks, { chaos: { clock: true } })).toEqual([])
  expect(await warnings(clocks, { chaos: { clock: { maxSkewMs: 0, maxDriftPpm: 0 } } })).toEqual([])
  const long = async (sim: Simulation): Promise<void> => {
    await clocks(sim)
    await sim.sleep(60_000)
  }
  const { families } = await passes(long, { iterations: 10, chaos: { clock: { maxSkewMs: 0, maxDriftPpm: 0 } } })
  expect(families.map(({ family }) => family)).toEqual(['clock jump'])
  const unread = await warnings((sim) => (sim.node('a'), sim.sleep(20_000)), { chaos: { clock: true } })
  expect(unread.join('\n')).toMatch(/inert fault: clock jump was injected \d+×.*\n.*clock was injected 100× without/)
})

test('a timer that drift moves has noticed the clock', async () => {
  const timers = (sim: Simulation): Promise<unknown> =>
    sim.node('a').run(() => new Promise((done) => setTimeout(done, 500)))
  const { families } = await passes(timers, { chaos: { clock: { maxSkewMs: 0, maxJumpMs: 0 } } })
  expect(families.find(({ family }) => family === 'clock')?.effective).toBeGreaterThan(15)
})

test('a few faults without effect, or a few iterations, say nothing yet', async () => {
  const rare = { partition: { every: [200, 20_000], lasts: [5, 10] } } as const
  const { families } = await passes(silent, { iterations: 20, chaos: rare })
  expect(families.find(({ family }) => family === 'partition')?.injected).toBeGreaterThan(0)
  expect(await warnings(silent, { iterations: 20, chaos: rare })).toEqual([])
  expect(await warnings(silent, { iterations: 9, chaos: all })).toEqual([])
})

test('a slow pair that always lies at the slow peer is no inert one', async () => {
  expect(await warnings(chat, { chaos: { slowPeer: true, slowPairs: 0.01 } })).toEqual([])
})
