/** What `simulation.fails` expects, and how long a test looks for the sites of the modules it has loaded. */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitest, simulationReport } from '../helpers/run-vitest.ts'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'

const config = `${configHead}
export default defineConfig({ resolve: { alias: aliases }, plugins: [simulationPlugin({ seed: 1, keepFailures: false })] })
`
const library = `import { always, sometimes } from 'vitest-simulation/sdk'
export function recover(turn) { if (turn === 4) sometimes(true, 'recovered') }
export function audit() { always(true, 'audited') }
`
const tests = `import { afterEach, describe } from 'vitest'
import { simulation, sometimes, untilAllSometimesReached } from 'vitest-simulation'
import { recover } from './library.ts'

const endless = async (sim) => { for (;;) await sim.sleep(1) }
const limits = { limits: { events: 1e12, virtualMs: 1e12 } }
simulation.fails('ended by the budget', { ...limits, slowTimeout: { period: 200, terminateAfter: 1 } }, endless)
simulation.fails('ended by the timeout', { ...limits, timeout: 300 }, endless)
simulation.fails('fails as expected', () => { throw new Error('planted') })
describe('with a broken hook', () => {
  afterEach(() => { throw new Error('broken hook') })
  simulation.fails('passes before its hook fails', (sim) => sim.sleep(1))
})
simulation.test('looks for the sites of its module', { iterations: untilAllSometimesReached(50) }, (sim) => {
  sometimes(true, 'at once')
  recover(sim.iteration)
})
`

let root: string
let output: string
let report: string

beforeAll(async () => {
  root = makeTemporaryProject({ files: { 'vitest.config.ts': config, 'library.ts': library, 'a.test.ts': tests } })
  const run = await runVitest({ root, args: ['run', '--reporter=verbose'] })
  output = `${run.stdout}\n${run.stderr}`
  report = simulationReport(run.stdout)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('an interruption is no failure that was expected', () => {
  expect(output).toMatch(/× a\.test\.ts > ended by the budget/)
  expect(output).toMatch(/interrupted after \d+ iterations: ended after 0\.2 s of real time/)
  expect(output).toMatch(/× a\.test\.ts > ended by the timeout/)
  expect(output).toMatch(/Test timed out in 300ms/)
})

test('nor is a hook that fails', () => {
  expect(output).toMatch(/× a\.test\.ts > with a broken hook/)
  expect(output).toContain('broken hook')
})

test('twin: a failing seed is', () => expect(output).toMatch(/✓ a\.test\.ts > fails as expected/))

test('a sometimes of a module that was not evaluated yet is waited for, ten iterations at least', () => {
  expect(report).toMatch(/sometimes recovered +1 of 10 +10 % +\d+ +library\.ts:2/)
  expect(report).toMatch(/see(?: recovered)?: SIMULATION_TIMELINE=1 SIMULATION_SEED=\d+ npx vitest run a\.test\.ts/)
})

test('an always that nothing evaluated is listed', () => {
  expect(report).toMatch(/never evaluated by any simulation: audited {2}library\.ts:3/)
})
