/** Somebody presses Ctrl+C while a failure is shrunk, and Vitest ends at once: the best so far has been kept. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { startVitestProcess } from '../helpers/run-vitest.ts'
import { type ReplayProject, removeProjects, replayProject } from './project.ts'

afterAll(removeProjects)

const slow = `
import { operation, simulation } from 'vitest-simulation'
simulation.test('slow', { nodes: 3, shrink: { runs: 1e6, ms: 1e6 } }, async (sim) => {
  let sum = 0
  const add = operation({
    draw: ({ random }) => ({ by: random.integer(1, 1_000_000) }),
    run: (_sim, { by }) => {
      for (let i = 0; i < 6e6; i++) sum += i & 1
      if (by % 7 === 0 && sum > 9e7) throw new RangeError('too much')
    },
  })
  await sim.workload({ add }, { operations: 60 })
})
`

test('is kept from the beginning, and gets smaller', { timeout: 120_000 }, async () => {
  const project = replayProject('seed: 5, keepFailures: true')
  writeFileSync(join(project.root, 'slow.test.ts'), slow)
  const { child, ended } = startVitestProcess({ root: project.root, args: ['run', 'slow.test.ts'], timeoutMs: 110_000 })
  await until(() => keptIn(project) !== undefined)
  expect(keptIn(project)?.plan, 'at first only the seed').toBeUndefined()
  await until(() => keptIn(project)?.plan !== undefined)
  // As a terminal does: to all of them.
  process.kill(-(child.pid as number), 'SIGINT')
  const { exitCode, stderr } = await ended
  expect(exitCode).not.toBe(0)
  expect(stderr).toMatch(toldOf)
  const kept = keptIn(project)
  expect(kept).toMatchObject({ failure: 'BodyFailed: RangeError', run: { digest: expect.any(String) as unknown } })
  const { operations = [] } = (kept?.plan ?? {}) as { operations?: object[] }
  expect(operations.length).toBeLessThan(60)
})

/** What there is to read after Ctrl+C: the failing seed, and the best plan so far. */
const toldOf =
  /vitest-simulation: slow, iteration \d+, seed \d+: BodyFailed: too much; it was being shrunk: .*\r?\n {2}replay: SIMULATION_SEED=\d+ SIMULATION_PLAN=\S+ npx vitest run slow\.test\.ts/

test.each(['forks', 'threads'])('Ctrl+C in a terminal tells it and is never green, pool %s', async (pool) => {
  const project = replayProject('seed: 5, keepFailures: true')
  writeFileSync(join(project.root, 'slow.test.ts'), slow)
  const { child, ended } = startVitestProcess({
    root: project.root,
    args: ['run', 'slow.test.ts', `--pool=${pool}`],
    env: { TERM: 'xterm' },
    terminal: true,
    timeoutMs: 55_000,
  })
  await until(() => keptIn(project)?.plan !== undefined)
  child.stdin?.write('\u0003')
  const { exitCode, stdout } = await ended
  expect(exitCode).not.toBe(0)
  expect(stdout).toMatch(toldOf)
  expect(stdout).not.toMatch(/ 1 passed/)
})

test('Ctrl+C while exploring tells the seed that was running', async () => {
  const project = replayProject('seed: 5')
  const endless = `import { simulation, timeLimit } from 'vitest-simulation'
simulation.test('endless', { iterations: timeLimit('1h') }, async (sim) => { await sim.sleep(1) })`
  writeFileSync(join(project.root, 'slow.test.ts'), endless)
  const { child, ended, waitFor } = startVitestProcess({
    root: project.root,
    args: ['run', 'slow.test.ts'],
    env: { TERM: 'xterm' },
    terminal: true,
  })
  await waitFor('seeds/s')
  child.stdin?.write('\u0003')
  const { exitCode, stdout } = await ended
  expect(exitCode).not.toBe(0)
  expect(stdout).toMatch(/endless, iteration \d+, seed \d+: .*\r?\n {2}replay: SIMULATION_SEED=\d+ npx vitest run/)
})

function keptIn(project: ReplayProject) {
  return project.kept('slow.test.ts')?.tests['slow']?.[0]
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(50)
}
