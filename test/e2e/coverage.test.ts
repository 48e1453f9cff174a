/** `coverage: 'required'` under real Vitest: each place counts, and only a whole run is judged. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Project, printed, project, removeProjects } from './project.ts'

afterAll(removeProjects)

const required = (more = '', plugin = ''): Project =>
  project('coverage', `plugins: [simulationPlugin({ seed: 1, coverage: 'required'${plugin} })], ${more}`)

const neverIn = (text: string): string[] =>
  [...text.matchAll(/never evaluated by any simulation: (.*?) {2}(\S+)/g)].map(([, name, place]) => `${name} ${place}`)

/** What was missed, and the exit code. */
const run = async (own: Project, args: readonly string[], env: Record<string, string> = {}) => {
  const output = await own.run(args, env)
  const [, reason] = /coverage of the run not judged: (.*)/.exec(output.stdout) ?? []
  return { exitCode: output.exitCode, never: neverIn(printed(output)), ...(reason !== undefined && { reason }) }
}

const second = { exitCode: 1, never: ['same name system.ts:12'] }
const complete = { exitCode: 0, never: [] }

describe('each place is judged', () => {
  const own = required()

  test('not each name, whatever the function is called there; an ordinary test is no simulation', async () => {
    expect(await run(own, ['runs'])).toEqual({ ...complete, reason: 'test files were filtered by name' })
    expect(await run(required(`test: { include: ['runs.test.ts'] }`), [])).toEqual(second)
  })

  test('twin: complete', async () => {
    expect(await run(required(`test: { include: ['runs.test.ts'] }`), [], { FIXTURE_ALL: '1' })).toEqual(complete)
  })
})

describe('the option of the plugin counts', () => {
  const include = `include: ['runs.test.ts']`

  test.each([
    ['a reporter listed as an object', `test: { ${include}, reporters: ['dot', new SimulationReporter()] }`, ''],
    ['a reporter listed by name', `test: { ${include}, reporters: ['dot', 'vitest-simulation/reporter'] }`, ''],
    ['no reporter', `test: { ${include} }`, ', reporter: false'],
    [
      'projects without a reporter',
      `test: { projects: [{ extends: true, test: { ${include} } }] }`,
      ', reporter: false',
    ],
  ])('for %s', async (_, config, plugin) => {
    const own = required(config, plugin)
    expect(await run(own, [])).toEqual(second)
    expect(await run(own, [], { FIXTURE_ALL: '1' })).toEqual(complete)
  })
})

test('skipped simulations fail nothing, and hide nothing', async () => {
  const own = required(`test: { include: ['skips.test.ts'] }`)
  expect(await run(own, [])).toEqual({ exitCode: 1, never: ['never skips.test.ts:5'] })
  expect(await run(own, [], { FIXTURE_NEVER: '1' })).toEqual({ exitCode: 1, never: ['runs skips.test.ts:6'] })
})

test('.only is no whole run', async () => {
  const own = required(`test: { include: ['only.test.ts'] }`)
  expect(await run(own, [])).toEqual({ ...complete, reason: 'simulations were left out (.only)' })
})

test('half of a merge is not judged, all of it is', async () => {
  const own = required(`test: { include: ['runs.test.ts', 'skips.test.ts'] }`)
  const merge = (): Promise<object> => run(own, ['--merge-reports=blobs'])
  for (const shard of [1, 2]) {
    const blob = `--outputFile=blobs/blob-${shard}-2.json`
    await own.run([`--shard=${shard}/2`, '--reporter=blob', blob])
    if (shard === 1) expect(await merge()).toEqual({ ...complete, reason: 'reports of 1 of 2 shards were merged' })
  }
  expect(await merge()).toEqual({ exitCode: 1, never: ['same name system.ts:12', 'never skips.test.ts:5'].sort() })
})

test('a merged report of a filtered run is not judged', async () => {
  const own = required(`test: { include: ['runs.test.ts'] }`)
  await own.run(['-t', 'evaluates', '--reporter=blob', '--outputFile=blobs/all.json'])
  const reason = 'in a merged report tests were filtered by name (-t)'
  expect(await run(own, ['--merge-reports=blobs'])).toEqual({ ...complete, reason })
})

describe('assertions behind exports that are passed on, and in dependencies', () => {
  const own = required(`test: { projects: [{ extends: true, test: { include: ['passed-on.test.ts'] } }] }`)
  const name = (folder: string): string => join(own.root, 'node_modules', folder)
  beforeAll(() => {
    // Not a part of the fixture's folder: an installed package is none of the files that are kept.
    const install = (folder: string, manifest: object, files: Readonly<Record<string, string>>): void => {
      mkdirSync(name(folder), { recursive: true })
      writeFileSync(join(name(folder), 'package.json'), JSON.stringify({ name: folder, version: '1.0.0', ...manifest }))
      for (const [file, text] of Object.entries(files)) writeFileSync(join(name(folder), file), text)
    }
    install(
      'uses-sdk',
      { type: 'module', exports: './index.js', peerDependencies: { 'vitest-simulation': '*' } },
      {
        'index.js': `import { sometimes } from './checks.js'
export function seen() { sometimes(true, 'in a dependency') }
export function unseen() { sometimes(true, 'in a dependency') }
`,
        'checks.js': `import { sometimes } from 'vitest-simulation/sdk'; export { sometimes }`,
      },
    )
    install(
      '@scope/plain',
      { type: 'module', exports: './index.js' },
      { 'index.js': 'export const url = import.meta.url' },
    )
    install(
      'common',
      { main: 'index.js', dependencies: { 'vitest-simulation': '*' } },
      { 'index.js': 'exports.kind = typeof module' },
    )
  })

  test('each place', async () => {
    expect(await run(own, [])).toEqual({
      exitCode: 1,
      never: ['in a dependency node_modules/uses-sdk/index.js:3', 'passed on passed-on.ts:8'],
    })
  })

  test('twin: complete', async () => {
    expect(await run(own, [], { FIXTURE_ALL: '1' })).toEqual(complete)
  })
})
