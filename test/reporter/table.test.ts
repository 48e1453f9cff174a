import { describe, expect, test } from 'vitest'
import { maskTimes, simulationReport } from '../helpers/run-vitest.ts'
import { runFixture } from './fixture.ts'

describe('the table', () => {
  test('shows every outcome, rare and never reached sites, faults, warnings and failed seeds', async () => {
    const { stdout, exitCode } = await runFixture('table')
    expect(simulationReport(maskTimes(stdout))).toMatchInlineSnapshot(`
      " Simulation  9 tests · 1 skipped · 1,392 iterations · 13h 5m virtual in <time> · seed 42 (config)
         ✓ answers every request                    10 iterations           sometimes 1/1
         × keeps its invariants under every fault   38 of 1,000             seed 2711909387
             seed 2711909387  InvariantViolation: an actor lives on at most one node  iteration 38, 412 ms virtual
             seed 7  Deadlock  iteration 37, 412 ms virtual
             replay: SIMULATION_SEED=2711909387 npx vitest run test/bus.test.ts -t 'routes actors$'
         × survives a lossy network                 1,000 of 1,000          sometimes 1/2   never: request timed out (false 61,204×)  bus.test.ts:41
         ✓ misses two                               10 iterations           sometimes 0/2
             never: leader elected twice (false 3×)  bus.test.ts:50
             never: recovered (never visited)  bus.test.ts:51
         ⧖ slow_simulation_messagebus               <time>, slow after 180s   10 iterations
         ⧖ stops with its budget                    312 of 1,000            interrupted
         ⧖ dies on the way                          1 iteration             stopped before its verdict
         ✓ fails, as it should                      1 of 10                 fails, as expected
         × passes, but its hook fails               10 of 10                failed outside its iterations

         assertions                            iterations         closest  place
           sometimes request timed out         0 of 1,000    0 %           bus.test.ts:41
           sometimes leader elected twice         0 of 10    0 %           bus.test.ts:50
           reachable recovered                    0 of 10    0 %           bus.test.ts:51
           sometimes not asked for                0 of 10    0 %           bus.test.ts:52
           sometimes sent twice                3 of 1,000  0.3 %           bus.test.ts:42
           always queue length                10 of 1,000    1 %       97  bus.test.ts:43
           sometimes response received           10 of 10  100 %           bus.test.ts:12
           sometimes request sent          1,000 of 1,000  100 %           bus.test.ts:40

         faults                injected  effective
           loss                   2,004      1,698
           partition                 12          0   inert in keeps its invariants under every fault
           buggify slow disk          3          3
           buggify torn write         0          0   inert in survives a lossy network

         warning keeps its invariants under every fault: inert fault: partition was injected 12 times and touched no message"
    `)
    expect(exitCode).toBe(1)
  })

  test('shows every hit rate under the verbose reporter', async () => {
    const { stdout } = await runFixture('table', ['--reporter=verbose', '-t', 'answers|lossy'])
    expect(simulationReport(maskTimes(stdout))).toMatchInlineSnapshot(`
      " Simulation  2 tests · 1 skipped · 1,010 iterations · 7h 0m virtual in <time> · seed 42 (config)
         ✓ answers every request      10 iterations    sometimes 1/1
         × survives a lossy network   1,000 of 1,000   sometimes 1/2   never: request timed out (false 61,204×)  bus.test.ts:41

         assertions                         iterations         closest  place
           sometimes request timed out      0 of 1,000    0 %           bus.test.ts:41
           sometimes sent twice             3 of 1,000  0.3 %           bus.test.ts:42
           always queue length             10 of 1,000    1 %       97  bus.test.ts:43
           sometimes response received        10 of 10  100 %           bus.test.ts:12
           sometimes request sent       1,000 of 1,000  100 %           bus.test.ts:40

         faults                injected  effective
           loss                     800        700
           buggify slow disk          3          3
           buggify torn write         0          0   inert in survives a lossy network"
    `)
  })

  test('adds up slices, keeps other projects apart, names differing seeds', async () => {
    const { stdout } = await runFixture('slices')
    expect(simulationReport(maskTimes(stdout))).toMatchInlineSnapshot(`
      " Simulation  3 tests · 540 iterations · 4m 0s virtual in <time> · seeds differ by test
         ✓ |edge| runs in two projects   10 iterations   root seed 3 (test)
         ✓ |node| runs in two projects   10 iterations   root seed 3 (test)
         × runs in slices                520 of 1,000    seed 77   sometimes 2/2   root seed 7 (config)
             seed 77  InvariantViolation: an actor lives on at most one node  iteration 38, 412 ms virtual
             replay: SIMULATION_SEED=77 npx vitest run test/bus.test.ts -t 'routes actors$'

         assertions        iterations         place
           sometimes even    9 of 520  1.7 %  slices.test.ts:8
           sometimes odd    10 of 520  1.9 %  slices.test.ts:9

         faults    injected  effective
           loss          20          1

         warning runs in slices: same in each slice

         never evaluated by any simulation: neither  slices.test.ts:10
         × the run fails: coverage is required, and this site was never evaluated"
    `)
  })

  test('is in colour only when asked', async () => {
    const { stdout } = await runFixture('table', ['--reporter=dot', '-t', 'answers'], { env: { FORCE_COLOR: '1' } })
    expect(stdout).toContain('\u001b[32m✓\u001b[39m answers every request')
  })

  test('keeps foreign text on its line, without control characters', async () => {
    const { stdout } = await runFixture('hostile')
    expect(simulationReport(maskTimes(stdout))).toMatchInlineSnapshot(`
      " Simulation  1 test · 10 iterations · 1m 0s virtual in <time> · seed 42 (config)
         × two lines red  | <img src=x> \`code\` *bold*   10 of 10   seed 1   sometimes 0/1   never: a name (never evaluated)  /else|where/<b>.ts:3
             seed 1  InvariantViolation: </td> # heading  iteration 38, 412 ms virtual
             replay: npx vitest run -t '\`\`\` $'

         assertions          iterations       place
           sometimes a name     0 of 10  0 %  /else|where/<b>.ts:3

         faults        injected  effective
           loss | <b>         1          0   inert in two lines red  | <img src=x> \`code\` *bold*

         warning comes from another version was reported by another version of vitest-simulation
         warning two lines red  | <img src=x> \`code\` *bold*: [link](http://x) - item"
    `)
  })

  test('says nothing about runs without simulations', async () => {
    const { stdout, exitCode } = await runFixture('coverage', ['--reporter=dot'], { env: { FIXTURE_FILES: 'unit' } })
    expect(simulationReport(stdout)).toBe('')
    expect(exitCode).toBe(0)
  })

  test('a fault of its own prints one line and leaves the run alone', async () => {
    const { stdout, stderr, exitCode } = await runFixture('hostile', ['--reporter=dot', '-t', 'breaks'], {
      env: { FIXTURE_BREAK: '1' },
    })
    expect(stderr).toMatchInlineSnapshot(`
      "vitest-simulation: the report failed: Cannot read properties of null (reading 'kind')
      "
    `)
    expect(stdout).toContain('1 passed')
    expect(exitCode).toBe(0)
  })
})
