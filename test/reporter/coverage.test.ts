import { describe, expect, test } from 'vitest'
import { simulationReport } from '../helpers/run-vitest.ts'
import { runFixture } from './fixture.ts'

const judged = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
  const { stdout, exitCode } = await runFixture('coverage', ['--reporter=dot', ...args], { env })
  const report = simulationReport(stdout)
  return { exitCode, lines: report.split('\n').filter((line) => /never evaluated|not judged/.test(line)) }
}
const required = { FIXTURE_COVERAGE: 'required' }

describe('sites that no simulation of the run evaluated', () => {
  test('are listed, and fail nothing by default', async () => {
    expect(await judged([], {})).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "lines": [
          "   never evaluated by any simulation: gave up  src/bus.ts:7",
          "   never evaluated by any simulation: checked by nobody  src/bus.ts:10",
          "   never evaluated by any simulation: request timed out  src/bus.ts:41",
        ],
      }
    `)
  })

  test('fail the run when coverage is required', async () => {
    expect(await judged([], required)).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "lines": [
          "   never evaluated by any simulation: gave up  src/bus.ts:7",
          "   never evaluated by any simulation: checked by nobody  src/bus.ts:10",
          "   never evaluated by any simulation: request timed out  src/bus.ts:41",
          "   × the run fails: coverage is required, and these sites were never evaluated",
        ],
      }
    `)
  })

  test('twin: required coverage that is complete does not fail', async () => {
    expect(await judged([], { ...required, FIXTURE_FILES: 'all' })).toEqual({ exitCode: 0, lines: [] })
  })

  test.each([
    ['a name filter', ['-t', 'evaluates some'], {}, 'tests were filtered by name (-t)'],
    ['a file filter', ['first'], {}, 'test files were filtered by name'],
    ['a shard', ['--shard=1/2'], {}, 'this is shard 1 of 2; merged reports are judged'],
    ['a replayed seed', [], { SIMULATION_SEED: '5' }, 'a single seed was replayed'],
    ['no simulation', [], { FIXTURE_FILES: 'unit' }, 'no simulation ran'],
  ])('are not judged after %s', async (_, args, env, reason) => {
    expect(await judged(args, { ...required, ...env })).toEqual({
      exitCode: 0,
      lines: [`   coverage of the run not judged: ${reason}`],
    })
  })

  test('are not judged when a file does not load', async () => {
    const env = { ...required, FIXTURE_FILES: '{first,broken}' }
    expect((await judged([], env)).lines).toEqual(['   coverage of the run not judged: a test file failed to load'])
  })

  test('are not judged after an interruption', async () => {
    const { stdout, exitCode } = await runFixture('slices', ['--reporter=dot', '--bail=1', '--no-file-parallelism'])
    expect(simulationReport(stdout)).toContain('coverage of the run not judged: the run was interrupted')
    expect(exitCode).toBe(1)
  })
})
