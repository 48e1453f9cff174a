/**
 * What a new user does: install the tarball and Vitest in an empty project, paste the README's smallest test, run it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { version as vitestVersion } from 'vitest/node'
import { createProject, pack, repository, run } from '../lanes/project.mjs'

const smallest = (name: string) => readFileSync(join(repository, 'test/lanes/fixtures/smallest', name), 'utf8')

/** The README's first block that contains `needle`, else the lanes' smallest suite. */
function block(needle: string, fallback: string): string {
  const readme = join(repository, 'README.md')
  if (!existsSync(readme)) return fallback
  const blocks = [...readFileSync(readme, 'utf8').matchAll(/^```ts[^\n]*\n(.*?)^```/gms)].map(([, code]) => code!)
  return blocks.find((code) => code.includes(needle)) ?? fallback
}

let packed: Awaited<ReturnType<typeof pack>>
let work: string
let project: string

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vitest-simulation-pack-'))
  packed = await pack({ build: false, into: work })
  project = await createProject({ packages: [packed.tarball, `vitest@${vitestVersion}`] })
  await writeFile(join(project, 'vitest.config.ts'), block('simulationPlugin(', smallest('vitest.config.ts')))
  await writeFile(join(project, 'first.test.ts'), block('simulation.test(', smallest('first.test.ts')))
})

afterAll(async () => {
  for (const folder of [work, project]) if (folder) await rm(folder, { recursive: true, force: true })
})

test('the tarball holds the built package and nothing else', () => {
  expect(packed.files.filter((path) => !/^(dist\/|package\.json$|README\.md$)/.test(path))).toEqual([])
  expect(packed.files).toContain('dist/setup.js')
  expect(packed.bytes).toBeLessThan(300_000)
})

test('the smallest test of the README runs in an empty project', async () => {
  const { code, output } = await run(join(project, 'node_modules/.bin/vitest'), ['run'], { cwd: project })
  expect(code, output).toBe(0)
  expect(output).toMatch(/Tests +1 passed/)
})

test('every door can be imported by Node itself', async () => {
  const script = `
    for (const door of ['/plugin', '/reporter', '/sdk', '/package.json']) {
      const options = door.endsWith('.json') ? { with: { type: 'json' } } : {}
      const module = await import('vitest-simulation' + door, options)
      if (Object.keys(module).length === 0) throw new Error(door + ' exports nothing')
    }
    const { always, sometimes, buggify } = await import('vitest-simulation/sdk')
    always(false, 'outside a simulation nothing happens')
    sometimes(true, 'nor here')
    if (buggify('site') !== false) throw new Error('buggify fired outside a simulation')
    console.log('all doors open')`
  const { output } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: project })
  expect(output).toContain('all doors open')
})
