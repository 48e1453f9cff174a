/** Time ends a test in the middle of one slow seed: that seed is named, and its command runs it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Run, removeProjects, replayProject } from './project.ts'

afterAll(removeProjects)

const timeout = 120_000

/** Slow in the seventh iteration only, which draws it from its seed. */
const suite = (options: string): string => `
import { writeFileSync } from 'node:fs'
import { simulation } from 'vitest-simulation'
simulation.test('ends', { iterations: 500, limits: { events: 1e12, virtualMs: 1e12 }, ${options} }, async (sim) => {
  const draw = sim.random.integer(0, 39)
  if (draw === 11) {
    await sim.real(() => writeFileSync('under-way', ''))
    for (;;) await sim.sleep(1)
  }
  await sim.sleep(5)
})
simulation.test('ends in time', { iterations: 50, ${options} }, (sim) => sim.sleep(5))
`

const endings = {
  "Vitest's timeout": 'timeout: 1_500',
  terminateAfter: "slowTimeout: { period: '1500ms', terminateAfter: 1 }",
}

const named = ({ text, metas }: Run): { seed: number; commands: readonly string[] } => {
  const [, seed] = /seed (\d+) was under way · iteration \d+ of 500/.exec(text) ?? []
  expect(seed, text).toBeDefined()
  const [failure] = metas.get('ends')?.failures ?? []
  expect(failure).toMatchObject({ kind: 'Interrupted', seed: Number(seed) })
  expect(metas.get('ends')?.status).toBe('interrupted')
  return {
    seed: Number(seed),
    commands: [...text.matchAll(/^ +replay: (.*)$/gm)].map(([, command]) => command as string),
  }
}

test.each(
  Object.entries(endings).flatMap(([name, options]) =>
    ['forks', 'threads'].map((pool) => [name, pool, options] as const),
  ),
)('%s, in %s', { timeout }, async (_name, pool, options) => {
  const project = replayProject('seed: 5, keepFailures: false')
  writeFileSync(join(project.root, 'slow.test.ts'), suite(options))
  const run = await project.run(`slow.test.ts --pool=${pool}`)
  expect(run.exitCode).toBe(1)
  const { seed, commands } = named(run)
  expect(seed, 'not the root').not.toBe(5)
  expect(commands.length, 'in the failure and in the report').toBeGreaterThanOrEqual(2)
  expect(new Set(commands).size, run.text).toBe(1)
  expect(run.metas.get('ends in time')?.status).toBe('passed')
  const again = await project.paste(`${commands[0]} --pool=${pool}`)
  expect(again.exitCode).toBe(1)
  expect(/seed (\d+) was under way · iteration 1/.exec(again.text)?.[1]).toBe(String(seed))
})

test('--bail', { timeout }, async () => {
  const project = replayProject('seed: 5, keepFailures: false')
  writeFileSync(join(project.root, 'slow.test.ts'), suite(''))
  const failing = `
import { existsSync } from 'node:fs'
import { test } from 'vitest'
test('fails', { timeout: 60_000 }, async () => {
  while (!existsSync('under-way')) await new Promise((resolve) => setTimeout(resolve, 50))
  throw new Error('planted')
})
`
  writeFileSync(join(project.root, 'failing.test.ts'), failing)
  const { text, exitCode } = await project.run('slow.test.ts failing.test.ts --bail 1 --maxWorkers=2')
  expect(exitCode).toBe(1)
  const [, seed] = /replay: SIMULATION_SEED=(\d+) npx vitest run slow\.test\.ts/.exec(text) ?? []
  expect(seed, text).toBeDefined()
  expect(seed, 'not the root').not.toBe('5')
})
