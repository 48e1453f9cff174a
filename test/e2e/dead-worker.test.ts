/** A worker that dies takes its report with it: the seed that ran is named all the same. */
import { afterAll, expect, test } from 'vitest'
import { deriveSeed } from '../../src/random/seed.ts'
import { simulationReport } from '../helpers/run-vitest.ts'
import { printed, project, removeProjects } from './project.ts'

afterAll(removeProjects)

const seed = deriveSeed(5, 6)

const because = 'its process or thread ended while this seed ran'
const replay = `replay: SIMULATION_SEED=${seed} npx vitest run dies.test.ts -t 'dies$'`

test.each(['heap', 'SIGKILL', 'SIGSEGV'])('a process, of %s', { timeout: 120_000 }, async (death) => {
  const limit = `execArgv: ['--max-old-space-size=64']`
  const own = project('dies', `plugins: [simulationPlugin({ seed: 5 })], test: { pool: 'forks', ${limit} }`)
  const output = await own.run([], { FIXTURE_DEATH: death })
  const report = simulationReport(output.stdout)
  expect(output.exitCode, printed(output)).not.toBe(0)
  expect(report, printed(output)).toMatch(/⧖ dies +6 of 100 .*stopped before its verdict +seed \d+/)
  expect(report).toContain(`seed ${seed}  WorkerDied: ${because}  iteration 7, 0 ms virtual`)
  expect(report).toContain(replay)
  expect(report).toMatch(/✓ lives/)
})

test('a process, in a run without the report', { timeout: 120_000 }, async () => {
  const own = project('dies', `plugins: [simulationPlugin({ seed: 5, reporter: false })], test: { pool: 'forks' }`)
  const output = await own.run([], { FIXTURE_DEATH: 'SIGKILL' })
  expect(output.exitCode, printed(output)).not.toBe(0)
  expect(output.stderr).toMatch(new RegExp(`vitest-simulation: .*dies, iteration 7, seed ${seed}: ${because}`))
  expect(output.stderr).toContain(replay)
  const quiet = await own.run(['-t', 'lives'], {})
  expect(printed(quiet)).not.toContain(because)
  expect(quiet.exitCode).toBe(0)
  const gone = await own.run(['-t', 'nothing of that name'], { SIMULATION_SEED: '5' })
  expect(gone.stderr).toContain('the replay of seed 5 ran no simulation')
  expect(gone.exitCode).toBe(1)
})

test('a thread, and Vitest with it', { timeout: 120_000 }, async () => {
  const own = project('dies', `plugins: [simulationPlugin({ seed: 5 })], test: { pool: 'threads' }`)
  // A thread has the limit of its process, and Vitest itself needs some.
  const output = await own.run([], { FIXTURE_DEATH: 'heap', NODE_OPTIONS: '--max-old-space-size=300' })
  expect(output.exitCode, printed(output)).not.toBe(0)
  expect(printed(output)).toMatch(new RegExp(`seed ${seed}.*${because}`))
  expect(printed(output)).toContain(replay)
})
