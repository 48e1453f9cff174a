/** What came of a test's operations, and the errors that nobody heard, in every format; slices add up. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { maskTimes, simulationReport } from '../helpers/run-vitest.ts'
import { runFixture } from './fixture.ts'

test('the report counts operations by name, tells of errors that nobody heard, and warns of what was never ok', async () => {
  const { stdout, exitCode } = await runFixture('operations')
  expect(simulationReport(maskTimes(stdout))).toMatchInlineSnapshot(`
    " Simulation  2 tests · 40 iterations · 7.6s virtual in <time> · seed 42 (plugin)
       ✓ counts operations   20 iterations
       ✓ does nothing        20 iterations
           unheard  Error of ask on bank 184× (first seed 42)

       operations     ok  failed  unknown  simulation
         pay         488     112        0  counts operations
         pay           0     216        0  does nothing
         ask           0       0      184  does nothing
         idle          0       0        0  does nothing

       faults          injected  effective
         send failure       112        112

       warning does nothing: operation 'pay' was never ok: 216 failed, 0 unknown, in 20 iterations
       warning does nothing: operation 'ask' was never ok: 0 failed, 184 unknown, in 20 iterations
       warning does nothing: operation 'idle' was never done, in 20 iterations"
  `)
  expect(exitCode).toBe(0)
})

test('the GitHub summary says the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'operations-'))
  const file = join(folder, 'summary.md')
  await runFixture('operations', ['--reporter=dot'], { env: { GITHUB_STEP_SUMMARY: file } })
  const text = readFileSync(file, 'utf8')
  rmSync(folder, { recursive: true })
  expect(text).toContain('| does nothing | pay | 0 | 216 | 0 |\n| does nothing | ask | 0 | 0 | 184 |\n')
  expect(text).toContain('unheard  Error of ask on bank 184× \\(first seed 42\\)')
  expect(text).toContain("operation 'idle' was never done, in 20 iterations")
})
