/** Snapshots in a simulation: one key for all iterations, and an iteration that differs fails. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type VitestOutput, runVitest } from '../helpers/run-vitest.ts'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'

const config = `${configHead}
export default defineConfig({
  plugins: [simulationPlugin({ seed: 5, keepFailures: false, iterations: 4, reporter: false })],
  resolve: { alias: aliases },
})
`
const head = `import { expect } from 'vitest'\nimport { simulation } from 'vitest-simulation'\n`
let root = ''
afterEach(() => rmSync(root, { recursive: true, force: true }))

const make = (body: string): void => {
  root = makeTemporaryProject({ files: { 'vitest.config.ts': config, 'a.test.ts': `${head}${body}\n` } })
}
const change = (from: string, to: string): void => {
  const path = join(root, 'a.test.ts')
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
}
const run = (env: Record<string, string> = {}, ...args: string[]): Promise<VitestOutput> =>
  runVitest({ root, args: ['run', ...args], env })
const keys = (): string[] => {
  const path = join(root, '__snapshots__', 'a.test.ts.snap')
  return existsSync(path) ? [...readFileSync(path, 'utf8').matchAll(/^exports\[`(.*)`\]/gm)].map(([, key]) => key!) : []
}
const inCi = { CI: 'true', SIMULATION_ITERATIONS: '20' }

describe('a snapshot that is the same in every iteration', () => {
  test('has one key, is counted once, and holds in CI with more iterations', async () => {
    make(`simulation.test('same', () => {
      expect({ a: 1 }).toMatchSnapshot()
      expect('two').toMatchSnapshot()
      expect('named').toMatchSnapshot('hint')
      expect(() => { throw new Error('thrown') }).toThrowErrorMatchingSnapshot()
    })`)
    const first = await run()
    expect(first.exitCode, first.stdout + first.stderr).toBe(0)
    expect(first.stdout).toMatch(/Snapshots {2}4 written/)
    expect(keys()).toEqual(['same > hint 1', 'same 1', 'same 2', 'same 3'])
    const again = await run(inCi)
    expect(again.exitCode, again.stdout + again.stderr).toBe(0)
    expect(again.stdout).not.toMatch(/obsolete|written/)
    change("'two'", "'three'")
    expect((await run(inCi)).exitCode).toBe(1)
    const updated = await run({}, '-u')
    expect(updated.exitCode, updated.stderr).toBe(0)
    expect(updated.stdout).toMatch(/Snapshots {2}1 updated/)
    expect((await run(inCi)).exitCode).toBe(0)
  })

  test('stays when only some iterations take it', async () => {
    make(`simulation.test('some', (sim) => { if (sim.iteration === 2) expect(1).toMatchSnapshot() })`)
    expect((await run()).exitCode).toBe(0)
    expect(keys()).toEqual(['some 1'])
    const again = await run({ CI: 'true' })
    expect(again.exitCode, again.stdout + again.stderr).toBe(0)
    expect(again.stdout).not.toMatch(/obsolete/)
  })

  test('may be inline, or a file of its own', async () => {
    make(`simulation.test('inline', async () => {
      expect({ a: 1 }).toMatchInlineSnapshot()
      await expect('content').toMatchFileSnapshot('./content.txt')
    })`)
    const first = await run()
    expect(first.exitCode, first.stdout + first.stderr).toBe(0)
    expect(readFileSync(join(root, 'a.test.ts'), 'utf8')).toMatch(/toMatchInlineSnapshot\(`\s*\{\s*"a": 1,\s*\}\s*`\)/)
    expect(readFileSync(join(root, 'content.txt'), 'utf8')).toBe('content')
    const again = await run(inCi)
    expect(again.exitCode, again.stdout + again.stderr).toBe(0)
    change("'content'", "'other'")
    expect((await run(inCi)).stderr).toMatch(/\.\/content|content\.txt|mismatched/)
  })
})

describe('a snapshot that differs between iterations', () => {
  test.each([[[]], [['-u']]])('fails when it is written %s', async (args) => {
    make(`
    const of = (sim) => \`iteration \${Math.min(sim.iteration, 3)}\`
    simulation.test('stored', (sim) => expect(of(sim)).toMatchSnapshot())
    simulation.test('inline', (sim) => expect(of(sim)).toMatchInlineSnapshot())
    simulation.test('file', (sim) => expect(of(sim)).toMatchFileSnapshot('./content.txt'))`)
    const { exitCode, stderr } = await run({}, ...args)
    expect(exitCode).toBe(1)
    for (const name of ['stored', 'inline', 'file']) {
      expect(stderr).toMatch(new RegExp(`Snapshot \`${name} 1\` mismatched[^]*iteration 2 of 4`))
    }
    expect(stderr).not.toContain('Unhandled')
  })

  test('fails against what is stored, and an update does not hide it', async () => {
    make(`simulation.test('later', (sim) => expect(Math.min(sim.iteration, 1)).toMatchSnapshot())`)
    expect((await run()).exitCode).toBe(0)
    change('iteration, 1', 'iteration, 2')
    for (const args of [[], ['-u']]) {
      const { exitCode, stderr } = await run({}, ...args)
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(/Snapshot `later 1` mismatched[^]*iteration 2 of 4/)
    }
  })
})
