import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { runVitest } from '../helpers/run-vitest.ts'

const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url))
const root = join(fixtures, 'pools')

beforeAll(() => {
  // Made here because node_modules is not for a repository.
  const dependency = join(root, 'node_modules', 'captured')
  mkdirSync(dependency, { recursive: true })
  for (const file of ['captured.cjs', 'captured.mjs']) cpSync(join(fixtures, file), join(dependency, file))
  const manifest = { name: 'captured', version: '1.0.0', exports: { '.': './captured.mjs', './cjs': './captured.cjs' } }
  writeFileSync(join(dependency, 'package.json'), JSON.stringify(manifest))
})

async function valuesIn(pool: string): Promise<unknown> {
  const { stdout, stderr, exitCode } = await runVitest({ root, args: ['run', `--pool=${pool}`] })
  expect(exitCode, stdout + stderr).toBe(0)
  return JSON.parse(/values: (.*)/.exec(stdout)?.[1] ?? 'null')
}

test('npm dependencies see virtual time and the same values on forks and threads', async () => {
  const forks = (await valuesIn('forks')) as { digest: string; value: unknown }[]
  expect(forks).toHaveLength(2)
  expect(forks[0]?.value).toEqual(forks[1]?.value)
  expect(await valuesIn('threads')).toEqual(forks)
})
