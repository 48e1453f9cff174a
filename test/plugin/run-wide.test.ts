import { fileURLToPath } from 'node:url'
import { Writable } from 'node:stream'
import { createVitest } from 'vitest/node'
import type { Vitest } from 'vitest/node'
import { afterEach, describe, expect, test } from 'vitest'
import type { SeedChoice } from '../../plugin/options/seed-source.ts'
import { simulationPlugin } from '../../plugin/index.ts'
import type { SimulationPluginOptions } from '../../plugin/index.ts'
import { SimulationReporter, reporterMark } from '../../reporter/index.ts'

const root = fileURLToPath(new URL('../fixtures/plugin-fresh', import.meta.url))
const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })

let vitest: Vitest | undefined
const { exitCode } = process
afterEach(async () => {
  await vitest?.close()
  process.exitCode = exitCode // a run inside this one sets it for the whole process
})

/** Real Vitest in this process: two projects, each with the plugin, as `extends: true` loads it. */
async function start(options: SimulationPluginOptions, reporters: unknown[] = ['dot']): Promise<Vitest> {
  const project = (name: string): object => ({ root, plugins: [simulationPlugin(options)], test: { name, root } })
  vitest = await createVitest(
    'test',
    {
      root,
      config: false,
      watch: true,
      reporters: reporters as never,
      projects: [project('a'), project('b')] as never,
    },
    { server: { watch: null } },
    { stdout: silent() as never, stderr: silent() as never },
  )
  return vitest
}

function seedsGiven({ state }: Vitest): SeedChoice[] {
  return state
    .getTestModules()
    .flatMap((module) => [...module.children.allTests()])
    .map((each) => (each.meta() as { given?: SeedChoice }).given as SeedChoice)
}

const marks = (run: Vitest): number =>
  (run as unknown as { reporters: object[] }).reporters.filter((reporter) => reporterMark in reporter).length

describe('a run', () => {
  test('has one fresh seed for all its projects, and another one when it runs again', async () => {
    const run = await start({})
    await run.start()
    const first = seedsGiven(run)
    expect(first).toHaveLength(2)
    expect(new Set(first.map(({ value }) => value)).size).toBe(1)
    expect(first[0]).toEqual({ value: expect.any(Number), source: 'fresh' })

    await run.rerunTestSpecifications(await run.globTestSpecifications())
    const second = seedsGiven(run)
    expect(new Set(second.map(({ value }) => value)).size).toBe(1)
    expect(second[0]?.value).not.toBe(first[0]?.value)
  })

  test('keeps a chosen seed when it runs again', async () => {
    const run = await start({ seed: 7 })
    await run.start()
    await run.rerunTestSpecifications(await run.globTestSpecifications())
    expect(seedsGiven(run)).toEqual([
      { value: 7, source: 'plugin' },
      { value: 7, source: 'plugin' },
    ])
  })

  test('has the reporter once, whoever added it, and not at all when it is turned off', async () => {
    expect(marks(await start({}))).toBe(1)
    await vitest?.close()
    expect(marks(await start({}, ['dot', new SimulationReporter()]))).toBe(1)
    await vitest?.close()
    expect(marks(await start({ reporter: false }))).toBe(0)
    await vitest?.close()
    expect(marks(await start({ reporter: false }, [new SimulationReporter()]))).toBe(1)
  })
})
