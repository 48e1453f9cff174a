import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from 'vitest/node'
import { maskTimes, simulationReport } from '../helpers/run-vitest.ts'
import { fixtureRoot, runFixture } from './fixture.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitest-simulation-'))
})
afterAll(() => rm(folder, { recursive: true }))

const isFour = version.startsWith('4.')

describe('other reporters beside ours', () => {
  test.each(['default', 'dot', 'verbose', 'github-actions'])('%s: the report comes last', async (reporter) => {
    const { stdout } = await runFixture('coverage', [`--reporter=${reporter}`])
    expect(simulationReport(maskTimes(stdout))).toContain(' Simulation  2 tests · 20 iterations · 2m 0s virtual in')
  })

  test.each(['json', 'junit'])('%s: stdout stays the machine’s', async (reporter) => {
    const args = isFour ? [`--reporter=${reporter}`] : []
    const env = { FIXTURE_COVERAGE: 'required', ...(isFour ? {} : { FIXTURE_REPORTER: reporter }) }
    const { stdout, stderr, exitCode } = await runFixture('coverage', args, { env })
    expect(stdout).not.toContain('Simulation  ')
    expect(stdout.trimStart()[0]).toBe(reporter === 'json' ? '{' : '<')
    expect(stderr).toContain('vitest-simulation: coverage is required, and was missed')
    expect(exitCode).toBe(1)
  })

  test.skipIf(isFour)('json and junit write files unless told otherwise since Vitest 5', async () => {
    const { stdout } = await runFixture('coverage', ['--reporter=json', '--reporter=junit'])
    expect(simulationReport(stdout)).toContain('evaluates some')
  })

  test.each(['tap', 'tap-flat'])('%s: stdout stays the machine’s', async (reporter) => {
    const { stdout } = await runFixture('coverage', [`--reporter=${reporter}`])
    expect(stdout).not.toContain('Simulation  ')
    expect(stdout.startsWith('TAP version 13')).toBe(true)
  })

  test('json into a file leaves stdout to us, and carries the counters', async () => {
    const file = join(folder, 'report.json')
    const { stdout } = await runFixture('coverage', ['--reporter=json', `--outputFile=${file}`])
    expect(simulationReport(stdout)).toContain('evaluates some')
    expect(await readFile(file, 'utf8')).toContain('"simulation":{"version":1')
  })
})

describe('merged blobs', () => {
  test('print the union of all slices, from another checkout too', async () => {
    const elsewhere = '/another/machine/checkout'
    for (const slice of ['1', '2']) {
      const blob = join(folder, 'blobs', `${slice}.json`)
      const { stdout } = await runFixture('slices', [
        `--project=sim ${slice}/2`,
        '--reporter=blob',
        `--outputFile.blob=${blob}`,
      ])
      expect(stdout).toContain('not judged: projects were filtered by name')
      const text = await readFile(blob, 'utf8')
      if (slice === '2') await writeFile(blob, text.replaceAll(fixtureRoot('slices'), elsewhere))
    }
    const { stdout } = await runFixture('slices', ['--merge-reports', join(folder, 'blobs'), '--reporter=dot'])
    expect(simulationReport(maskTimes(stdout))).toMatchInlineSnapshot(`
      " Simulation  1 test · 520 iterations · 2m 0s virtual in <time> · seed 7 (config)
         × runs in slices   520 of 1,000   seed 77   sometimes 2/2
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
    const env = { FIXTURE_COVERAGE: 'report' }
    const lost = await runFixture('slices', ['--merge-reports', join(folder, 'blobs'), '--reporter=dot'], { env })
    expect(lost.exitCode, 'Vitest 4 forgets the failed slice of the other checkout').toBe(1)
  })
})

describe('GITHUB_STEP_SUMMARY', () => {
  test('gets a section with the simulations, failing seeds and replay commands', async () => {
    const file = join(folder, 'summary.md')
    await writeFile(file, 'before\n')
    await runFixture('table', ['--reporter=json'], { env: { GITHUB_STEP_SUMMARY: file } })
    expect(maskTimes(await readFile(file, 'utf8'))).toMatchInlineSnapshot(`
      "before
      ## Simulation

      9 tests · 1 skipped · 1,392 iterations · 13h 5m virtual in <time> \\(245×\\) · seed 42 \\(config\\)

      | | Simulation | Iterations | Sometimes | |
      | --- | --- | --- | --- | --- |
      | ✅ | answers every request | 10 iterations | 1/1 |  |
      | ❌ | keeps its invariants under every fault | 38 of 1,000 |  |  |
      | ❌ | survives a lossy network | 1,000 of 1,000 | 1/2 | never: request timed out \\(false 61,204×\\) at bus.test.ts:41<br>rare: sent twice in 3 of 1,000 iterations \\(0.3 %\\) |
      | ✅ | misses two | 10 iterations | 0/2 | never: leader elected twice \\(false 3×\\) at bus.test.ts:50<br>never: recovered \\(never visited\\) at bus.test.ts:51 |
      | ✅ | slow\\_simulation\\_messagebus | 10 iterations |  | <time>, slow after 180s |
      | ⏳ | stops with its budget | 312 of 1,000 |  | interrupted |
      | ⏳ | dies on the way | 1 iteration |  | stopped before its verdict |
      | ✅ | fails, as it should | 1 of 10 |  | fails, as expected |
      | ❌ | passes, but its hook fails | 10 of 10 |  | failed outside its iterations |

      ### Failing seeds

      **keeps its invariants under every fault**, seed 2711909387: InvariantViolation: an actor lives on at most one node (iteration 38, 412 ms virtual)

      \`\`\`sh
      SIMULATION_SEED=2711909387 npx vitest run test/bus.test.ts -t 'routes actors$'
      \`\`\`

      **keeps its invariants under every fault**, seed 7: Deadlock (iteration 37, 412 ms virtual)

      \`\`\`sh
      SIMULATION_SEED=7 npx vitest run test/bus.test.ts -t 'routes actors$'
      \`\`\`

      <details><summary>Assertions: 8</summary>

      | Assertion | Hits | First seed | Closest value | Place | Simulations |
      | --- | --- | ---: | ---: | --- | --- |
      | sometimes response received | in 10 of 10 iterations \\(100 %\\) |  |  | bus.test.ts:12 | answers every request |
      | sometimes request sent | in 1,000 of 1,000 iterations \\(100 %\\) |  |  | bus.test.ts:40 | survives a lossy network |
      | sometimes request timed out | in 0 of 1,000 iterations \\(0 %\\) |  |  | bus.test.ts:41 | survives a lossy network |
      | sometimes sent twice | in 3 of 1,000 iterations \\(0.3 %\\) |  |  | bus.test.ts:42 | survives a lossy network |
      | always queue length | in 10 of 1,000 iterations \\(1 %\\) |  | 97 | bus.test.ts:43 | survives a lossy network |
      | sometimes leader elected twice | in 0 of 10 iterations \\(0 %\\) |  |  | bus.test.ts:50 | misses two |
      | reachable recovered | in 0 of 10 iterations \\(0 %\\) |  |  | bus.test.ts:51 | misses two |
      | sometimes not asked for | in 0 of 10 iterations \\(0 %\\) |  |  | bus.test.ts:52 | misses two |

      </details>

      ### Faults

      | Family | Injected | Effective | |
      | --- | ---: | ---: | --- |
      | loss | 2,004 | 1,698 |  |
      | partition | 12 | 0 | inert in keeps its invariants under every fault |
      | buggify slow disk | 3 | 3 |  |
      | buggify torn write | 0 | 0 | inert in survives a lossy network |

      - ⚠️ keeps its invariants under every fault: inert fault: partition was injected 12 times and touched no message

      "
    `)
  })

  test('foreign text cannot leave its cell', async () => {
    const file = join(folder, 'hostile.md')
    await runFixture('hostile', ['--reporter=dot'], { env: { GITHUB_STEP_SUMMARY: file } })
    expect(maskTimes(await readFile(file, 'utf8'))).toMatchInlineSnapshot(`
      "## Simulation

      1 test · 10 iterations · 1m 0s virtual in <time> \\(600×\\) · seed 42 \\(config\\)

      | | Simulation | Iterations | Sometimes | |
      | --- | --- | --- | --- | --- |
      | ❌ | two lines red  \\| &lt;img src=x&gt; \\\`code\\\` \\*bold\\* | 10 of 10 | 0/1 | never: a name \\(never evaluated\\) at /else\\|where/&lt;b&gt;.ts:3 |

      ### Failing seeds

      **two lines red  \\| &lt;img src=x&gt; \\\`code\\\` \\*bold\\***, seed 1: InvariantViolation: &lt;/td&gt; \\# heading (iteration 38, 412 ms virtual)

      \`\`\`\`sh
      npx vitest run -t '\`\`\` $'
      \`\`\`\`

      <details><summary>Assertions: 1</summary>

      | Assertion | Hits | First seed | Closest value | Place | Simulations |
      | --- | --- | ---: | ---: | --- | --- |
      | sometimes a name | in 0 of 10 iterations \\(0 %\\) |  |  | /else\\|where/&lt;b&gt;.ts:3 | two lines red  \\| &lt;img src=x&gt; \\\`code\\\` \\*bold\\* |

      </details>

      ### Faults

      | Family | Injected | Effective | |
      | --- | ---: | ---: | --- |
      | loss \\| &lt;b&gt; | 1 | 0 | inert in two lines red  \\| &lt;img src=x&gt; \\\`code\\\` \\*bold\\* |

      - ⚠️ comes from another version was reported by another version of vitest\\-simulation
      - ⚠️ two lines red  \\| &lt;img src=x&gt; \\\`code\\\` \\*bold\\*: \\[link\\]\\(http://x\\) \\- item

      "
    `)
  })
})
