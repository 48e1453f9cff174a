/** Every command that a failure prints reproduces it in a fresh process; where that cannot be, it is said. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCorpus } from '../../plugin/worker/replay/corpus.ts'
import { planToText } from '../../plugin/worker/replay/plan-text.ts'
import type { FailureSummary } from '../../reporter/contract.ts'
import {
  type KeptFile,
  type ReplayProject,
  type Run,
  commandsIn,
  failureOf,
  momentOf,
  planIn,
  removeProjects,
  replayProject,
} from './project.ts'

const money = 'is not made from nothing'
const plain = 'fails without a workload'
const timeout = 120_000

let project: ReplayProject
let first: Run
let kept: KeptFile | undefined

beforeAll(async () => {
  project = replayProject()
  first = await project.run()
  kept = project.kept('bank.test.ts')
}, timeout)

afterAll(() => {
  // Minimal plans were replayed, without CI: what was known of their seeds must still be there.
  expect(project.kept('bank.test.ts')).toEqual(kept)
  removeProjects()
})

describe.concurrent('a printed command', { timeout }, () => {
  const reproduces = async (title: string, which: 'minimal' | 'whole'): Promise<FailureSummary> => {
    const failure = failureOf(first, title)
    const commands = commandsIn(failure)
    const run = await project.paste(commands[which] as string, which === 'whole' ? { CI: '1' } : {})
    expect(run.exitCode, title).toBe(1)
    expect([...run.metas.keys()]).toEqual([title])
    expect(run.metas.get(title)).toMatchObject({ iterations: 1, seedSource: 'environment', warnings: [] })
    const again = failureOf(run)
    expect(again).toMatchObject({ kind: failure.kind, name: failure.name, seed: failure.seed })
    expect(run.text).not.toContain('not reproducible')
    const digest = which === 'minimal' ? planIn(commands.minimal).expected?.digest : failure.digest
    expect(again.digest, 'the same digest').toBe(digest)
    // The message tells of the minimal run, and so does its replay.
    if (which === 'minimal') expect(momentOf(again)).toBe(momentOf(failure))
    return again
  }

  test.each(['minimal', 'whole'] as const)('fails the same way, with the same digest: %s', async (which) => {
    await reproduces(money, which)
  })
  test('where only faults were drawn, and tells of the plan', async () => {
    const { message } = await reproduces(plain, 'minimal')
    expect(message).toMatch(/ faults of the plan, 1:\n/)
    expect(message).not.toContain('last faults')
  })

  test('whatever the test is called', async () => {
    const titles = [...first.metas.keys()].filter((title) => /^[^a-z]|odd/.test(title))
    expect(titles).toHaveLength(3)
    for (const title of titles) await reproduces(title, 'minimal')
  })

  test('does nothing to another test that it runs, too', async () => {
    const { minimal } = commandsIn(failureOf(first, money))
    const other = (minimal as string).replace(`${money}$`, 'another world$')
    const run = await project.paste(other)
    expect(run.exitCode).toBe(0)
    expect([...run.metas.keys()]).toEqual(['is not made, but in another world'])
    expect(run.text).toContain(`SIMULATION_PLAN was not used: it is for 'money > ${money}', which did not run`)
  })

  test('runs no other test of the same name', async () => {
    const own = replayProject('seed: 5, keepFailures: false')
    const text = `
import { describe } from 'vitest'
import { simulation } from 'vitest-simulation'
const failing = () => { throw new Error('fails') }
describe('money', () => {
  describe('', () => { simulation.test('is counted', failing) })
  describe('abroad', () => { simulation.test('is counted', failing) })
})
simulation.test('is counted', failing)
`
    writeFileSync(join(own.root, 'twins.test.ts'), text)
    const { text: all } = await own.run('twins.test.ts')
    const commands = [...all.matchAll(/^ {2}replay: (.*)$/gm)].map(([, command]) => command as string)
    expect(commands).toHaveLength(3)
    for (const command of commands) expect((await own.paste(command)).text).toMatch(/Tests {2}1 failed \| 2 skipped/)
  })

  test('names the configuration that Vitest would not find', async () => {
    const own = replayProject('seed: 5, keepFailures: false', 'soak.config.ts')
    const found = await own.run(`--config soak.config.ts bank.test.ts -t '${plain}'`)
    expect(own.kept('bank.test.ts'), 'keepFailures: false').toBeUndefined()
    const { minimal, whole } = commandsIn(failureOf(found))
    expect(whole).toContain(' bank.test.ts --config soak.config.ts -t ')
    expect(failureOf(await own.paste(minimal as string)).digest).toBe(planIn(minimal).expected?.digest)
  })
})

describe.concurrent('kept failures', { timeout }, () => {
  test('have the seed, the failure, the minimal plan and what the run was', () => {
    const { plan } = planIn(commandsIn(failureOf(first, money)).minimal)
    const { seed, digest } = failureOf(first, money)
    const run = { failure: 'BodyFailed: Error', digest, trail: expect.anything() as unknown }
    expect(kept?.tests[`money > ${money}`]).toEqual([{ seed, failure: 'BodyFailed: Error', plan, run }])
    expect(plan.operations?.length).toBeLessThan(40)
    expect(failureOf(first, money).message).toMatch(/minimal faults, .* of \d+:[^]*minimal workload, \d+ of \d+:/)
  })

  test('run first next time', async () => {
    const next = await project.run('bank.test.ts', { CI: '1' })
    expect(failureOf(next, money)).toMatchObject({ seed: failureOf(first, money).seed, iteration: 1 })
  })

  test('are written in CI when the configuration says so', async () => {
    const own = replayProject('seed: 5, keepFailures: true')
    await own.run(`bank.test.ts -t '${plain}'`, { CI: '1' })
    expect(Object.keys(own.kept('bank.test.ts')?.tests ?? {})).toEqual([plain])
  })
})

describe.concurrent('a replay that does something else', { timeout }, () => {
  test('in one process is Nondeterminism, with the first difference', () => {
    const failure = failureOf(first, 'fails every other time')
    expect(failure.kind).toBe('Nondeterminism')
    expect(failure.message).toMatch(
      /first differing event is \d+:[^]*one run:[^]*another:[^]*likely reasons: state outside/,
    )
  })

  test('because a fresh process has other module state, says so', async () => {
    const title = 'fails from the second iteration on'
    const replay = await project.paste(commandsIn(failureOf(first, title)).whole)
    expect(replay.exitCode).toBe(0)
    expect(replay.metas.get(title)?.warnings).toEqual([
      expect.stringMatching(
        /not reproducible: it failed with BodyFailed: AssertionError, and passes now; .*likely reasons: state outside the test body/,
      ),
    ])
  })

  test('also where no failure is kept: the command knows what is expected', async () => {
    const own = replayProject('seed: 5, keepFailures: false')
    const title = 'fails from the second iteration on'
    const { whole } = commandsIn(failureOf(await own.run(`unseeded.test.ts -t '${title}$'`), title))
    expect(whole).toMatch(/^SIMULATION_SEED=\d+ SIMULATION_EXPECT=[\w-]{20,43} npx vitest run /)
    const replay = await own.paste(whole, { CI: '1' })
    expect(replay.exitCode).toBe(0)
    expect(replay.metas.get(title)?.warnings).toEqual([
      expect.stringMatching(/^not reproducible: it failed, and passes now; .*likely reasons/),
    ])
    const other = await own.paste(whole.replace(`${title}$`, 'in another way$'), { CI: '1' })
    expect(other.text, 'what is expected of another test').not.toContain('not reproducible')
    const damaged = await own.paste(whole.replace(/EXPECT=\S+/, 'EXPECT=x'), { CI: '1' })
    expect(damaged.text).toContain("SIMULATION_EXPECT is 'x': it must be copied whole")
  })

  test('because something real was asked, says where it parts', async () => {
    const title = 'fails in every process in another way'
    const replay = await project.paste(commandsIn(failureOf(first, title)).whole, { CI: '1' })
    expect(failureOf(replay).message).toMatch(
      /not reproducible: it failed with BodyFailed: Error again, but by another run; the first difference is event \d+, here: [\d.,]+ ms .*likely reasons/,
    )
  })

  test('because the code was mended, says that it was expected to fail', async () => {
    const { minimal } = commandsIn(failureOf(first, money))
    const mended = replayProject()
    const bank = 'export const lossy = { nodes: 3 }\nexport const bank = (sim: any) => sim.sleep(5)\n'
    writeFileSync(join(mended.root, 'bank.ts'), bank)
    const replay = await mended.paste(minimal as string)
    expect(replay.exitCode).toBe(0)
    expect(replay.metas.get(money)?.warnings).toEqual([
      expect.stringMatching(
        /^not reproducible: it failed with BodyFailed: Error, and passes now; the first difference is (?:between events|event) \d+.*; when the code has not changed since/,
      ),
    ])
    expect(replay.text).toContain('not reproducible: it failed with')
  })
})

describe.concurrent('damage', { timeout }, () => {
  test('of a plan: faults that nothing in the run is called are named', async () => {
    const { minimal } = commandsIn(failureOf(first, plain))
    const { expected: _expected, plan, ...rest } = planIn(minimal)
    const text = planToText({ ...rest, plan: { ...plan, faults: [...(plan.faults ?? []), 'loss a → b #1'] } })
    const run = await project.paste((minimal as string).replace(/SIMULATION_PLAN=\S+/, `SIMULATION_PLAN=${text}`), {
      CI: '1',
    })
    const told = "1 of 2 faults of the plan did not happen: 'loss a → b #1'; the code has changed since"
    expect(failureOf(run).message).toContain(told)
    expect(run.metas.get(plain)?.warnings[0]).toContain(told)
  })

  test('of a plan is said', async () => {
    const { minimal } = commandsIn(failureOf(first, plain))
    const text = /SIMULATION_PLAN=(\S+)/.exec(minimal as string)?.[1] as string
    const cases: readonly [Record<string, string>, RegExp][] = [
      [
        { SIMULATION_SEED: '5', SIMULATION_PLAN: text.slice(0, -20) },
        /SIMULATION_PLAN is '.*': it must be copied whole/,
      ],
      [{ SIMULATION_PLAN: text }, /SIMULATION_PLAN is 'set': it needs SIMULATION_SEED/],
    ]
    const runs = await Promise.all(
      cases.map(([env]) => project.run(`bank.test.ts -t '${plain}$'`, { CI: '1', ...env })),
    )
    for (const [i, { text: output, exitCode }] of runs.entries()) {
      expect(output).toMatch(cases[i]?.[1] as RegExp)
      expect(exitCode).toBe(1)
    }
  })

  test('of kept failures is said; a seed that is given is replayed all the same, and its failure is shown', async () => {
    const own = replayProject()
    const found = await own.run(`bank.test.ts -t '${plain}'`)
    own.keep('bank.test.ts', '{ "version": 1, "tests": {')
    const [usual, given] = await Promise.all([
      own.run(`bank.test.ts -t '${plain}$'`),
      own.paste(commandsIn(failureOf(found)).whole),
    ])
    expect(usual.text).toMatch(
      /kept seeds in .*__simulations__\/bank\.test\.ts\.json cannot be read \(.*JSON.*\): mend the file or delete it/,
    )
    expect(failureOf(given).message).toMatch(
      /got no response[^]*this seed was not kept: kept seeds in .* cannot be read/,
    )
  })

  test.each([
    ['{ "version": 2, "tests": {} }', /not of version 1/],
    ['[]', /not of version 1/],
    ['{ "version": 1, "tests": { "x": [{ "seed": -1 }] } }', /not every seed in it is one/],
  ])('of kept failures, as %s', (content, why) => {
    const own = replayProject()
    own.keep('bank.test.ts', content)
    expect(() => readCorpus(join(own.root, 'bank.test.ts'), 'x')).toThrow(why)
  })
})
